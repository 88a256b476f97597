"""Eligibility of a project, and the credit of one of its monitoring periods."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from carbonledger import units
from carbonledger.credits.claims import Claim, claims_of
from carbonledger.credits.products import DEDUCTIONS, Product, Question
from carbonledger.credits.project import Period, Project, Stock
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.methods.credit import credited_removal
from carbonledger.methods.registry import get

__all__ = ["Credit", "Outcome", "credit_of", "eligibility"]

_METHOD = "credit.removal"
_GRAMS = 6  # decimals of a tonne: below that, a figure is noise of the arithmetic


@dataclass(frozen=True)
class Outcome:
    """A question with its answer: ``met``, ``not-met`` or ``unanswered``."""

    question: Question
    state: str
    evidence: str


@dataclass(frozen=True)
class Credit:
    """The credit of a period: t CO2, with what it was computed from.

    ``values`` are the arguments of the method with their units' numbers, ``sources`` where the
    deductions come from, ``area`` the hectares of the plots.
    """

    amount: float
    formula: str
    values: dict[str, float]
    sources: dict[str, str]
    claims: Sequence[Claim]
    area: float
    years: float

    @property
    def tonnes(self) -> int:
        """The whole tonnes that can be issued."""
        return math.floor(round(self.amount, _GRAMS))


def eligibility(project: Project) -> list[Outcome]:
    """The answers of a project to the questions of its product.

    Raises:
        CarbonledgerError: if it answers questions that the product does not ask.
    """
    answers = project.manifest.answers
    known = {question.id for question in project.product.questions}
    if strange := sorted({*answers} - known):
        raise CarbonledgerError(
            f"产品“{project.product.product}”没有这些问题：{'、'.join(strange)}。"
            f"应回答：{'、'.join(sorted(known))}。",
            f"The product asks no such questions: {', '.join(strange)}. "
            f"It asks: {', '.join(sorted(known))}.",
        )
    outcomes = []
    for question in project.product.questions:
        given = answers.get(question.id)
        if given is None:
            outcomes.append(Outcome(question, "unanswered", ""))
        else:
            state = "met" if given.answer is question.expected else "not-met"
            outcomes.append(Outcome(question, state, given.evidence))
    return outcomes


def credit_of(project: Project, period: Period) -> Credit:
    """The credit of a monitoring period.

    Raises:
        CarbonledgerError: if the project is not eligible, a stock of the first or last day or a
            deduction is missing, the boundary changed, or the period is too short or long.
    """
    faults = [_unmet(each) for each in eligibility(project) if each.state != "met"]
    faults += _lengths(project.product, period)
    pairs, missing = _pairs(project, period)
    values, sources, lacking = _deductions(project.product, period)
    if faults := [*faults, *missing, *lacking]:
        raise CarbonledgerError(
            f"项目“{project.manifest.project}”{period.label} 不能计算：\n"
            + "\n".join(f"- {each.zh}" for each in faults),
            f"Project '{project.manifest.project}', {period.label}: nothing is computed.\n"
            + "\n".join(f"- {each.en}" for each in faults),
        )
    arguments = {
        "closing_stock": sum(end.stock for _, end in pairs),
        "opening_stock": sum(start.stock for start, _ in pairs),
        **{DEDUCTIONS[key]: value for key, value in values.items()},
    }
    plots = {start.plot: start.area for start, _ in pairs}
    return Credit(
        float(credited_removal(**arguments)),
        get(_METHOD).fill({name: f"{value:.15g}" for name, value in arguments.items()}),
        arguments,
        {DEDUCTIONS[key]: source for key, source in sources.items()},
        claims_of(project, period),
        sum(plots.values()),
        period.years,
    )


def _unmet(outcome: Outcome) -> Text:
    question = outcome.question
    if outcome.state == "unanswered":
        return Text(
            f"资格问题 {question.id} 没有回答：{question.zh}",
            f"Question {question.id} is not answered: {question.en}",
        )
    return Text(
        f"不符合资格条件 {question.id}：{question.zh}（来源：{question.source}）",
        f"Condition {question.id} is not met: {question.en} (source: {question.source})",
    )


def _lengths(product: Product, period: Period) -> list[Text]:
    years = product.monitoring_years
    if period.end <= period.start:
        return [Text("监测期的止日必须晚于起日。", "The period ends before it begins.")]
    if years is None or years.least <= period.years <= years.most:
        return []
    return [
        Text(
            f"监测期 {period.years:.1f} 年，应在 {years.least:g}—{years.most:g} 年之间"
            f"（{years.source}）。",
            f"The period has {period.years:.1f} years; it should have {years.least:g} to "
            f"{years.most:g} ({years.source}).",
        )
    ]


def _pairs(project: Project, period: Period) -> tuple[list[tuple[Stock, Stock]], list[Text]]:
    """The stocks of the first and of the last day of each pool of each plot."""
    known = {(each.plot, each.pool, each.day): each for each in project.stocks}
    pairs: list[tuple[Stock, Stock]] = []
    faults: list[Text] = []
    for plot, pool in dict.fromkeys((each.plot, each.pool) for each in project.stocks):
        start, end = (known.get((plot, pool, day)) for day in (period.start, period.end))
        if pool not in project.product.pools:
            faults.append(
                Text(
                    f"碳库“{pool}”不在该产品的计入范围（{'、'.join(project.product.pools)}）。",
                    f"The pool '{pool}' is not credited by this product.",
                )
            )
        elif start is None or end is None:
            day = period.start if start is None else period.end
            faults.append(
                Text(
                    f"地块“{plot}”碳库“{pool}”缺 {day} 的碳储量；缺测不能当作 0。",
                    f"Plot '{plot}', pool '{pool}': no stock of {day}; what is missing is not 0.",
                )
            )
        elif start.area != end.area:
            faults.append(
                Text(
                    f"地块“{plot}”的面积前后不同（{start.area:g} 与 {end.area:g} 公顷）："
                    "边界变了，两次碳储量不能相减。",
                    f"The area of plot '{plot}' changed from {start.area:g} to {end.area:g} ha: "
                    "stocks of different boundaries have no difference.",
                )
            )
        else:
            pairs.append((start, end))
    return pairs, faults


def _deductions(
    product: Product, period: Period
) -> tuple[dict[str, float], dict[str, str], list[Text]]:
    """What is taken off: entered by the user, set by the product, or not part of it."""
    asked = {each.key: each for each in product.deductions}
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    faults = [
        Text(f"该产品没有扣减项“{key}”。", f"The product has no deduction '{key}'.")
        for key in period.deductions
        if key not in asked
    ]
    for key in DEDUCTIONS:
        entered = period.deductions.get(key)
        if key in asked and entered is None:
            title = asked[key].title
            faults.append(
                Text(
                    f"没有填写扣减项 {key}（{title.zh}）；确为 0 的请写 0 并注明来源。",
                    f"Deduction {key} ({title.en}) is missing; where it is 0 write 0 and why.",
                )
            )
        elif key in asked and entered is not None:
            number, unit = units.parse_quantity(entered.value)
            values[key] = number * units.multiplier(unit, asked[key].unit)
            sources[key] = entered.source
            if values[key] < 0 or (asked[key].unit == "1" and values[key] > 1):
                faults.append(Text(f"扣减项 {key} 超出范围。", f"Deduction {key} is out of range."))
        elif key == "risk" and product.risk is not None:
            values[key] = product.risk.value
            sources[key] = f"{product.risk.source} [{product.risk.status.value}]"
        else:
            values[key] = 0.0
            sources[key] = "该产品没有这一项 / not part of this product"
    return values, sources, faults
