"""What results are used for: balance sheets, asset values, compensation, damages, assessment.

Pure functions from rows of an input table (``intake.use_table``) and the rules of
``factors/uses/`` to a ``table.UseTable``, which the reports print. Nothing here posts, and GEP and
GDP are never added; only the GEEP (``geep``) bridges them.
"""
