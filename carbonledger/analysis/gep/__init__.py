"""GEP accounts of a finished run: tables, indicators, change, checks, sensitivity.

GEP and GDP stand beside each other and never add.
"""
