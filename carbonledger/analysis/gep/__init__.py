"""Accounts of gross ecosystem product: what their results say, and what is doubtful in them."""
