"""Questions to the factor library in people's words: names in, the competition of rows out."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from carbonledger.engine.crosscheck import CrossCheck, cross_checks
from carbonledger.engine.open import account_names, item_names, region_names
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.columns import quantity_name
from carbonledger.intake.layout import Spellings
from carbonledger.library.load import Library
from carbonledger.library.profiles import profile, profile_names
from carbonledger.library.reasons import nothing, why
from carbonledger.library.show import Competition, Question, compete, latest_year, rules_for
from carbonledger.model import limits
from carbonledger.model.potentials import GWP
from carbonledger.paths import factors_dir

__all__ = [
    "Answer",
    "Conflict",
    "Row",
    "answer",
    "code_of",
    "question_of",
    "region_spellings",
    "row_of",
]

FIRST_PROFILE = "cn-provincial-2011"
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_SUFFIXES = ("市", "省", "县", "区", "自治区", "地区", "盟", "州")

NameTable = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Conflict:
    """Sources that disagree about a value, and what was chosen."""

    subject: str
    what: Text
    chosen: Text


@dataclass(frozen=True)
class Answer:
    """Which value serves a question, why, and what it was chosen before.

    ``competition`` holds all rows in the order of the rule; ``value`` and ``unit`` are those of the
    winner, None and empty where there is none, and then ``why`` says what would help. ``winners``
    has the competition under each profile that was asked.
    """

    question: Question
    competition: Competition
    winners: Mapping[str, Competition]
    why: Text
    checks: tuple[CrossCheck, ...]
    conflicts: tuple[Conflict, ...]
    year_given: bool

    @property
    def profile(self) -> str:
        """The profile under which ``competition`` stands."""
        return self.competition.profile

    @property
    def parameter(self) -> str:
        """The id of the winning row; empty where there is none."""
        best = self.competition.winner
        return "" if best is None else str(best["id"])

    @property
    def value(self) -> float | None:
        """The value that applies."""
        best = self.competition.winner
        return None if best is None else float(str(best["value"]))

    @property
    def unit(self) -> str:
        """The unit of the value."""
        best = self.competition.winner
        return "" if best is None else str(best["unit"])

    @property
    def rows(self) -> pd.DataFrame:
        """All competing rows with ``rank`` and ``reason``, the winner first."""
        return self.competition.rows


@dataclass(frozen=True)
class Row:
    """One row of the library in full, with the question that it answers itself."""

    row: "pd.Series[object]"
    answer: Answer


def answer(
    question: Question,
    library: Library,
    *,
    profiles: Iterable[str] = (),
    unit: str = "",
    gwp: str | None = None,
) -> Answer:
    """Ask the library under some profiles, by default all; the first that has a value is shown.

    Without a year the latest dated one is taken.
    """
    given = question.year > 0
    if not given:
        question = question._replace(year=latest_year(library, question.parameter))
    names = list(profiles) or sorted(profile_names(), key=lambda name: name != FIRST_PROFILE)
    found = {name: compete(question, library, profile(name), unit, gwp) for name in names}
    shown = next((each for each in found.values() if each.winner is not None), found[names[0]])
    best = shown.winner
    rules = rules_for(profile(next(n for n in names if found[n] is shown)), question.parameter, gwp)
    checks = (
        cross_checks(question, str(best["edition"]), library, rules) if best is not None else []
    )
    return Answer(
        question=question,
        competition=shown,
        winners=found,
        why=nothing(shown, library) if best is None else why(shown, library),
        checks=tuple(checks),
        conflicts=tuple(
            _conflicts(set(shown.rows["id"]), str(best["id"]) if best is not None else "")
        ),
        year_given=given,
    )


def row_of(identifier: str, library: Library) -> Row:
    """A row by its id, with the competition for what it is about (in China, if anywhere).

    Raises:
        CarbonledgerError: if there is no such row; names the nearest ids.
    """
    table = library.parameters
    found = table[table["id"] == identifier]
    if found.empty:
        near = Spellings({key: key for key in table["id"]}).nearest(identifier)
        raise CarbonledgerError(
            f"因子库中没有编号“{identifier}”。{_near_zh(near)}",
            f"The library has no row '{identifier}'.{_near_en(near)}",
        )
    row = found.iloc[0]
    ends = row["valid_to"] if not pd.isna(row["valid_to"]) else row["valid_from"]
    asked = Question(
        str(row["parameter"]),
        item=str(row["item"]),
        detail=str(row["detail"]),
        account=str(row["account"]),
        species=str(row["species"]),
        region=str(row["region"]) or "CN",
        year=0 if pd.isna(ends) else pd.Timestamp(str(ends)).year,
    )
    return Row(row, answer(asked, library, unit=str(row["unit"])))


def question_of(
    library: Library,
    parameter: str,
    *,
    item: str = "",
    detail: str = "",
    account: str = "",
    region: str = "",
    species: str = "",
    year: int = 0,
) -> Question:
    """A question in codes from names in Chinese or English; without a region that of China.

    Raises:
        CarbonledgerError: for a name that is not known or stands for several; says what is near.
    """
    if year and not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise CarbonledgerError(
            f"年份 {year} 不在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间，请写四位数的年份。",
            f"The year {year} is not from {_FIRST_YEAR} to {_LAST_YEAR}: write it in four digits.",
        )
    code = _parameter(parameter, library)
    species = code_of(species, _species_names(library), Text("物种", "species"))
    if code == GWP and item and not species:
        # The gas of a warming potential is asked for like a fuel: --item SF6.
        item, species = "", _gas(item, library)
    items = item_names(library)
    of_parameter = library.parameters["parameter"] == code
    with_values = set(library.parameters.loc[of_parameter, "item"])
    likely = {name: found for name, found in items.items() if found in with_values}
    kind = code_of(item, items, Text("品种", "item"), likely)
    return Question(
        parameter=code,
        item=kind or _only_item(code, library),
        detail=code_of(detail, _detail_names(library), Text("细项", "detail")),
        account=code_of(account, account_names(library), Text("科目", "account")),
        species=species,
        region=code_of(region, region_spellings(library), Text("地区", "region")) or "CN",
        year=year,
    )


def code_of(text: str, names: NameTable, what: Text, likely: NameTable | None = None) -> str:
    """The code of a name; empty for an empty text.

    ``likely`` are the names that are meant more probably; without them, all are equal.

    Raises:
        CarbonledgerError: if the name is not known or stands for several codes.
    """
    if not text:
        return ""
    spellings = Spellings(names)
    codes = spellings.find(text)
    if len(codes) == 1:
        return codes[0]
    near = Spellings(likely).nearest(text) if likely else ()
    near = near or spellings.nearest(text)
    zh, en = _near_zh(near), _near_en(near)
    if codes:
        zh, en = f"请改用代码：{'、'.join(codes)}。", f" Use a code: {', '.join(codes)}."
    raise CarbonledgerError(
        f"{what.zh}“{text}”{'不唯一' if codes else '无法识别'}。{zh}",
        f"The {what.en} '{text}' is {'ambiguous' if codes else 'not known'}.{en}",
    )


def _near_zh(near: Iterable[str]) -> str:
    return f"相近的有：{'、'.join(near)}。" if near else ""


def _near_en(near: Iterable[str]) -> str:
    return f" Near it: {', '.join(near)}." if near else ""


def _parameter(text: str, base: Library) -> str:
    known = set(base.parameters["parameter"])
    if text in known:
        return text
    alias = quantity_name(text)
    if alias in known:
        return str(alias)
    names: dict[str, str | tuple[str, ...]] = {}
    for parameter, name in limits.names().items():
        if parameter in known:
            for spelling in (name.zh, name.en, parameter):
                names[spelling] = parameter
    names.setdefault("全球增温潜势", GWP)
    if Spellings(item_names(base)).find(text):
        raise CarbonledgerError(
            f"“{text}”是品种，不是参数。请写要问的参数，例如：低位发热量 --item {text}。",
            f"'{text}' is an item and no parameter. Write which parameter is meant, for example: "
            f"net_calorific_value --item {text}.",
        )
    return code_of(text, names, Text("参数", "parameter"))


def _species_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every species of the warming potentials, and the gases of inventories with theirs."""
    names: dict[str, str | tuple[str, ...]] = {
        key: key for key in base.parameters["species"].unique() if key
    }
    for measure, group in base.gases.groupby("measure", sort=False):
        found = tuple(dict.fromkeys(group["species"]))
        names.setdefault(str(measure), found[0] if len(found) == 1 else found)
    return names


