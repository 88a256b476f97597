"""Tables of sub-compartments (小班): from the file to sums, stocks, yearly growth and change."""

from carbonledger.stands.one_survey import (
    GROWTH_BOOK,
    PROBLEM_BOOK,
    SUMS_BOOK,
    StandOptions,
    Survey,
    survey,
)

__all__ = ["GROWTH_BOOK", "PROBLEM_BOOK", "SUMS_BOOK", "StandOptions", "Survey", "survey"]
