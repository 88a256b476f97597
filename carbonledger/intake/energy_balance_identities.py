"""The sums that every column of an energy balance must satisfy, and which cell would break them.

All arithmetic is exact, in the printed digits. Nothing here changes the table: a hypothesis ("if
this cell were a hundredth, the column would close") is tried on a copy of the column.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from carbonledger.intake.energy_balance_labels import Scheme
from carbonledger.intake.energy_balance_table import rounding, rounding_unit

__all__ = ["BALANCE", "SLIPS", "Columns", "Outcome", "Slip"]

BALANCE = "balance"
_SUMS = ("supply", "transformation", "final", "residential")
# Slips of the decimal point or of a unit (万, 亿), and of the sign.
SLIPS = (*(Decimal(10) ** power for power in (-1, 1, -2, 2, -3, 3, -4, 4)), Decimal(-1))

Numbers = Mapping[str, Decimal]
Terms = Mapping[str, int]
Sums = Mapping[str, tuple[Terms, ...]]


@dataclass(frozen=True)
class Outcome:
    """One sum evaluated: ``residual`` is what is left of its signed ``terms``.

    ``size`` is the larger side of the sum, ``tolerance`` what rounding of printed digits explains.
    """

    identity: str
    terms: Mapping[str, int]
    residual: Decimal
    size: Decimal
    tolerance: Decimal

    @property
    def holds(self) -> bool:
        """Whether rounding explains the residual."""
        return abs(self.residual) <= self.tolerance

    @property
    def rounding_like(self) -> bool:
        """Whether the residual is no more than one printed unit for each number."""
        return abs(self.residual) <= 2 * self.tolerance

    @property
    def share(self) -> Decimal:
        """The residual relative to the size of the sum."""
        return abs(self.residual) / self.size if self.size else Decimal(0)


@dataclass(frozen=True)
class Slip:
    """A cell that, multiplied by ``factor``, lets failing sums close.

    ``totals`` are printed totals that contain the same slip, with what they would be without it.
    """

    flow: str
    factor: Decimal
    amount: Decimal
    closes: tuple[str, ...]
    totals: Mapping[str, Decimal]


@dataclass(frozen=True)
class Columns:
    """Evaluates the sums of a column; ``rows`` are the flows that the table has.

    ``orientation`` overrides the sign with which a row enters its total, where the table prints
    deductions as negative numbers.
    """

    layout: Scheme
    rows: Collection[str]
    orientation: Mapping[str, int]

    def outcomes(self, column: Numbers) -> dict[str, Outcome]:
        """Every sum for which the column has both sides."""
        return _evaluated(self._sums(column), column, rounding_unit(list(column.values())))

    def blank_totals(self, column: Numbers) -> list[str]:
        """Totals that are blank although parts of them are not."""
        return [
            total
            for total in _SUMS
            if total in self.rows and total not in column and self._parts(column, total)[0]
        ]

    def slips(self, column: Numbers) -> list[Slip]:
        """The cells that explain most of the failing sums, each by one slip; best ones only.

        Where no slip closes a sum to the printed digits, one that explains nearly all of a large
        gap is given: not every column closes to the digit.
        """
        sums, unit = self._sums(column), rounding_unit(list(column.values()))
        before = _evaluated(sums, column, unit)
        failing = {name: outcome for name, outcome in before.items() if not outcome.holds}
        if not failing:
            return []
        trials = [
            (slip, _evaluated(sums, changed, unit))
            for slip, changed in self._trials(column, before)
        ]
        return self._best(failing, trials, Decimal(0)) or self._best(
            failing, trials, self.layout.limits["remainder"]
        )

    def _best(
        self,
        failing: Mapping[str, Outcome],
        trials: Sequence[tuple[Slip, Mapping[str, Outcome]]],
        remainder: Decimal,
    ) -> list[Slip]:
        best: list[Slip] = []
        fewest = len(failing)
        for slip, after in trials:
            if any(_worse(outcome, after[name]) for name, outcome in failing.items()):
                continue
            left = {
                name
                for name, outcome in after.items()
                if not (outcome.holds or self._nearly(failing.get(name), outcome, remainder))
            }
            if len(left) < fewest:
                best, fewest = [], len(left)
            if len(left) == fewest < len(failing):
                closes = tuple(name for name in failing if name not in left)
                best.append(replace(slip, closes=closes))
        return best

    def _nearly(self, before: Outcome | None, after: Outcome, remainder: Decimal) -> bool:
        if before is None or len(before.terms) < 2:
            return False
        large = before.share > self.layout.limits["statistical_difference"]
        return large and abs(after.residual) < remainder * abs(before.residual)

    def vouches(self, column: Numbers, flow: str) -> bool:
        """Whether sums of the column contain the cell and all of them hold."""
        outcomes = self.outcomes(column).values()
        return any(flow in outcome.terms for outcome in outcomes) and all(
            outcome.holds for outcome in outcomes
        )

    def _trials(
        self, column: Numbers, before: Mapping[str, Outcome]
    ) -> Iterator[tuple[Slip, Numbers]]:
        covered = {flow for outcome in before.values() for flow in outcome.terms}
        for flow in column:
            for factor in SLIPS:
                if flow in covered and column[flow]:
                    changed, totals = self._corrected(column, before, flow, factor)
                    yield Slip(flow, factor, changed[flow], (), totals), changed

    def _corrected(
        self, column: Numbers, before: Mapping[str, Outcome], flow: str, factor: Decimal
    ) -> tuple[Numbers, Numbers]:
        changed = dict(column)
        changed[flow] = column[flow] * factor
        delta = changed[flow] - column[flow]
        totals: dict[str, Decimal] = {}
        while (parent := self.layout.flows[flow].parent) not in {"", BALANCE}:
            delta *= self._sign(flow)
            if parent in column:
                if parent not in before or not before[parent].holds:
                    break
                changed[parent] += delta
                totals[parent] = changed[parent]
            flow = parent
        return changed, totals

    def _sums(self, column: Numbers) -> Sums:
        """The signed rows of every sum, as far as the column has numbers in them."""
        found: dict[str, tuple[Terms, ...]] = {}
        for total in _SUMS:
            terms, optional = self._parts(column, total)
            # A printed total whose rows are all blank misses all of them; residential use may be
            # printed undivided.
            alone = total != "residential" and self._has_parts(total)
            if total in column and (terms or alone):
                found[total] = _with_and_without({total: -1, **terms}, optional)
        if self._balances():
            terms, optional = self._parts(column, BALANCE)
            if terms:
                found[BALANCE] = _with_and_without(terms, optional)
        return found

    def _balances(self) -> bool:
        """Whether the table has all three sides of the balance."""
        return all(
            side in self.rows or self._has_parts(side)
            for side in ("supply", "transformation", "final")
        )

    def _has_parts(self, total: str) -> bool:
        return any(part.flow in self.rows for part in self.layout.parts(total))

    def _sign(self, flow: str) -> int:
        return self.orientation.get(flow, self.layout.flows[flow].sign)

    def _expand(self, column: Numbers, flow: str) -> tuple[dict[str, int], dict[str, int]]:
        """The row itself where it has a number, else its parts; and the optional ones."""
        return ({flow: 1}, {}) if flow in column else self._parts(column, flow)

    def _parts(self, column: Numbers, total: str) -> tuple[dict[str, int], dict[str, int]]:
        terms: dict[str, int] = {}
        optional: dict[str, int] = {}
        for part in self.layout.parts(total):
            found, perhaps = self._expand(column, part.flow)
            sign = self._sign(part.flow)
            signed = {flow: sign * value for flow, value in found.items()}
            if part.kind == "optional":
                optional |= signed
            else:
                terms |= signed
            optional |= {flow: sign * value for flow, value in perhaps.items()}
        return terms, optional


def _with_and_without(terms: dict[str, int], optional: dict[str, int]) -> tuple[Terms, ...]:
    """Optional rows are parts of their total in some tables and "of which" in others."""
    return (terms, {**terms, **optional}) if optional else (terms,)


def _evaluated(sums: Sums, column: Numbers, unit: Decimal) -> dict[str, Outcome]:
    """Each sum with or without its optional rows, whichever closes better."""
    return {
        name: min(
            (_outcome(name, terms, column, unit) for terms in choices),
            key=lambda outcome: abs(outcome.residual),
        )
        for name, choices in sums.items()
    }


def _outcome(identity: str, terms: Terms, column: Numbers, unit: Decimal) -> Outcome:
    signed = [column[flow] * sign for flow, sign in terms.items()]
    above = sum((amount for amount in signed if amount > 0), Decimal(0))
    below = sum((amount for amount in signed if amount < 0), Decimal(0))
    return Outcome(identity, terms, above + below, max(above, -below), rounding(unit, signed))


def _worse(before: Outcome, after: Outcome) -> bool:
    return not after.holds and abs(after.residual) > abs(before.residual)
