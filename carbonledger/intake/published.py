"""The published totals that the manifest quotes, checked before anything is computed."""

from collections.abc import Sequence

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.intake.files import file_problem
from carbonledger.intake.keys import Refused, code_of
from carbonledger.intake.layout import Context
from carbonledger.intake.manifest import MANIFEST
from carbonledger.model.manifest import Published
from carbonledger.model.prices import MONEY, VALUES
from carbonledger.model.problem import Problem

__all__ = ["check_published"]


def check_published(
    published: Sequence[Published], context: Context
) -> tuple[list[Published], list[Problem]]:
    """The quoted totals with the codes of their accounts, and what is wrong with them (grade A)."""
    quoted: list[Published] = []
    problems: list[Problem] = []
    for number, total in enumerate(published, 1):
        account = code_of("account", total.account, context.accounts)
        if isinstance(account, Refused):
            problems.append(_wrong(f"published[{number}].account", account.message, account.remedy))
        else:
            quoted.append(total.model_copy(update={"account": account}))
        problems += _amount(f"published[{number}]", total)
    return quoted, problems


def _amount(label: str, total: Published) -> list[Problem]:
    """What is wrong with the measure, or with the number and the unit of the total."""
    wanted = MONEY if total.measure in VALUES else f"t {total.measure}"
    try:
        units.parse(wanted)
    except units.UnitError as error:
        return [_wrong(f"{label}.measure", error.text, _MEASURE)]
    remedy = Text(
        f'请写数和 {total.measure} 的单位，例如 total = "212.8 Mt {total.measure}"。',
        f'Write a number and a unit of {total.measure}, such as "212.8 Mt {total.measure}".',
    )
    try:
        _, unit = units.parse_quantity(total.total)
        units.multiplier(unit, wanted)
    except units.UnitError as error:
        return [_wrong(f"{label}.total", error.text, remedy)]
    return []


def _wrong(label: str, message: Text, remedy: Text) -> Problem:
    return file_problem(
        MANIFEST,
        "published-unusable",
        Text(f"{label}：{message.zh}", f"{label}: {message.en}"),
        remedy,
    )


_MEASURE = Text(
    "请把 measure 写成气体，例如 CO2、CH4、N2O。", "Write a gas as the measure: CO2, CH4, N2O ..."
)
