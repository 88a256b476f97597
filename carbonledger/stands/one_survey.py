"""From a sub-compartment (小班) table to county totals and a list of problems, in one action.

The table becomes an ordinary inventory of summed groups, which is run like any other: parameters
are selected, and every figure can be explained. The rows themselves stay in ``stands.parquet``.
"""

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.analysis.stand_sums import Check, carbon_of, entry_rows, group_stands
from carbonledger.engine.open import item_names, region_names
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import write_folder
from carbonledger.intake.dbf import read_dbf
from carbonledger.intake.files import read_content
from carbonledger.intake.grid import Grid, grids_of
from carbonledger.intake.layout import Spellings
from carbonledger.intake.stand_checks import check_stands, counties
from carbonledger.intake.stand_corrections import CORRECTED, corrected
from carbonledger.intake.stand_fields import StandMapping, mapping_text, proposed, read_mapping
from carbonledger.intake.stand_table import RowFinding, StandTable, header_row, read_stands
from carbonledger.library.load import Library, library
from carbonledger.memory import collector_at_rest, values_by
from carbonledger.model.problem import Grade, Problem
from carbonledger.paths import factors_dir
from carbonledger.reports.stand_books import write_problem_book, write_sums_book
from carbonledger.reports.stand_growth_book import write_growth_book
from carbonledger.stands.groups import note_of, run_inventory, write_inventory
from carbonledger.stands.growth import growth_of, growth_rules

__all__ = [
    "GROWTH_BOOK",
    "MAPPING",
    "PROBLEM_BOOK",
    "ROWS",
    "SUMS_BOOK",
    "StandOptions",
    "Survey",
    "bamboo_species",
    "culm_biomass",
    "stock_table",
    "survey",
]

PROBLEM_BOOK, SUMS_BOOK = "问题清单.xlsx", "汇总.xlsx"
GROWTH_BOOK = "年生长.xlsx"
MAPPING, ROWS = "fields.toml", "stands.parquet"
_INVENTORY, _RUN, _GROWTH, _MARK = "inventory", "run", "growth", "run.json"
_FILES = (PROBLEM_BOOK, SUMS_BOOK, GROWTH_BOOK, MAPPING, ROWS, _INVENTORY, _RUN, _GROWTH, _MARK)


@dataclass(frozen=True)
class StandOptions:
    """What the user says beside the table; what is None stands in the mapping.

    ``set_aside`` computes without the rows that have a problem of grade A; they are counted in
    every result. ``corrections`` are problem workbooks with corrected rows. ``growth`` computes
    what the stands take up in a year as well, by the rates of the mapping.
    """

    mapping: Path | None = None
    region: str | None = None
    period: int | None = None
    sheet: str | None = None
    corrections: Sequence[Path] = ()
    set_aside: bool = False
    growth: bool = False


@dataclass(frozen=True)
class Survey:
    """What came of a table.

    ``groups`` are the sums with their carbon, None where rows of grade A kept them from being
    computed; ``left`` is the number of those rows. ``growth`` are the groups with what they take up
    in a year, if that was asked for. ``proposed`` says that the mapping is a proposal
    that nobody has looked at yet.
    """

    table: StandTable
    findings: Sequence[RowFinding]
    problems: Sequence[Problem]
    proposed: bool
    left: int
    groups: pd.DataFrame | None
    checks: Sequence[Check]
    growth: pd.DataFrame | None = None

    def rows_of(self, grade: Grade) -> int:
        """The number of rows with a problem of a grade."""
        return len(_rows_of(self.findings, grade))


