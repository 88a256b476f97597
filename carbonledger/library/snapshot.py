"""The golden file: what the library selects for Fujian, for every year and profile.

One line per answer. It is collapsed without loss; whoever wants the value for a region, year and so
on reads, among the lines of the profile, parameter, species and dimension:

1. those of the item; where it has none, those of the nearest item that stands in for it
   (``general``), at last those of the empty item;
2. among these those of the detail; where it has none, those of the empty detail;
3. among these those of the account; where it has none, of the nearest account above it;
4. among these that of the year for the region; where it has none, for the nearest region above it
   (350000 is Fujian). No line is no answer.

So a line is missing where it would only repeat the row of the line above it. ``fallback`` is that
of the line itself; a region, item that is served from above has ``parent-region``, ``general-item``
besides. Warming potentials are those of the set that the profile names. Profiles that select alike
share their lines: ``gpc-basic|gpc-basic-plus``.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from carbonledger.errors import CarbonledgerError
from carbonledger.library.load import Library
from carbonledger.library.select import REQUEST_COLUMNS, select
from carbonledger.memory import plain_texts
from carbonledger.model.potentials import GWP
from carbonledger.model.profile import Profile

__all__ = ["COLUMNS", "TOP", "YEARS", "Chains", "read_snapshot", "snapshot", "snapshot_text"]

COLUMNS = (
    "profile", "parameter", "item", "detail", "account", "species", "region", "years", "value",
    "unit", "id", "fallback", "status",
)  # fmt: skip
TOP = "350000"
YEARS = range(2005, 2027)

_GROUP = ["parameter", "dimension", "species"]
# What of a profile decides which row is selected.
_SELECTING = {"gwp", "families", "parameter_families", "by_year", "by_group", "use_newer"}

Subject = tuple[str, str, str]  # item, detail, account
Answer = tuple[int, str]  # row of the library, fallback
Block = dict[str, list[Answer | None]]  # region -> answer of every year


class Chains:
    """What stands above items, accounts and regions, nearest first, themselves among it."""

    def __init__(self, library: Library) -> None:
        self.items = _above(library.items, "item", "general")
        self.accounts = _above(library.accounts, "account", "parent")
        self.divisions = {
            region: [place for place in above if place]
            for region, above in _above(library.regions, "region", "parent").items()
            if TOP in above
        }
        links = library.region_chain.sort_values(["key", "distance"])
        self._serving = {
            region: list(zip(part["ancestor"], part["distance"], strict=True))
            for region, part in links[links["key"].isin(self.divisions)].groupby("key")
        }

    @lru_cache(maxsize=4096)  # noqa: B019 - lives as long as one snapshot
    def told_apart(self, named: frozenset[str]) -> tuple[str, ...]:
        """Fujian, and the regions in it that other rows serve than the region above them."""
        serving = {
            region: [ancestor for ancestor, _ in above if ancestor in named]
            for region, above in self._serving.items()
        }
        return tuple(
            region
            for region, above in self.divisions.items()
            if region == TOP or serving[region] != serving[above[1]]
        )


@dataclass(frozen=True)
class _Asked:
    """The distinct requests of one parameter: subjects, and where and when each is asked for."""

    group: tuple[str, str, str]
    subjects: dict[Subject, tuple[tuple[str, ...], tuple[int, ...]]]


@plain_texts()
def snapshot(library: Library, profiles: Mapping[str, Profile]) -> pd.DataFrame:
    """The lines of the golden file, sorted: see the module for how to read them.

    Raises:
        CarbonledgerError: if two rows of the library tie.
    """
    chains = Chains(library)
    asked = [_ask(key, rows, chains) for key, rows in _grouped(library.parameters)]
    requests = pd.DataFrame(_requests(asked), columns=["number", *REQUEST_COLUMNS])
    alike: dict[str, list[tuple[Any, ...]]] = {}
    lines: list[tuple[Any, ...]] = []
    for name, rules in profiles.items():
        way = rules.model_dump_json(include=_SELECTING)
        if way not in alike:
            answers = iter(_select(requests, library, rules))
            alike[way] = list(_lines(asked, answers, library, chains))
        lines += [(name, *line) for line in alike[way]]
    lines.sort(key=lambda line: (*line[:8], line[9], line[10]))
    return pd.DataFrame(lines, columns=list(COLUMNS))


def _lines(
    asked: list[_Asked], answers: Iterator[Answer | None], library: Library, chains: Chains
) -> Iterator[tuple[Any, ...]]:
    """The lines of one way to select, without the names of profiles."""
    table = list(
        library.parameters[["value", "unit", "id", "status"]].itertuples(index=False, name=None)
    )
    for each in asked:
        blocks = _blocks(each, answers)
        parameter, _, species = each.group
        for (item, detail, account), region, years, (row, fallback) in _kept(blocks, chains):
            value, unit, ident, status = table[row]
            yield (parameter, item, detail, account, species, region, years,
                   value, unit, ident, fallback, str(status))  # fmt: skip


def snapshot_text(lines: pd.DataFrame) -> str:
    """The lines as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    sharing: dict[tuple[tuple[Any, ...], ...], list[str]] = {}
    for name, rows in lines[list(COLUMNS)].groupby("profile", sort=True):
        told = tuple(rows.drop(columns="profile").itertuples(index=False, name=None))
        sharing.setdefault(told, []).append(str(name))
    for told, names in sharing.items():
        for line in told:
            cells = [f"{cell:.15g}" if isinstance(cell, float) else cell for cell in line]
            writer.writerow(["|".join(names), *cells])
    return out.getvalue()


