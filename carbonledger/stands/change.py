"""Two surveys of one region beside each other: the result folders of two tables."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from carbonledger.analysis.stand_change import Doubts, change_sums, doubts, matched
from carbonledger.analysis.stand_sums import carbon_of, entry_rows, group_stands
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import write_folder
from carbonledger.intake.stand_fields import StandMapping, read_mapping
from carbonledger.library.load import library
from carbonledger.memory import collector_at_rest
from carbonledger.reports.stand_change_book import write_change_book
from carbonledger.stands.groups import run_inventory, write_inventory
from carbonledger.stands.one_survey import MAPPING, ROWS, bamboo_species, culm_biomass, stock_table

__all__ = ["CHANGE_BOOK", "Change", "change"]

CHANGE_BOOK = "变化.xlsx"
_INVENTORY, _RUN, _MARK = "inventory", "run", "run.json"
_FILES = (CHANGE_BOOK, _INVENTORY, _RUN, _MARK)


@dataclass(frozen=True)
class Change:
    """What two surveys say together.

    ``groups`` are the groups of both with ``period``, ``status`` and their carbon; ``years`` the
    two surveys; ``rows`` counts the rows of each by status.
    """

    groups: pd.DataFrame
    years: tuple[int, int]
    doubts: Doubts
    rows: pd.DataFrame

    def total(self) -> dict[str, float]:
        """The sums of both surveys and the yearly change."""
        found: dict[str, float] = change_sums(self.groups, (), self.years).to_dict("records")[0]
        return found


@dataclass(frozen=True)
class _Survey:
    frame: pd.DataFrame
    mapping: StandMapping
    period: int


@collector_at_rest()
def change(former: Path, latter: Path, out: Path) -> Change:
    """Compute the difference of two surveys into a folder, whole or not at all.

    Args:
        former: the result folder of the earlier survey.
        latter: that of the later one.
        out: the folder of the difference.

    Raises:
        CarbonledgerError: if a folder holds no computed survey, or the two do not fit together.
    """
    surveys = _read(former), _read(latter)
    _fit(*surveys)
    base = library()
    years = surveys[0].period, surveys[1].period
    then, now = matched(surveys[0].frame, surveys[1].frame)
    bamboo = bamboo_species(base)
    groups = pd.concat(
        [
            group_stands(part, bamboo).assign(status=status, period=year)
            for frame, year in zip((then, now), years, strict=True)
            for status, part in frame[frame["status"] != "excluded"].groupby("status")
        ],
        ignore_index=True,
    )
    mapping = surveys[1].mapping
    entries = pd.concat(
        [entry_rows(groups[groups["period"] == year], year, culm_biomass(mapping))
         for year in years],
        ignore_index=True,
    )  # fmt: skip
    with write_folder(out, _FILES) as folder:
        write_inventory(
            folder / _INVENTORY,
            stock_table(entries, mapping),
            title=Text(
                f"森林植被碳储量 {years[0]} 和 {years[1]}",
                f"Carbon stock of forests in {years[0]} and {years[1]}",
            ),
            source=Text("两次小班调查，按组汇总", "two surveys of sub-compartments, summed"),
            profile="forest-carbon-stock",
            region=mapping.region,
            periods=years,
        )
        postings = run_inventory(folder / _INVENTORY, folder / _RUN)
        done = Change(
            carbon_of(groups, entries, postings),
            years,
            doubts(then, now, years[1] - years[0]),
            _rows(then, now, years),
        )
        unmatched = pd.concat(
            [then[then["status"].isin(["gone", "excluded"])].assign(period=years[0]),
             now[now["status"].isin(["new", "excluded"])].assign(period=years[1])],
            ignore_index=True,
        )  # fmt: skip
        write_change_book(folder / CHANGE_BOOK, done.groups, years, base, unmatched, done.doubts)
        mark = {"status": "complete", "surveys": years}
        (folder / _MARK).write_text(json.dumps(mark), "utf-8")
    return done


def _rows(then: pd.DataFrame, now: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Rows and area of each survey by status."""
    parts = [
        frame.groupby("status")["area"].agg(["size", "sum"]).assign(period=year).reset_index()
        for frame, year in zip((then, now), years, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _read(folder: Path) -> _Survey:
    mark, rows, fields = (folder / name for name in (_MARK, ROWS, MAPPING))
    if not rows.is_file() or not fields.is_file() or not mark.is_file():
        raise CarbonledgerError(
            f"“{folder}”不是小班表的结果目录。请先对每次调查运行 carbonledger stands，"
            "再给出两个结果目录。",
            f"'{folder}' is no result folder of a table of sub-compartments. Run carbonledger "
            "stands for each survey first, and name the two result folders.",
        )
    if json.loads(mark.read_text("utf-8")).get("status") == "refused":
        raise CarbonledgerError(
            f"“{folder}”的小班表有 A 级问题，没有计算。请改正，或用 --set-aside 不计入这些小班。",
            f"The table of '{folder}' has rows of grade A and was not computed. Correct them, or "
            "leave them out with --set-aside.",
        )
    mapping = read_mapping(fields.read_bytes(), fields.name)
    if mapping.period is None or not mapping.region:
        raise CarbonledgerError(
            f"“{fields}”没有写地区和调查年份。", f"'{fields}' names no region and year."
        )
    return _Survey(pd.read_parquet(rows), mapping, mapping.period)


def _fit(former: _Survey, latter: _Survey) -> None:
    """The same region, one after the other, bamboo by the same mass."""
    if former.mapping.region != latter.mapping.region:
        raise CarbonledgerError(
            f"两次调查的地区不同（{former.mapping.region}、{latter.mapping.region}），不能比较。",
            f"The surveys are of different regions ({former.mapping.region}, "
            f"{latter.mapping.region}) and cannot be compared.",
        )
    if latter.period <= former.period:
        raise CarbonledgerError(
            f"后一次调查（{latter.period}）必须晚于前一次（{former.period}）。请按先后给出目录。",
            f"The second survey ({latter.period}) must be later than the first "
            f"({former.period}). Name the earlier one first.",
        )
    if culm_biomass(former.mapping) != culm_biomass(latter.mapping):
        raise CarbonledgerError(
            "两次调查的单株竹生物量不同，差别会被当成生长。请在两个字段对应文件里用同一个值，"
            "重新运行 carbonledger stands。",
            "The biomass of a culm differs between the surveys; the difference would look like "
            "growth. Use one value in both mappings and run carbonledger stands again.",
        )
