"""Fields of a sub-compartment (小班) table: our names, local headings, the mapping between them.

Every forestry bureau has field names of its own. The mapping is proposed from the headings, kept in
a TOML file that a person corrects, and used again for every table of the same make. Units are never
guessed: they stand in the brackets of a heading or in the mapping.
"""

import csv
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from carbonledger import units
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.cells import label_key, printed_text
from carbonledger.intake.columns import split_heading
from carbonledger.paths import factors_dir

__all__ = [
    "Culm",
    "GrowthEntry",
    "StandField",
    "StandMapping",
    "Statistics",
    "fields",
    "mapping_text",
    "proposed",
    "read_mapping",
]


@dataclass(frozen=True)
class StandField:
    """A field of the table: what it holds (``text``, ``number`` or ``code``) and in which unit."""

    field: str
    kind: str
    unit: str
    required: bool
    name: Text
    aliases: tuple[str, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Culm(_Strict):
    """The biomass of one bamboo culm, as the user has it: ``"16 kg dm/株"``."""

    biomass_per_culm: str = Field(min_length=1)
    source: str = Field(min_length=1)


class Statistics(_Strict):
    """The area and the stock that the forestry statistics print for the same region."""

    area: str = ""
    stock: str = ""
    source: str = Field(min_length=1)


class GrowthEntry(_Strict):
    """The yearly growth of some stands: a rate of their volume, or a curve by age.

    ``species``, ``origin`` and ``age_class`` are spellings that the table may have; empty for any.
    ``rate`` and ``consumption`` are written like ``"9 %/a"``; a curve is ``richards``,
    ``logistic`` or ``gompertz`` with its rate (``"0.08 1/a"``) and its shape.
    """

    species: str = ""
    origin: str = ""
    age_class: str = ""
    rate: str = ""
    curve: Literal["", "richards", "logistic", "gompertz"] = ""
    curve_rate: str = ""
    curve_shape: float | None = Field(default=None, gt=0)
    consumption: str = ""
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_way(self) -> "GrowthEntry":
        of_curve = (bool(self.curve), bool(self.curve_rate), self.curve_shape is not None)
        if bool(self.rate) == any(of_curve) or len({*of_curve}) > 1:
            raise ValueError(
                "rate 与 curve（连同 curve_rate、curve_shape）必须且只能给一种 / "
                "give either rate, or curve with curve_rate and curve_shape"
            )
        return self


class StandMapping(_Strict):
    """How one make of table is read: headings, units, and the spellings of its codes.

    ``columns`` gives the heading of each of our fields; ``units`` the unit of a number whose
    heading names none. The tables of codes give our code, or a name that we know, for a spelling.
    """

    region: str = ""
    period: int | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    species: dict[str, str] = Field(default_factory=dict)
    origin: dict[str, str] = Field(default_factory=dict)
    age_class: dict[str, str] = Field(default_factory=dict)
    land_type: dict[str, str] = Field(default_factory=dict)
    bamboo: Culm | None = None
    statistics: Statistics | None = None
    growth: tuple[GrowthEntry, ...] = ()

    def codes(self, name: str) -> Mapping[str, str]:
        """The spellings of one list of codes."""
        found: dict[str, str] = getattr(self, name)
        return found


@lru_cache(maxsize=1)
def fields() -> tuple[StandField, ...]:
    """All fields, in the order of their table."""
    path = factors_dir() / "layouts" / "stand_fields.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(
            StandField(
                row["field"],
                row["kind"],
                row["unit"],
                row["required"] == "yes",
                Text(row["name_zh"], row["name_en"]),
                tuple(row["aliases"].split("|")),
            )
            for row in csv.DictReader(lines)
        )


def proposed(headings: Sequence[object]) -> StandMapping:
    """The mapping that the headings suggest: each field by the first heading that is its alias.

    A heading that fits a field in a wrong dimension (a stock per hectare) goes to the field of its
    dimension.
    """
    columns: dict[str, str] = {}
    found_units: dict[str, str] = {}
    for heading in headings:
        text = printed_text(heading)
        name, unit = split_heading(text)
        for each in fields():
            keys = {label_key(alias) for alias in each.aliases}
            if each.field in columns or not {label_key(name), label_key(text)} & keys:
                continue
            if unit and each.unit and not _fits(unit, each.unit):
                continue
            columns[each.field] = text
            if unit and each.unit:
                found_units[each.field] = unit
            break
    if "stock" not in columns and "stock_per_area" not in columns:
        _stock_by_unit(headings, columns, found_units)
    return StandMapping(columns=columns, units=found_units)


def _stock_by_unit(
    headings: Sequence[object], columns: dict[str, str], found_units: dict[str, str]
) -> None:
    """A heading that says only 蓄积 may be a stock per area; its unit tells."""
    stock = next(each for each in fields() if each.field == "stock")
    keys = {label_key(alias) for alias in stock.aliases}
    for heading in headings:
        text = printed_text(heading)
        name, unit = split_heading(text)
        if label_key(name) in keys and unit and _fits(unit, "m3/ha"):
            columns["stock_per_area"], found_units["stock_per_area"] = text, unit
            return