@plain_texts()
def read_snapshot(path: Path) -> pd.DataFrame:
    """The lines of a golden file.

    Raises:
        CarbonledgerError: if the file is none.
    """
    try:
        lines = pd.read_csv(path, dtype=str, keep_default_na=False)
        if tuple(lines.columns) != COLUMNS:
            raise ValueError(list(lines.columns))
        lines["value"] = lines["value"].astype(float)
        lines = lines.assign(profile=lines["profile"].str.split("|")).explode("profile")
    except (OSError, ValueError) as error:
        raise CarbonledgerError(
            f"“{path}”不是因子库快照：应是 carbonledger factors snapshot 写出的 CSV。",
            f"'{path}' is no snapshot of the library: it should be a CSV written by "
            "'carbonledger factors snapshot'.",
        ) from error
    return lines.sort_values("profile", kind="stable", ignore_index=True)


def _above(table: pd.DataFrame, key: str, parent: str) -> dict[str, list[str]]:
    parents = dict(zip(table[key], table[parent], strict=True))
    found = {"": [""]}
    for start in parents:
        place, above = start, []
        while place:
            above.append(place)
            place = parents.get(place, "")
        found[start] = [*above, ""]
    return found


def _grouped(parameters: pd.DataFrame) -> list[tuple[Any, list[tuple[Any, ...]]]]:
    """The keys and days of the rows of each parameter, dimension and species, sorted by these."""
    groups: dict[Any, list[tuple[Any, ...]]] = {}
    columns = [*_GROUP, "item", "detail", "account", "region", "valid_from", "valid_to"]
    for row in zip(*(parameters[name].to_numpy(dtype=object) for name in columns), strict=True):
        groups.setdefault(row[: len(_GROUP)], []).append(row[len(_GROUP) :])
    return sorted(groups.items())


def _ask(key: Any, left: list[tuple[Any, ...]], chains: Chains) -> _Asked:
    subjects = {}
    for item in sorted({row[0] for row in left}):
        of_item = [row for row in left if row[0] in chains.items.get(item, ("",))]
        for detail in sorted({"", *(row[1] for row in of_item)}):
            of_detail = [row for row in of_item if row[1] in {"", detail}]
            for account in sorted({"", *(row[2] for row in of_detail)}):
                above = chains.accounts.get(account, ("",))
                serving = [row for row in of_detail if row[2] in above]
                if serving:
                    regions = chains.told_apart(frozenset(row[3] for row in serving))
                    subjects[item, detail, account] = (regions, _starts(serving))
    return _Asked(key, subjects)


def _starts(rows: Iterable[tuple[Any, ...]]) -> tuple[int, ...]:
    """The years at which another row may begin to win; a period counts by its last day."""
    years = {YEARS[0]}
    for row in rows:
        begins, ends = row[4], row[5]
        if not pd.isna(begins):
            years.add(begins.year)
        if not pd.isna(ends):
            years.add(ends.year + (1 if (ends.month, ends.day) == (12, 31) else 0))
    return tuple(sorted(year for year in years if year in YEARS))


def _requests(asked: list[_Asked]) -> Iterator[tuple[Any, ...]]:
    number = 0
    for each in asked:
        parameter, dimension, species = each.group
        for (item, detail, account), (regions, years) in each.subjects.items():
            for region in regions:
                for year in years:
                    yield (number, parameter, item, detail, account, species, region, year,
                           dimension)  # fmt: skip
                    number += 1


