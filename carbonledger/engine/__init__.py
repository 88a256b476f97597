"""The engine: plan what to compute, execute it, explain it."""
