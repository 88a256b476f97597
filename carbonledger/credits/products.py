"""Products of a project book: one TOML file each in ``factors/credit_products/``.

A product is data: what may be credited under which conditions, with which deductions. What could
not be seen in its text is entered by the user, and the product says so.
"""

import tomllib
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from carbonledger import units
from carbonledger.errors import CarbonledgerError
from carbonledger.model.manifest import Title
from carbonledger.model.records import Status
from carbonledger.paths import factors_dir

__all__ = ["DEDUCTIONS", "Deduction", "Product", "Question", "product", "products"]

# The deductions of projects, and the arguments of the method that they are.
DEDUCTIONS = {
    "baseline": "baseline_removal",
    "emissions": "boundary_emissions",
    "leakage": "leakage",
    "uncertainty": "uncertainty_deduction",
    "risk": "risk_deduction",
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Question(_Strict):
    """A condition of eligibility: the project is eligible if the answer is ``expected``."""

    id: str = Field(min_length=1)
    expected: bool
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    source: str = Field(min_length=1)
    status: Status


class Deduction(_Strict):
    """What is taken off the gain; the user enters it for each period, with its source."""

    key: str
    unit: str
    title: Title


class Rate(_Strict):
    """A rate that the product sets itself: ``"10 %"``."""

    rate: str
    source: str = Field(min_length=1)
    status: Status

    @property
    def value(self) -> float:
        """The rate as a fraction."""
        number, unit = units.parse_quantity(self.rate)
        return number * units.multiplier(unit, "1")


class Years(_Strict):
    """The least and the most years that a period may have."""

    least: float
    most: float
    source: str = Field(min_length=1)
    status: Status


class Product(_Strict):
    """A kind of credit: pools, deductions, risk, periods and conditions, each with its source.

    ``risk`` is the rate where the product sets one; where it is missing and no deduction of that
    name is asked for, the product has none.
    """

    product: str = Field(min_length=1)
    title: Title
    kind: str
    method_version: str = Field(min_length=1)
    status: Status
    source: str = Field(min_length=1)
    note: Title
    equation: str = Field(min_length=1)
    serial: str = Field(pattern=r"^[A-Z][A-Z0-9-]*$")
    pools: list[str] = Field(min_length=1)
    deductions: list[Deduction]
    risk: Rate | None = None
    crediting_years: Years | None = None
    monitoring_years: Years | None = None
    questions: list[Question] = Field(min_length=1)


@lru_cache(maxsize=1)
def products() -> dict[str, Product]:
    """All products by their name."""
    folder = factors_dir() / "credit_products"
    found = [
        Product.model_validate(tomllib.loads(path.read_text("utf-8")))
        for path in sorted(folder.glob("*.toml"))
    ]
    return {each.product: each for each in found}


def product(name: str) -> Product:
    """The product with this name.

    Raises:
        CarbonledgerError: if there is none; lists those that there are.
    """
    known = products()
    for each in known.values():
        if name in {each.product, each.title.zh, each.title.en}:
            return each
    raise CarbonledgerError(
        f"没有名为“{name}”的产品。可用的有：{'、'.join(known)}。",
        f"There is no product '{name}'. Known: {', '.join(known)}.",
    )
