"""Prices in a run: every price is brought to the year in which the result is valued.

A value at current prices is in the prices of its own year, one at constant prices in those of the
base year. ``price_index`` of a method is the index of that year over the index of the year of the
price; it stands among the arguments of the selection like any parameter, so that a price is never
moved in silence. At constant prices the price itself is that of the base year.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option, Refusal
from carbonledger.engine.price_words import (
    capital_by_the_year,
    index_missing,
    no_deflator,
    no_year,
    other_concept,
    several_years,
)
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, winning_rows
from carbonledger.methods.registry import get
from carbonledger.model.prices import CAPITAL_COST, CONSTANT, INDEX_LINK, PRICE_INDEX
from carbonledger.model.profile import Profile
from carbonledger.model.records import Status

__all__ = ["Priced", "with_price_indices"]

# Derived rows mix with any edition, as the inventory's own do.
_EDITION = "inventory-price-index"
_SUBSTITUTED = "substitute-index"


class Priced(NamedTuple):
    """The parameters found, with price indices; and why an option has none.

    ``library`` has the indices as further rows of its parameters. ``refusals`` are by case and
    measure, the first for each.
    """

    found: pd.DataFrame
    library: Library
    refusals: Mapping[tuple[int, str], Refusal]


class _Span(NamedTuple):
    """From which year to which year a price is brought, by which series, for which region."""

    series: str
    first: int
    last: int
    region: str


def with_price_indices(
    wanted: pd.DataFrame,
    options: Sequence[Option],
    found: pd.DataFrame,
    library: Library,
    profile: Profile,
) -> Priced:
    """Add the price index of every option that wants one.

    Args:
        wanted: as in ``finding.find_parameters``; its periods are the years of the entries.
        options: the options by number.
        found: what ``find_parameters`` gave.
        library: the parameters; index series are rows ``price_index_link``.
        profile: base year, deflators of accounts, and the series that may stand in.
    """
    numbers = [at for at, option in enumerate(options) if PRICE_INDEX in option.wanted]
    needing = wanted[wanted["option"].isin(numbers)]
    if needing.empty:
        return Priced(found, library, {})
    base = profile.price_base_year or int(needing["period"].min())
    found = _at_base_year(needing, options, found, library, profile, base)
    indices = _Indices(library, profile)
    prices = _prices_of(found, library)
    rows: list[tuple[Any, str, int, str]] = []
    refusals: dict[tuple[int, str], Refusal] = {}
    for index, key in needing.iterrows():
        option = options[key["option"]]
        target = base if option.measure == CONSTANT else int(key["period"])
        row = indices.row(prices.get(index, []), key, option, target)
        if isinstance(row, Refusal):
            refusals.setdefault((int(key["case"]), option.measure), row)
        else:
            number, fallback = row
            rows.append((index, PRICE_INDEX, number, fallback))
    columns = ["wanted", "argument", "row", "fallback"]
    found = pd.concat([found, pd.DataFrame(rows, columns=columns)], ignore_index=True)
    return Priced(found, indices.library(), refusals)


def _at_base_year(
    needing: pd.DataFrame,
    options: Sequence[Option],
    found: pd.DataFrame,
    library: Library,
    profile: Profile,
    base: int,
) -> pd.DataFrame:
    """What was found, with the prices of the base year for values at constant prices."""
    known = library.parameters
    names = set(known.loc[known["price_kind"] != "", "parameter"])
    arguments = [
        (number, name, units.dimension(unit))
        for number, option in enumerate(options)
        if option.measure == CONSTANT
        for name, unit in option.wanted.items()
        if name in names
    ]
    of_options = pd.DataFrame(arguments, columns=["option", "argument", "dimension"])
    requests = needing.reset_index(names="wanted").merge(of_options, on="option")
    if requests.empty:
        return found
    requests = requests.assign(species="", period=base)
    winners = winning_rows(requests[list(REQUEST_COLUMNS)], library, profile)
    part = requests.loc[winners.index, ["wanted", "argument"]]
    part = part.assign(row=winners["row"], fallback=winners["fallback"])
    pairs = pd.MultiIndex.from_frame(found[["wanted", "argument"]])
    replaced = pairs.isin(pd.MultiIndex.from_frame(requests[["wanted", "argument"]]))
    return pd.concat([found[~replaced], part], ignore_index=True)


def _prices_of(found: pd.DataFrame, library: Library) -> dict[int, list[dict[str, Any]]]:
    """The price rows that were found for each wanted row, with the argument that they serve."""
    known = library.parameters
    rows = found[found["row"].isin(known.index[known["price_kind"] != ""])]
    result: dict[int, list[dict[str, Any]]] = {}
    for wanted, argument, row in zip(rows["wanted"], rows["argument"], rows["row"], strict=True):
        price = known.loc[row].to_dict() | {"argument": argument}
        result.setdefault(int(wanted), []).append(price)
    return result


def _brings_money(option: Option) -> bool:
    """Whether the entry itself brings money, which is in the prices of its year."""
    form = get(option.method).forms[option.form].units
    return any("money" in units.dimension(form[name]) for name, _ in option.bound)


class _Indices:
    """The index rows that a run needs, each derived once."""

    def __init__(self, library: Library, profile: Profile) -> None:
        self._library = library
        self._profile = profile
        self._accounts = library.account_chain
        links = library.parameters
        self._links = links[links["parameter"] == INDEX_LINK]
        self._rows: list[dict[str, Any]] = []
        self._numbers: dict[_Span, tuple[int, str] | tuple[int, ...]] = {}
        self._next = int(library.parameters.index.max()) + 1

    def library(self) -> Library:
        """The library with the derived rows."""
        if not self._rows:
            return self._library
        known = self._library.parameters
        numbers = range(self._next, self._next + len(self._rows))
        added = pd.DataFrame(self._rows, columns=known.columns, index=numbers)
        return self._library.changed(parameters=pd.concat([known, added]))

    def row(
        self,
        prices: Sequence[Mapping[str, Any]],
        key: "pd.Series[Any]",
        option: Option,
        target: int,
    ) -> tuple[int, str] | Refusal:
        """The number of the index row and its fallback; or why there is none."""
        for price in prices:
            if (refusal := self._unfit(option, price)) is not None:
                return refusal
        years = {(int(price["price_year"]), str(price["deflator"])) for price in prices}
        if _brings_money(option):
            years.add((int(key["period"]), ""))
        if len({year for year, _ in years}) > 1:
            return several_years(option, sorted({year for year, _ in years}))
        year = min((year for year, _ in years), default=int(key["period"]))
        series = next((name for _, name in sorted(years, reverse=True) if name), "")
        series = series or self._of_account(str(key["account"]))
        if year != target and not series:
            return no_deflator(option, str(key["account"]), year, target)
        derived = self._derived(_Span(series, year, target, str(key["region"])))
        if derived and isinstance(derived[-1], str):
            return derived
        return index_missing(option, series, [int(each) for each in derived])

    def _unfit(self, option: Option, price: Mapping[str, Any]) -> Refusal | None:
        """Why a price cannot serve as the argument that it was found for."""
        takes_capital = str(price["argument"]).endswith(CAPITAL_COST)
        if takes_capital != (price["price_kind"] == "capital"):
            return capital_by_the_year(option, price)
        accepted = self._profile.value_concepts
        if accepted and price["value_concept"] not in accepted:
            return other_concept(option, price, accepted)
        return no_year(option, price) if pd.isna(price["price_year"]) else None

    def _of_account(self, account: str) -> str:
        named = self._profile.deflators
        links = self._accounts
        chain = links[(links["key"] == account) & links["ancestor"].isin(named)]
        nearest = chain.sort_values("distance")["ancestor"]
        return named[nearest.iloc[0]] if len(nearest) else ""

    def _derived(self, span: _Span) -> tuple[int, str] | tuple[int, ...]:
        """The number of the derived row and its fallback, or the years that are missing."""
        if span not in self._numbers:
            self._numbers[span] = self._derive(span)
        return self._numbers[span]

    def _derive(self, span: _Span) -> tuple[int, str] | tuple[int, ...]:
        if span.first == span.last:
            return self._add(span, [], "exact")
        found = self._chain(span)
        if isinstance(found, pd.DataFrame):
            return self._add(span, found.to_dict("records"), "exact")
        substitute = self._profile.substitute_deflator
        if substitute:
            instead = self._chain(span._replace(series=substitute))
            if isinstance(instead, pd.DataFrame):
                return self._add(
                    span._replace(series=substitute), instead.to_dict("records"), _SUBSTITUTED
                )
        return found

    def _chain(self, span: _Span) -> pd.DataFrame | tuple[int, ...]:
        """The links between the two years, one for each year; or the years without one."""
        first, last = sorted((span.first, span.last))
        regions = self._library.region_chain
        regions = regions[regions["key"] == span.region]
        links = self._links[self._links["detail"] == span.series]
        links = links.merge(
            regions[["ancestor", "distance"]], left_on="region", right_on="ancestor"
        )
        if links.empty:
            return tuple(range(first + 1, last + 1))
        links = links.assign(
            year=pd.to_datetime(links["valid_from"]).dt.year,
            own=~links["edition"].str.startswith("inventory"),
        )
        links = links.sort_values(["year", "own", "distance"]).drop_duplicates("year")
        links = links[links["year"].between(first + 1, last)]
        missing = set(range(first + 1, last + 1)) - set(links["year"].astype(int))
        return tuple(sorted(missing)) if missing else links

    def _add(
        self, span: _Span, links: Sequence[Mapping[str, Any]], fallback: str
    ) -> tuple[int, str]:
        value = prod(units.convert(link["value"], link["unit"], "1") for link in links)
        verified = all(link["status"] == Status.VERIFIED for link in links)
        years = f"{span.first}→{span.last}"
        same = "价格年份即目标年份 / the price is of that year"
        blank = dict.fromkeys(self._library.parameters.columns, "")
        self._rows.append(
            blank
            | {
                "id": f"price-index/{span.series or 'same'}/{span.first}-{span.last}",
                "parameter": PRICE_INDEX,
                "value": value if span.last >= span.first else 1 / value,
                "unit": "1",
                "lower": None,
                "upper": None,
                "valid_from": None,
                "valid_to": None,
                "price_year": None,
                "edition": _EDITION,
                "source": str(links[-1]["source"]) if links else "",
                "locator": f"{span.series} {years}" if links else f"{same}：{span.last}",
                "status": Status.VERIFIED if verified else Status.UNVERIFIED,
                "dimension": units.dimension("1"),
            }
        )
        return self._next + len(self._rows) - 1, fallback