@collector_at_rest()
def survey(path: Path, out: Path, options: StandOptions) -> Survey:
    """Read, check, sum and compute a table into a result folder, whole or not at all.

    Raises:
        CarbonledgerError: if the table cannot be read at all; says which heading or unit lacks.
    """
    base = library()
    grid, problems = _grid(path, options.sheet)
    mapping, is_new = _mapping(grid, options)
    for book in options.corrections:
        grid, more = corrected(grid, _grid(book, CORRECTED)[0], header_row(grid))
        problems += more
    region, period = _place(mapping, base)
    species = _species(base)
    rules = growth_rules(mapping, _single(species)) if options.growth else ()
    table = read_stands(grid, mapping, species)
    bamboo = bamboo_species(base)
    regions, unknown = counties(table.frame, region, Spellings(region_names(base)).find)
    findings = [*check_stands(table, bamboo), *unknown]
    frame = table.frame.assign(region=regions)
    refused = _rows_of(findings, Grade.A)
    kept = frame.drop(index=refused)
    checks = _checks(kept, mapping)
    done = Survey(table, findings, problems, is_new, len(refused), None, checks)
    with write_folder(out, _FILES) as folder:
        write_problem_book(folder / PROBLEM_BOOK, table, findings, problems)
        (folder / MAPPING).write_text(mapping_text(mapping, grid.rows[table.header]), "utf-8")
        rows = frame.assign(row=frame["at"] + grid.first_row + 1, set_aside=False)
        rows.loc[refused, "set_aside"] = True
        rows.drop(columns="at").to_parquet(folder / ROWS, index=False)
        if len(refused) and (kept.empty or not options.set_aside):
            (folder / _MARK).write_text(json.dumps({"status": "refused"}), "utf-8")
            return done
        groups = group_stands(kept, bamboo)
        entries = entry_rows(groups, period, culm_biomass(mapping))
        write_inventory(
            folder / _INVENTORY,
            stock_table(entries, mapping),
            title=Text(
                f"{path.name} 森林植被碳储量 {period}",
                f"{path.name} carbon stock of forests {period}",
            ),
            source=Text(f"{path.name}，按小班汇总", "sub-compartments, summed"),
            profile="forest-carbon-stock",
            region=region,
            periods=[period],
        )
        groups = carbon_of(groups, entries, run_inventory(folder / _INVENTORY, folder / _RUN))
        write_sums_book(folder / SUMS_BOOK, groups, checks, base, (path.name, len(refused)))
        growth = None
        if options.growth:
            where = (region, period, path.name)
            growth = growth_of(folder / _GROWTH, kept, _trees(base) - bamboo, rules, where)
            write_growth_book(folder / GROWTH_BOOK, growth, base, (path.name, len(refused)))
        shutil.copy(folder / _RUN / _MARK, folder / _MARK)
    return replace(done, groups=groups, growth=growth)


def _grid(path: Path, sheet: str | None) -> tuple[Grid, list[Problem]]:
    if not path.is_file():
        raise CarbonledgerError(f"找不到文件“{path}”。", f"There is no file '{path}'.")
    if path.suffix.lower() == ".dbf":
        return read_dbf(path)
    content = read_content(path, path.name)
    grids, problems = ([], [content]) if isinstance(content, Problem) else grids_of(content, sheet)
    if not grids:
        zh = "\n".join(f"{each.where}：{each.message.zh}{each.remedy.zh}" for each in problems)
        en = "\n".join(f"{each.where}: {each.message.en} {each.remedy.en}" for each in problems)
        raise CarbonledgerError(zh, en)
    # What is said of single cells counts where the cell is used, and is found again there.
    return grids[0], [each for each in problems if not each.cell]


def _mapping(grid: Grid, options: StandOptions) -> tuple[StandMapping, bool]:
    """The mapping that was given, or a proposal, which is written where one was named."""
    given = options.mapping
    if given is not None and given.is_file():
        mapping, is_new = read_mapping(given.read_bytes(), given.name), False
    else:
        headings = grid.rows[header_row(grid)]
        mapping, is_new = proposed(headings), True
    changes = {"region": options.region, "period": options.period}
    mapping = mapping.model_copy(update={k: v for k, v in changes.items() if v is not None})
    if is_new and given is not None:
        given.write_text(mapping_text(mapping, headings), "utf-8")
    return mapping, is_new