def _gas(text: str, base: Library) -> str:
    """The species of a gas by its formula, or by any name that it has as an item."""
    names = Spellings(_species_names(base))
    for item in Spellings(item_names(base)).find(text):
        row = base.items[base.items["item"] == item].iloc[0]
        for spelling in (item, item.replace("_", "-"), row["name_en"], *row["aliases"].split("|")):
            found = names.find(spelling)
            if len(found) == 1:
                return found[0]
    return code_of(text, _species_names(base), Text("气体", "gas"))


def _only_item(parameter: str, base: Library) -> str:
    """The item of a parameter that exists for one alone: a grid factor is that of electricity."""
    items = set(base.parameters.loc[base.parameters["parameter"] == parameter, "item"])
    return str(items.pop()) if len(items) == 1 else ""


def region_spellings(base: Library) -> dict[str, str | tuple[str, ...]]:
    """Every spelling of a region, also short ones: 泉州 for 泉州市."""
    names = region_names(base)
    for spelling, code in list(names.items()):
        for suffix in _SUFFIXES:
            short = spelling.removesuffix(suffix)
            if short != spelling and len(short) > 1 and short not in names:
                names[short] = code
    groups = base.regions[base.regions["level"] == "group"]
    for code, zh, en in zip(groups["region"], groups["name_zh"], groups["name_en"], strict=True):
        for spelling in (code, zh, en):
            names.setdefault(spelling, code)
    return names


def _detail_names(base: Library) -> dict[str, str | tuple[str, ...]]:
    names: dict[str, str | tuple[str, ...]] = {
        key: key for key in base.parameters["detail"].unique() if key
    }
    for row in base.details.to_dict("records"):
        for spelling in (row["name_zh"], row["name_en"], *row["aliases"].split("|")):
            if spelling.strip():
                names.setdefault(spelling.strip(), row["detail"])
    return names


def _conflicts(ids: set[str], winner: str) -> list[Conflict]:
    """The known conflicts among some rows; those of the winner first."""
    path = factors_dir() / "conflicts.csv"
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            members = set(row["parameters"].split("|")) - {""}
            if len(members & ids) > 1 or winner in members:
                conflict = Conflict(
                    row["subject"],
                    Text(row["what_zh"], row["what_en"]),
                    Text(row["chosen_zh"], row["chosen_en"]),
                )
                found.append((winner not in members, conflict))
    return [conflict for _, conflict in sorted(found, key=lambda each: each[0])]
