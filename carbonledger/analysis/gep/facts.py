"""The GEP postings of a run with what their tables and checks need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from carbonledger import units
from carbonledger.engine.results import Results
from carbonledger.library.ecosystems import Ecosystems, ecosystems
from carbonledger.library.load import Library
from carbonledger.memory import rows_of
from carbonledger.methods.registry import Method, get
from carbonledger.model.prices import CURRENT, PRICE_INDEX, VALUES

__all__ = ["ROOT", "Finished", "GepFacts", "Term", "gep_facts", "price_of"]

ROOT = "G"
_ENTRY = "entry"


@dataclass(frozen=True)
class Term:
    """One posting with its method and the numbers of its formula, in the units of the method.

    ``parameters`` has the id of the library's row behind each argument, ``entry`` for what the
    entry supplied.
    """

    posting: Mapping[str, Any]
    method: Method
    numbers: Mapping[str, float]
    units: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def amount(self) -> float:
        """The posted amount."""
        return float(self.posting["amount"])

    def again(self, **changed: float) -> float:
        """The amount with some numbers changed, in the units of the method."""
        return float(self.method.function(**{**self.numbers, **changed}))


class Finished(Protocol):
    """What the tables need of a run, or of two runs taken together."""

    @property
    def info(self) -> dict[str, Any]:
        """What stands in ``run.json``."""

    @property
    def entries(self) -> pd.DataFrame:
        """The entries as written."""

    @property
    def selections(self) -> pd.DataFrame:
        """One row per selection and argument."""


@dataclass(frozen=True)
class GepFacts:
    """What a run says about GEP.

    ``postings`` are those below the root of GEP, with the account of the ``service`` (G.2.1) and of
    its ``class`` (G.2) and the ecosystem class of the first level (``ecosystem``, empty for none).
    """

    postings: pd.DataFrame
    results: Finished
    library: Library
    known: Ecosystems

    @cached_property
    def current(self) -> pd.DataFrame:
        """The values at current prices that have an amount."""
        rows = self.postings
        return rows[(rows["measure"] == CURRENT) & rows["amount"].notna()]

    @cached_property
    def physical(self) -> pd.DataFrame:
        """The physical quantities that have an amount."""
        rows = self.postings
        return rows[~rows["measure"].isin(VALUES) & rows["amount"].notna()]

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """The parameters of the library and of the inventory itself by their ids."""
        known = self.library.parameters.set_index("id")
        own = pd.DataFrame(self.results.info.get("own_parameters", []))
        if own.empty:
            return known
        own = own.set_index("id")[[name for name in known.columns if name in own.columns]]
        return pd.concat([known[~known.index.isin(own.index)], own])

    def below(self, accounts: str) -> set[str]:
        """Accounts separated by ``|``, with everything below them."""
        return {key for root in accounts.split("|") if root for key in self.library.below(root)}

    def statistic(self, name: str, period: int) -> float | None:
        """A statistic of the region of the inventory, in the unit of its kind."""
        found = [
            float(each["amount"])
            for each in self.results.info.get("statistics", [])
            if each["statistic"] == name
            and int(each["period"]) == period
            and each["region"] == self.results.info["region"]
        ]
        return found[0] if found else None

    def terms(self, rows: pd.DataFrame) -> Iterator[Term]:
        """Postings with the numbers of their formulas; what has no method is left out."""
        for posting in rows_of(rows[rows["method"] != ""]):
            method = get(posting["method"])
            if method.series:
                continue
            yield self._term({str(key): value for key, value in posting.items()}, method)

    def _term(self, posting: Mapping[str, Any], method: Method) -> Term:
        entry = self._entries.loc[posting["entry"]]
        found: dict[str, tuple[float, str]] = {}
        parameters: dict[str, str] = {}
        for row in self._selections[int(posting["selection"])]:
            name = str(row["argument"])
            if name not in method.arguments:
                continue
            parameters[name] = str(row["parameter"])
            if row["parameter"] == _ENTRY:
                sign = float(entry["sign"]) if name == method.activity else 1.0
                quantity = row["locator"]
                found[name] = (sign * float(entry[quantity]), str(entry[f"{quantity}__unit"]))
            else:
                found[name] = (float(row["value"]), str(row["unit"]))
        form = next(
            form.units
            for form in method.forms
            if all(units.same_dimension(found[name][1], form.units[name]) for name in found)
        )
        numbers = {
            name: value * units.multiplier(unit, form[name])
            for name, (value, unit) in found.items()
        }
        return Term(posting, method, numbers, form, parameters)

    @cached_property
    def _entries(self) -> pd.DataFrame:
        return self.results.entries.set_index("entry")

    @cached_property
    def _selections(self) -> dict[int, list[dict[str, Any]]]:
        rows = self.results.selections
        used = rows[rows["selection"].isin(self.postings["selection"])]
        return {int(key): rows_of(part) for key, part in used.groupby("selection")}


def gep_facts(results: Results, library: Library) -> GepFacts | None:
    """What a run says about GEP; None where it has no such account."""
    rows = results.postings_of(library.below(ROOT))
    if rows.empty:
        return None
    known = ecosystems(library)
    links = library.account_chain
    depth = {
        key: list(part.sort_values("distance", ascending=False)["ancestor"])
        for key, part in links[links["key"].isin(rows["account"])].groupby("key")
    }
    paths = {key: [each for each in path if each] for key, path in depth.items()}
    classes = {
        item: found.item if (found := known.at_level(item, 1)) else ""
        for item in rows["item"].fillna("").unique()
    }
    rows = rows.assign(
        **{
            "class": rows["account"].map(lambda key: (paths[key][1:2] or [ROOT])[0]),
            "service": rows["account"].map(lambda key: (paths[key][2:3] or paths[key][-1:])[0]),
            "item": rows["item"].fillna(""),
            "ecosystem": rows["item"].fillna("").map(classes),
        }
    )
    return GepFacts(rows.reset_index(drop=True), results, library, known)


def price_of(term: Term) -> str:
    """The argument that is the price of a valuation; empty where money was entered."""
    names = [name for name in term.numbers if name != PRICE_INDEX]
    return next((name for name in names if "money" in units.dimension(term.units[name])), "")