def _select(requests: pd.DataFrame, library: Library, rules: Profile) -> list[Answer | None]:
    of_set = rules.model_copy(update={"families": [rules.gwp], "parameter_families": {}})
    is_gwp = requests["argument"] == GWP
    answers: list[Answer | None] = [None] * len(requests)
    for part, chosen in ((requests[~is_gwp], rules), (requests[is_gwp], of_set)):
        found = select(part, library, chosen)
        places = library.parameters.index.get_indexer(pd.Index(found["row"]))
        for number, row, fallback in zip(
            found.index, places.tolist(), found["fallback"], strict=True
        ):
            answers[number] = (row, fallback)
    return answers


def _blocks(asked: _Asked, answers: Iterator[Answer | None]) -> dict[Subject, Block]:
    blocks = {}
    for subject, (regions, starts) in asked.subjects.items():
        ends = [*starts[1:], YEARS[-1] + 1]
        block: Block = {}
        for region in regions:
            years: list[Answer | None] = []
            for start, end in zip(starts, ends, strict=True):
                years += [next(answers)] * (end - start)
            block[region] = years
        if any(any(years) for years in block.values()):
            blocks[subject] = block
    return blocks


def _kept(
    blocks: dict[Subject, Block], chains: Chains
) -> Iterator[tuple[Subject, str, str, Answer]]:
    """The lines that say something new, as subject, region, years, answer."""
    for subject, block in _telling(blocks, chains):
        for region, years in block.items():
            over = _over(region, block, chains)
            new = [
                answer if answer and (not above or answer[0] != above[0]) else None
                for answer, above in zip(years, over, strict=True)
            ]
            for text, answer in _ranges(new):
                yield subject, region, text, answer


def _telling(blocks: dict[Subject, Block], chains: Chains) -> Iterator[tuple[Subject, Block]]:
    """The subjects that a reader would not find the same answers for one step above.

    An item keeps all of its details as soon as one of its answers is new, as does a detail its
    accounts: who reads the file need not go back.
    """
    tree: dict[str, dict[str, dict[str, Block]]] = {}
    for (item, detail, account), block in blocks.items():
        tree.setdefault(item, {}).setdefault(detail, {})[account] = block

    def above(item: str, detail: str, account: str) -> Block | None:
        details = tree.get(item, {})
        accounts = details.get(detail) or details.get("", {})
        place = next((each for each in chains.accounts.get(account, ()) if each in accounts), None)
        return None if place is None else accounts[place]

    def repeats(accounts: dict[str, Block], item: str, detail: str) -> bool:
        return all(
            _same(block, above(item, detail, account), chains)
            for account, block in accounts.items()
        )

    for item, details in tree.items():
        general = next((each for each in chains.items.get(item, ())[1:] if each in tree), None)
        if general is not None and all(
            repeats(accounts, general, detail) for detail, accounts in details.items()
        ):
            continue
        for detail, accounts in details.items():
            if detail and repeats(accounts, item, ""):
                continue
            for account, block in accounts.items():
                nearer = chains.accounts.get(account, ())[1:]
                over = next((accounts[each] for each in nearer if each in accounts), None)
                if not _same(block, over, chains):
                    yield (item, detail, account), block


def _same(block: Block, other: Block | None, chains: Chains) -> bool:
    """Whether two blocks give the same rows everywhere."""
    if other is None:
        return False
    for region in {*block, *other}:
        mine = block.get(region) or _over(region, block, chains)
        others = other.get(region) or _over(region, other, chains)
        if any((a and a[0]) != (b and b[0]) for a, b in zip(mine, others, strict=True)):
            return False
    return True


def _over(region: str, block: Block, chains: Chains) -> list[Answer | None]:
    """The answers for the nearest region above that is in the block; none above Fujian."""
    above = chains.divisions[region][1:]
    return next((block[place] for place in above if place in block), [None] * len(YEARS))


def _ranges(years: list[Answer | None]) -> Iterator[tuple[str, Answer]]:
    start = 0
    for place in range(1, len(years) + 1):
        if place == len(years) or years[place] != years[start]:
            answer = years[start]
            if answer is not None:
                first, last = YEARS[start], YEARS[place - 1]
                yield (str(first) if first == last else f"{first}-{last}"), answer
            start = place
