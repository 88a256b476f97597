"""Rows of the tables that the tests of agriculture share."""

from factor_tables import FOLDER, rows

PROVINCES = {
    row["region"] for row in rows(FOLDER / "regions.csv") if row["level"] == "province"
} - {"710000", "810000", "820000"}  # the tables do not cover Taiwan, Hong Kong and Macao


PROVINCIAL = "cn-provincial-2011"
