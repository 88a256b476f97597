"""``factors/datapackage.json``: the tables of the library as a Frictionless Data Package.

Types and constraints of a column come from the record that reads it, its meaning from
``factors/columns.csv``, which also gives the types of the tables that are read without a record. So
the description cannot say anything else than the program does.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from carbonledger.errors import Text
from carbonledger.library.tables import read_records
from carbonledger.model.records import (
    Account,
    Blend,
    Detail,
    Gas,
    Item,
    Membership,
    Parameter,
    Price,
    Record,
    Region,
    Source,
    SummaryLine,
)
from carbonledger.version import VERSION

__all__ = ["FILE_NAME", "datapackage", "datapackage_text", "table_titles", "undescribed"]

FILE_NAME = "datapackage.json"


class Column(Record):
    """A row of ``columns.csv``: a column, or (where ``column`` is empty) a table or a file.

    ``type`` is a type of Table Schema, followed by ``!`` where every row has a value and by ``#``
    where the column is part of the key; it is empty where a record decides. ``values`` are all that
    there can be, separated by ``|``.
    """

    table: str = Field(min_length=1)
    column: str
    type: str = Field(pattern=r"^((string|number|integer)!?#?)?$")
    values: str
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Table(NamedTuple):
    """A table: its key, its record, and the tables that its columns refer to."""

    name: str
    key: tuple[str, ...]
    record: type[Record] | None
    links: Mapping[str, str] = {}


_RECORDS = (
    _Table("parameters", ("id",), Parameter, {
        "item": "items", "detail": "details", "account": "accounts", "region": "regions",
        "source": "sources",
    }),
    _Table("prices", ("id",), Price, {
        "item": "items", "detail": "details", "account": "accounts", "region": "regions",
        "source": "sources",
    }),
    _Table("items", ("item",), Item, {"general": "items"}),
    _Table("details", ("detail",), Detail),
    _Table("sources", ("source",), Source),
    _Table("accounts", ("account",), Account, {"parent": "accounts", "source": "sources"}),
    _Table("regions", ("region",), Region, {"parent": "regions"}),
    _Table(
        "region_groups", ("group", "member"), Membership, {"group": "regions", "member": "regions"}
    ),
    _Table("gases", ("measure", "origin"), Gas),
    _Table("blends", ("blend", "component"), Blend, {"source": "sources"}),
    _Table("summaries", (), SummaryLine),  # each file is a list of its own
    _Table("columns", ("table", "column"), Column),
)  # fmt: skip

# Version 1 of the standard has no open bounds.
_BOUNDS = {
    "minimum": "minimum",
    "exclusiveMinimum": "minimum",
    "maximum": "maximum",
    "exclusiveMaximum": "maximum",
}


def datapackage_text(base: Path) -> str:
    """The content of ``datapackage.json`` for the library in ``base``; see ``datapackage``."""
    return json.dumps(datapackage(base), ensure_ascii=False, indent=2) + "\n"


def datapackage(base: Path) -> dict[str, Any]:
    """The descriptor of the library in the folder ``base`` (Data Package, version 1).

    Tables that ``columns.csv`` does not describe are left out; see ``undescribed``.

    Raises:
        CarbonledgerError: if ``columns.csv`` or ``sources.csv`` is not valid.
    """
    columns = _columns(base)
    return {
        "profile": "data-package",
        "name": "carbonledger-factors",
        "title": "碳账本因子库 / The factor library of carbonledger",
        "description": (
            "中国地方温室气体清单的排放因子、增温潜势等参数，每行注明文件、位置、版本和是否核对。"
            "数值属事实，引用时请引原文件。 / Emission factors, warming potentials and other "
            "parameters of Chinese local greenhouse-gas inventories; every row names document, "
            "place, edition and status. The values are facts: cite their documents."
        ),
        "version": VERSION,
        "keywords": ["温室气体清单", "排放因子", "greenhouse gas inventory", "emission factors"],
        "licenses": [
            {
                "name": "Apache-2.0",
                "title": "Apache License 2.0",
                "path": "https://www.apache.org/licenses/LICENSE-2.0",
            }
        ],
        "contributors": [{"title": "The carbonledger developers", "role": "author"}],
        "sources": [{"title": row.title} for row in read_records(base / "sources.csv", Source)],
        "resources": [
            *(_resource(base, table, columns[table.name]) for table in _tables(base, columns)),
            *(_profile(base, path) for path in sorted((base / "profiles").rglob("*.toml"))),
        ],
    }


def table_titles(base: Path) -> dict[str, Text]:
    """The titles of tables and of the files of a folder: ``parameters/gwp`` → its title."""
    rows = read_records(base / "columns.csv", Column)
    return {row.table: Text(row.zh, row.en) for row in rows if not row.column}


def _columns(base: Path) -> dict[str, dict[str, Column]]:
    """The described columns of every table, by name; the empty name is the table itself."""
    found: dict[str, dict[str, Column]] = {}
    for row in read_records(base / "columns.csv", Column):
        found.setdefault(row.table, {})[row.column] = row
    return found


def _tables(base: Path, columns: Mapping[str, Mapping[str, Column]]) -> list[_Table]:
    """The tables with a record, then the others that have columns; all of which there are files."""
    known = {table.name for table in _RECORDS}
    others = [
        _Table(name, tuple(key for key, each in found.items() if each.type.endswith("#")), None)
        for name, found in columns.items()
        if name not in known and any(found)
    ]
    return [
        table
        for table in (*_RECORDS, *others)
        if all((base / p).is_file() for p in _paths(base, table))
    ]


def _paths(base: Path, table: _Table) -> list[str]:
    folder = base / table.name
    if folder.is_dir():
        return [path.relative_to(base).as_posix() for path in sorted(folder.glob("*.csv"))]
    return [f"{table.name}.csv"]


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig") as file:
        return file.readline().rstrip("\r\n").split(",")


def undescribed(base: Path) -> list[Text]:
    """What ``columns.csv`` does not say of the tables in ``base``, or says of none of them."""
    columns = _columns(base)
    described = {
        path: table.name for table in _tables(base, columns) for path in _paths(base, table)
    }
    found = [
        Text(
            f"columns.csv 说明的表 {name} 不存在：请删去这些行。",
            f"columns.csv describes a table {name} that does not exist: remove these rows.",
        )
        for name in columns
        if not (base / name).is_dir() and not (base / f"{name}.csv").is_file()
    ]
    found += [
        Text(
            f"columns.csv 没有 {subject} 的标题：请加一行，column 留空。",
            f"columns.csv has no title of {subject}: add a row with an empty column.",
        )
        for subject in (
            f"{folder}/{path.stem}"
            for folder in ("parameters", "prices")
            for path in sorted((base / folder).glob("*.csv"))
        )
        if subject not in columns
    ]
    for file in sorted(base.rglob("*.csv")):
        path = file.relative_to(base).as_posix()
        known = [name for name in columns.get(described.get(path, ""), {}) if name]
        header = _header(file)
        if known != header:
            differing = "、".join(sorted(set(known) ^ set(header))) or "顺序 / order"
            found.append(
                Text(
                    f"factors/{path} 与 columns.csv 的说明不一致：{differing}。请在 columns.csv "
                    "中补上或改正这个表和它的各列。",
                    f"factors/{path} is not as columns.csv describes it: {differing}. Add or "
                    "correct the table and its columns there.",
                )
            )
    return found


def _resource(base: Path, table: _Table, columns: Mapping[str, Column]) -> dict[str, Any]:
    paths = _paths(base, table)
    this = columns[""]
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("/", "-"),
        "title": f"{this.zh} / {this.en}",
        "path": paths if len(paths) > 1 else paths[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": _fields(table, columns),
            "missingValues": [""],
            **({"primaryKey": list(table.key)} if table.key else {}),
            **_foreign_keys(table),
        },
    }


def _foreign_keys(table: _Table) -> dict[str, Any]:
    """References; an empty cell refers to nothing, as everywhere in the library."""
    keys = {other.name: other.key[0] for other in _RECORDS if other.key}
    found = [
        {
            "fields": [column],
            "reference": {
                "resource": "" if other == table.name else other,
                "fields": [keys[other]],
            },
        }
        for column, other in table.links.items()
    ]
    return {"foreignKeys": found} if found else {}


def _fields(table: _Table, columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    schema = table.record.model_json_schema() if table.record else None
    found = []
    for name, column in columns.items():
        if not name:
            continue
        kind, constraints = _of_record(schema, name) if schema else _of_row(column)
        if table.key == (name,):
            constraints["unique"] = True
        field = {"name": name, "type": kind, "description": f"{column.zh} / {column.en}"}
        found.append(field | ({"constraints": constraints} if constraints else {}))
    return found


def _of_row(column: Column) -> tuple[str, dict[str, Any]]:
    constraints: dict[str, Any] = {"required": True} if "!" in column.type else {}
    if column.values:
        constraints["enum"] = column.values.split("|")
    return column.type.rstrip("!#"), constraints


def _of_record(schema: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """Type and constraints in the words of Table Schema, from the JSON schema of a record."""
    given = schema["properties"][name]
    options = [_resolved(schema, each) for each in given.get("anyOf", [given])]
    rule = next(each for each in options if each["type"] != "null")
    enum = rule.get("enum", [])
    kind = "date" if rule.get("format") == "date" else str(rule["type"])
    constraints: dict[str, Any] = {}
    if kind == "string":
        required = bool(rule.get("minLength")) or bool(enum and "" not in enum)
    else:
        required = len(options) == 1
    if required:
        constraints["required"] = True
    if enum:
        constraints["enum"] = [value for value in enum if value]
    for given_as, word in _BOUNDS.items():
        if given_as in rule:
            constraints[word] = rule[given_as]
    return kind, constraints


def _resolved(schema: Mapping[str, Any], rule: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in rule:
        found: Mapping[str, Any] = schema["$defs"][rule["$ref"].rpartition("/")[2]]
        return found
    return rule


def _profile(base: Path, path: Path) -> dict[str, Any]:
    """A profile, or a file of rules that profiles share, which has no title of its own."""
    name = path.relative_to(base).with_suffix("").as_posix()
    title = tomllib.loads(path.read_text("utf-8")).get("title")
    both = f"{title['zh']} / {title['en']}" if title else f"{path.stem}：规则 / rules"
    return {
        "name": name.replace("/", "-"),
        "title": both,
        "path": f"{name}.toml",
        "format": "toml",
        "mediatype": "application/toml",
        "encoding": "utf-8",
    }
