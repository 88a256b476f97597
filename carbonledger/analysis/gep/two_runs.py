"""The GEP accounts of two runs as one, so that last year's run compares with this year's.

Two accounts compare only under one profile (its content, not its name alone), one base year of
constant prices and one region; else the difference would be one of rules, and the earlier year has
to be computed anew.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from carbonledger.analysis.gep.facts import Finished, GepFacts
from carbonledger.errors import CarbonledgerError, Text

__all__ = ["joined"]

_MUST_AGREE = {
    "region": Text("地区", "region"),
    "profile": Text("口径", "profile"),
    "price_base_year": Text("不变价基年", "base year of constant prices"),
}


@dataclass(frozen=True)
class _Both:
    """The files of two runs behind each other; ids of the second are moved behind the first's."""

    former: Finished
    latter: Finished

    @cached_property
    def info(self) -> dict[str, Any]:
        one, two = self.former.info, self.latter.info
        lists = {
            name: [each for each in one.get(name, []) if each not in two.get(name, [])]
            + two.get(name, [])
            for name in ("statistics", "own_parameters", "regions")
        }
        return two | lists | {"periods": sorted({*one["periods"], *two["periods"]})}

    @cached_property
    def entries(self) -> pd.DataFrame:
        later = self.latter.entries
        moved = later.assign(entry=later["entry"] + self.step("entry"))
        return pd.concat([self.former.entries, moved], ignore_index=True)

    @cached_property
    def selections(self) -> pd.DataFrame:
        later = self.latter.selections
        moved = later.assign(selection=later["selection"] + self.step("selection"))
        return pd.concat([self.former.selections, moved], ignore_index=True)

    def step(self, name: str) -> int:
        """By how much an id of the second run is moved."""
        frame = self.former.entries if name == "entry" else self.former.selections
        return 0 if frame.empty else int(frame[name].max()) + 1


def joined(former: GepFacts, latter: GepFacts) -> GepFacts:
    """One account with the years of two runs.

    Raises:
        CarbonledgerError: if the runs differ in region, profile, its content or base year, or share
            a year.
    """
    one, two = former.results.info, latter.results.info
    for name, label in _MUST_AGREE.items():
        if one.get(name) != two.get(name):
            raise CarbonledgerError(
                f"两次运行的{label.zh}不同（{one.get(name)}、{two.get(name)}），不能直接比较。"
                "请用同一口径和同一不变价基年（[overrides] price_base_year）重算其中一年。",
                f"The {label.en} of the two runs differs ({one.get(name)}, {two.get(name)}): they "
                "do not compare. Compute one of the years anew under the same profile and base "
                "year ([overrides] price_base_year).",
            )
    if one["digests"]["profile"] != two["digests"]["profile"]:
        raise CarbonledgerError(
            f"两次运行的口径都叫 {one['profile']}，但内容不同（规则、参数顺序或自有参数集），"
            "不能直接比较。请用同一份口径文件和同样的 [overrides]、参数集重算其中一年。",
            f"Both runs follow a profile named {one['profile']}, but its content differs (rules, "
            "order of parameters, own sets): they do not compare. Compute one of the years anew "
            "with the same profile file, [overrides] and sets.",
        )
    shared = {*one["periods"]} & {*two["periods"]}
    if shared:
        years = "、".join(map(str, sorted(shared)))
        raise CarbonledgerError(
            f"两次运行都有 {years} 年，不知道用哪一个。请比较不同年份的运行；同一年的两次运行用 "
            "carbonledger compare。",
            f"Both runs have {years}. Compare runs of different years; for two runs of one year "
            "use 'carbonledger compare'.",
        )
    both = _Both(former.results, latter.results)
    moved = latter.postings.assign(
        entry=latter.postings["entry"] + both.step("entry"),
        selection=latter.postings["selection"] + both.step("selection"),
    )
    postings = pd.concat([former.postings, moved], ignore_index=True)
    return replace(latter, postings=postings, results=both)
