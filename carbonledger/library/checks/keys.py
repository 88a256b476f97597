"""Rules on keys: unique, existing, without circles; keys that nothing uses are hinted at."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from carbonledger.errors import Text
from carbonledger.library.checks.findings import Place, finding, more_rows, near
from carbonledger.library.checks.reading import Row, Tables
from carbonledger.model.potentials import GWP
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_keys"]


class _Reference(NamedTuple):
    """A column whose cells are keys of a table; ``several`` where ``|`` stands between them."""

    table: str
    column: str
    target: str
    several: bool = False


# The columns that make a row of a table what it is.
_UNIQUE = {
    "accounts.csv": ("account",),
    "regions.csv": ("region",),
    "region_groups.csv": ("group", "member"),
    "gases.csv": ("measure", "origin"),
    "blends.csv": ("blend", "component"),
    "sources.csv": ("source",),
    "items": ("item",),
    "details": ("detail",),
    "parameters": ("id",),
    "limits": ("parameter", "unit", "items"),
}
_REFERENCES = (
    _Reference("parameters", "item", "items"),
    _Reference("parameters", "detail", "details"),
    _Reference("parameters", "account", "accounts.csv"),
    _Reference("parameters", "region", "regions.csv"),
    _Reference("parameters", "source", "sources.csv"),
    _Reference("parameters", "species", "species"),
    _Reference("accounts.csv", "parent", "accounts.csv"),
    _Reference("accounts.csv", "source", "sources.csv"),
    _Reference("regions.csv", "parent", "regions.csv"),
    _Reference("region_groups.csv", "group", "regions.csv"),
    _Reference("region_groups.csv", "member", "regions.csv"),
    _Reference("items", "general", "items"),
    _Reference("gases.csv", "species", "potentials"),
    _Reference("blends.csv", "component", "potentials"),
    _Reference("blends.csv", "source", "sources.csv"),
    _Reference("limits", "items", "items", several=True),
    _Reference("conflicts.csv", "parameters", "parameters", several=True),
)
_PARENTS = {"accounts.csv": "parent", "regions.csv": "parent", "items": "general"}
_NAMED = {"items", "details", "accounts.csv", "regions.csv"}


def check_keys(tables: Tables) -> Iterator[Problem]:
    """Keys that stand twice, do not exist, run in a circle, or serve nothing."""
    for name, columns in _UNIQUE.items():
        yield from _twice(tables.rows[name], columns)
    keys = targets(tables)
    for reference in _REFERENCES:
        yield from _unknown(tables, reference, keys[reference.target])
    for name, column in _PARENTS.items():
        yield from _circles(tables.rows[name], column)
    yield from _names_of_two(tables.rows["items"])
    yield from _members(tables)
    yield from _unused(tables)


def targets(tables: Tables) -> dict[str, set[str]]:
    """Every set of keys that a column may refer to."""
    found = {name: tables.keys(name) for name in _UNIQUE if name != "limits"}
    blends = tables.keys("blends.csv")
    rated = {row["species"] for row in tables.rows["parameters"] if row["parameter"] == GWP}
    gases = tables.keys("gases.csv", "species") | tables.keys("gases.csv", "measure")
    found["species"] = gases | blends
    found["potentials"] = (rated - {""}) | blends
    return found


def _twice(rows: list[Row], columns: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], Place] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        if not key[0]:
            continue
        other = first.setdefault(key, row.place)
        if other is not row.place:
            shown = " + ".join(filter(None, key))
            yield finding(
                Grade.A, "duplicate-key", row.place, columns[0],
                Text(
                    f"“{shown}”已在 {other.file} 第 {other.row} 行出现，键必须唯一。",
                    f"'{shown}' stands already in {other.file} row {other.row}: keys are unique.",
                ),
                Text(
                    "若是同一行，请删除其一；若不同，请改用新的键。",
                    "Delete one of them if they are the same, else give this one another key.",
                ),
            )  # fmt: skip


def _unknown(tables: Tables, reference: _Reference, known: set[str]) -> Iterator[Problem]:
    sources = {"species": ("gases.csv", "blends.csv"), "potentials": ("parameters", "blends.csv")}
    if tables.broken.intersection(sources.get(reference.target, (reference.target,))):
        return  # every one of its keys would look unknown
    texts = tables.texts(reference.table, reference.column)
    named = {key for text in texts for key in _named(text, reference)}
    if named <= known:
        return
    spellings = _spellings(tables, reference.target)
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables.rows[reference.table]:
        for key in _named(row[reference.column], reference):
            if key not in known and reference.column not in row.faulty:
                found[row.place.file, key].append(row)
    for (_, key), rows in found.items():
        yield _no_key(rows, reference, key, known, spellings)


def _named(cell: str, reference: _Reference) -> Iterator[str]:
    """The keys that a cell names."""
    return filter(None, cell.split("|") if reference.several else (cell,))


def _no_key(
    rows: list[Row],
    reference: _Reference,
    key: str,
    known: set[str],
    spellings: Mapping[str, str],
) -> Problem:
    meant = spellings.get(key.casefold())
    hint = near(key, known)
    if meant:
        hint = Text(f"这是“{meant}”的名称。", f" This is a name of '{meant}'.")
    more = more_rows(len(rows))
    where = _where(reference.target)
    return finding(
        Grade.A, "unknown-key", rows[0].place, reference.column,
        Text(
            f"{reference.column} 列的“{key}”在 {where} 中不存在{more.zh}。{hint.zh}",
            f"'{key}' in column {reference.column} does not exist in {where}{more.en}.{hint.en}",
        ),
        Text(
            f"请改用已有的键，或先在 {where} 中增加它。",
            f"Use a key that exists, or add it to {where} first.",
        ),
    )  # fmt: skip


def _where(target: str) -> str:
    places = {"species": "gases.csv", "potentials": GWP}
    return places.get(target, target if target.endswith(".csv") else f"{target}/*.csv")


def _spellings(tables: Tables, name: str) -> dict[str, str]:
    """The key that each name or alias belongs to."""
    if name not in _NAMED:
        return {}
    found = {}
    for row in tables.rows[name]:
        key = next(iter(row.cells.values()), "").strip()
        for text in (row["name_zh"], row["name_en"], *row["aliases"].split("|")):
            found[text.casefold()] = key
    return found


def _circles(rows: list[Row], column: str) -> Iterator[Problem]:
    keys = {next(iter(row.cells.values()), "").strip(): row for row in rows}
    for start, row in keys.items():
        place, steps = row[column], 0
        while place in keys and place != start and steps <= len(keys):
            place, steps = keys[place][column], steps + 1
        if place == start and start:
            yield finding(
                Grade.A, "circle", row.place, column,
                Text(
                    f"“{start}”沿 {column} 列又回到自己，找不到最上级。",
                    f"'{start}' leads back to itself along column {column}: it has no top.",
                ),
                Text(
                    f"请改正圈中一行的 {column}，最上级留空。",
                    f"Correct {column} in one row of the circle; it is empty at the top.",
                ),
            )  # fmt: skip


def _names_of_two(rows: list[Row]) -> Iterator[Problem]:
    owners: dict[str, Row] = {}
    for row in rows:
        spellings = (row["item"], row["name_zh"], row["name_en"], *row["aliases"].split("|"))
        for text in dict.fromkeys(each.casefold().replace("_", " ") for each in spellings):
            owner = owners.setdefault(text, row)
            if text and owner["item"] != row["item"]:
                yield finding(
                    Grade.A, "name-of-two", row.place, "aliases",
                    Text(
                        f"“{text}”也是“{owner['item']}”（{owner.place.file} 第 {owner.place.row} "
                        "行）的名称，录入时无法区分。",
                        f"'{text}' is also a name of '{owner['item']}' ({owner.place.file} row "
                        f"{owner.place.row}): an entry could mean either.",
                    ),
                    Text("请从其中一个品种中删除。", "Remove it from one of the two items."),
                )  # fmt: skip


def _members(tables: Tables) -> Iterator[Problem]:
    levels = {row["region"]: row["level"] for row in tables.rows["regions.csv"]}
    for row in tables.rows["region_groups.csv"]:
        if levels.get(row["group"], "group") != "group":
            yield finding(
                Grade.A, "no-group", row.place, "group",
                Text(
                    f"“{row['group']}”不是分组（level 为 {levels[row['group']]}），不能有成员。",
                    f"'{row['group']}' is no group (its level is {levels[row['group']]}) and "
                    "cannot have members.",
                ),
                Text(
                    "请检查 group 与 member 是否填反，或在 regions.csv 中改 level。",
                    "See whether group and member are swapped, or correct level in regions.csv.",
                ),
            )  # fmt: skip


def _unused(tables: Tables) -> Iterator[Problem]:
    if tables.broken:
        return  # what an unreadable file uses is not known
    profiles = "\n".join(
        path.read_text("utf-8", errors="replace")
        for path in (tables.folder / "profiles").glob("*.toml")
    )
    used = {
        "items": set(tables.texts("items", "general")),
        "details": set[str](),
        "sources.csv": {
            text for name in ("accounts.csv", "blends.csv") for text in tables.texts(name, "source")
        },
    }
    for name, column in (("items", "item"), ("details", "detail"), ("sources.csv", "source")):
        used[name] |= tables.texts("parameters", column)
        idle = [row for row in tables.rows[name] if row[column] not in used[name]]
        for row in idle:
            if f'"{row[column]}"' not in profiles:
                yield finding(
                    Grade.D, "unused", row.place, column,
                    Text(
                        f"没有参数用到“{row[column]}”。", f"No parameter uses '{row[column]}'."
                    ),
                    Text("多余时可删除。", "Remove it if it is not needed."),
                )  # fmt: skip