def _place(mapping: StandMapping, base: Library) -> tuple[str, int]:
    found = Spellings(region_names(base)).find(mapping.region) if mapping.region else ()
    if len(found) != 1 or mapping.period is None:
        raise CarbonledgerError(
            f"要知道地区和调查年份：请写 --region 350429 --year 2023，或写在字段对应文件里"
            f"（现在是“{mapping.region}”、{mapping.period or '空'}）。",
            "Region and year of the survey are needed: give --region 350429 --year 2023, or write "
            f"them into the mapping (now '{mapping.region}' and {mapping.period or 'nothing'}).",
        )
    return found[0], mapping.period


def _species(base: Library) -> dict[str, str | tuple[str, ...]]:
    """The names of the items that grow in forests."""
    path = factors_dir() / "items" / "forest.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        forest = {row["item"] for row in csv.DictReader(lines)}
    return {text: code for text, code in item_names(base).items() if code in forest}


def _single(species: dict[str, str | tuple[str, ...]]) -> dict[str, str]:
    """The names that mean one item."""
    return {text: code for text, code in species.items() if isinstance(code, str)}


def bamboo_species(base: Library) -> frozenset[str]:
    """The items that are bamboo: they have culms, and no volume of their own."""
    items = base.items
    of_bamboo = items["item"].eq("bamboo_forest") | items["general"].eq("bamboo_forest")
    return frozenset(items["item"][of_bamboo])


def _trees(base: Library) -> frozenset[str]:
    """The items whose general items lead to the forest, bamboo among them."""
    general = values_by(base.items, "item", "general")
    found = set()
    for item in general:
        above = item
        while above and above != "forest":
            above = general.get(above, "")
        if above:
            found.add(item)
    return frozenset(found)


def _rows_of(findings: Sequence[RowFinding], grade: Grade) -> np.ndarray:
    rows = [each.rows for each in findings if each.grade is grade]
    return np.unique(np.concatenate(rows)) if rows else np.array([], dtype=int)


def _checks(frame: pd.DataFrame, mapping: StandMapping) -> list[Check]:
    """Area and stock of the table beside those of the forestry statistics."""
    if mapping.statistics is None:
        return []
    checks = []
    for what, unit in (("area", "ha"), ("stock", "m3")):
        written = getattr(mapping.statistics, what)
        if written:
            theirs, own = units.parse_quantity(written)
            ours = float(frame[what].sum()) * units.multiplier(unit, own)
            checks.append(Check(what, own, ours, theirs))
    return checks


def culm_biomass(mapping: StandMapping) -> str:
    """The biomass of a culm in kg of dry matter, as text; empty where the user gives none."""
    if mapping.bamboo is None:
        return ""
    value, unit = units.parse_quantity(mapping.bamboo.biomass_per_culm)
    return repr(value * units.multiplier(unit, "kg dm/plant"))


def stock_table(entries: pd.DataFrame, mapping: StandMapping) -> pd.DataFrame:
    """The entries of the stocks under the headings of a table of entries."""
    words = zip(
        entries["township"], entries["origin"], entries["age_class"], entries["stands"], strict=True
    )
    culms = mapping.bamboo.source if mapping.bamboo else ""
    return pd.DataFrame(
        {
            "地区": entries["region"],
            "年份": entries["period"],
            "科目": entries["account"],
            "品种": entries["species"],
            "蓄积量 [m3]": entries["growing_stock"],
            "stand_area [ha]": entries["stand_area"],
            "竹株数 [plant]": entries["culms"],
            "biomass_per_culm [kg dm/plant]": entries["biomass_per_culm"],
            "备注": [
                note_of(town, origin, age, f"{count} 个小班") for town, origin, age, count in words
            ],
            "来源": [culms if account == "K.3" else "" for account in entries["account"]],
        }
    )
