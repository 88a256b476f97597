"""Methods: pure formulas with declared units, one module per subject."""