def _fits(unit: str, wanted: str) -> bool:
    try:
        return units.same_dimension(unit, wanted)
    except units.UnitError:
        return False


def read_mapping(data: bytes, file: str) -> StandMapping:
    """The mapping in the bytes of a TOML file.

    Raises:
        CarbonledgerError: if it is no mapping; names every fault.
    """
    try:
        document: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig"))
        mapping = StandMapping.model_validate(document)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CarbonledgerError(
            f"字段对应文件“{file}”不是 UTF-8 编码的 TOML：{error}。"
            "请用记事本改正后存为 UTF-8；或删去该文件，再运行一次，由程序重新建议。",
            f"The mapping '{file}' is no TOML in UTF-8: {error}. Correct it in a text editor, or "
            "delete it and run again to get a new proposal.",
        ) from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()
        )
        raise CarbonledgerError(
            f"字段对应文件“{file}”有误：{faults}。",
            f"The mapping '{file}' is not usable: {faults}.",
        ) from error
    known = {each.field for each in fields()}
    if strange := sorted({*mapping.columns, *mapping.units} - known):
        raise CarbonledgerError(
            f"字段对应文件“{file}”里有不认识的字段：{'、'.join(strange)}。"
            f"可用的字段：{'、'.join(each.field for each in fields())}。",
            f"The mapping '{file}' names unknown fields: {', '.join(strange)}. "
            f"Known fields: {', '.join(each.field for each in fields())}.",
        )
    return mapping


def mapping_text(mapping: StandMapping, headings: Sequence[object]) -> str:
    """The mapping as a TOML file that a person can correct."""
    taken = set(mapping.columns.values())
    free = [text for text in map(printed_text, headings) if text and text not in taken]
    lines = [
        "# 小班表字段对应文件：可以手工修改，下次对同样格式的表再用。",
        "# Mapping of a sub-compartment table: correct it by hand, use it again.",
        f"region = {_quoted(mapping.region)}  # 地区代码 / region code",
        f"{'' if mapping.period else '# '}period = {mapping.period or 2024}  # 调查年份 / year",
        "",
        "[columns]  # 我们的字段 = 本表的列名 / our field = heading of the table",
    ]
    for each in fields():
        heading = mapping.columns.get(each.field)
        mark = "" if heading is not None else "# "
        lines.append(f"{mark}{each.field} = {_quoted(heading or '')}  # {each.name}")
    lines += [f"# 未使用的列 / columns not used: {'、'.join(free) or '—'}", ""]
    lines.append("[units]  # 列名没有写明单位的，必须写在这里 / units that no heading names")
    for each in fields():
        if each.unit and each.field in mapping.columns:
            unit = mapping.units.get(each.field, "")
            lines.append(f"{'' if unit else '# '}{each.field} = {_quoted(unit)}")
    for name, example in _CODES:
        lines += ["", f"[{name}]  # 本表写法 = 名称 / spelling = name, e.g. {example}"]
        lines += [f"{_quoted(key)} = {_quoted(code)}" for key, code in mapping.codes(name).items()]
    for name, examples in _FIGURES.items():
        lines += ["", *_figures(name, getattr(mapping, name), examples)]
    lines += _growth(mapping.growth)
    return "\n".join([*lines, ""])


def _growth(rules: Sequence[GrowthEntry]) -> list[str]:
    """The rules of growth as the user gave them, or how to write one."""
    lines = [
        "",
        "# 年生长（--growth）：树种、起源、龄组可留空 / yearly growth; keys may be left out",
    ]
    if not rules:
        return [*lines, "# [[growth]]", *(f"# {key} = {text}" for key, text in _GROWTH.items())]
    for rule in rules:
        lines.append("[[growth]]")
        lines += [
            f"{key} = {_quoted(value) if isinstance(value, str) else repr(value)}"
            for key, value in rule.model_dump(exclude_defaults=True).items()
        ]
    return lines


_GROWTH: Mapping[str, str] = {
    "species": '"杉木"',
    "origin": '"人工"',
    "age_class": '"中龄林"',
    "rate": '"9 %/a"',
    "consumption": '"4 %/a"',
    "source": '""',
}


def _figures(name: str, given: BaseModel | None, examples: Mapping[str, str]) -> list[str]:
    """A table of figures as the user gave it, or how to write one."""
    mark = "" if given is not None else "# "
    values = examples if given is None else given.model_dump()
    return [f"{mark}[{name}]", *(f"{mark}{key} = {_quoted(text)}" for key, text in values.items())]


_FIGURES: Mapping[str, Mapping[str, str]] = {
    "bamboo": {"biomass_per_culm": "16 kg dm/株", "source": ""},
    "statistics": {"area": "12.3 万公顷", "stock": "1234 万m3", "source": ""},
}
_CODES = (
    ("species", '"杂阔" = "阔叶树"'),
    ("origin", '"1" = "天然"'),
    ("age_class", '"Ⅱ" = "中龄林"'),
    ("land_type", '"111" = "乔木林地"'),
)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
