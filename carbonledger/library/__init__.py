"""The factor library: loads and validates ``factors/``, selects parameters."""
