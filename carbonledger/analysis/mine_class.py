"""Coal mines of the provincial guideline: its factors ask for the class of the mine."""

from carbonledger.engine.results import Results
from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.model.problem import Grade, Problem

__all__ = ["mines_without_class"]

_MINES = "1.B.1.a"
_FACTOR = "ch4_emission_factor"


def mines_without_class(results: Results, library: Library) -> list[Problem]:
    """A problem (grade B) where coal mining takes a factor of the IPCC.

    Only for the profiles of the provincial guideline, whose own factors are by class of mine
    (国有重点、国有地方、乡镇) and far lower: 6.9 to 8.4 against 18 m3/t underground.

    Args:
        results: a finished run under a profile of the provincial guideline.
        library: for the names.
    """
    used = results.rows("selections", ("selection", "parameter"), argument=[_FACTOR])
    foreign = {row["selection"] for row in used if row["parameter"].startswith("ipcc-2006")}
    columns = ("account", "detail", "source")
    sources: dict[tuple[str, str], str] = {}
    if foreign:
        mines = library.below(_MINES)
        for row in results.rows("postings", columns, account=mines, selection=foreign):
            key = (row["account"], row["detail"])
            sources[key] = min(row["source"], sources.get(key, row["source"]))
    return [_problem(*key, source, library) for key, source in sorted(sources.items())]


def _problem(account: str, detail: str, source: str, library: Library) -> Problem:
    file, _, cell = source.rpartition("!")
    zh, en = (
        (f"细项“{detail}”", f"the detail '{detail}'") if detail else ("没有写细项", "no detail")
    )
    return Problem(
        grade=Grade.B,
        code="mine-class",
        file=file or cell,
        cell=cell if file else "",
        message=Text(
            f"{account} {library.label('accounts', account)}：{zh}，省级指南没有对应的因子，"
            "按 IPCC 2006 的因子计算，可能偏高一倍以上。",
            f"{account} {library.label('accounts', account, 'en')}: {en}; the provincial guideline "
            "has no factor for it, and that of IPCC 2006 was taken, which may be more than twice "
            "too high.",
        ),
        remedy=Text(
            "请在细项中写明矿井类型（carbonledger factors search 煤矿 查看写法），"
            "或录入实测的甲烷因子。",
            "Write the class of the mine as the detail ('carbonledger factors search coal mine' "
            "lists them), or enter a measured factor of methane.",
        ),
    )
