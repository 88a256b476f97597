"""Why a row of the library wins or loses, in words; and the readable names of editions."""

import csv
from functools import cache

import pandas as pd

from carbonledger.errors import Text
from carbonledger.library.load import Library
from carbonledger.library.show import Competition, Question
from carbonledger.model import limits
from carbonledger.model.potentials import GWP
from carbonledger.paths import factors_dir

__all__ = ["VERDICTS", "edition_title", "editions", "nothing", "parameter_name", "why"]

VERDICTS = {
    "winner": Text("采用", "wins"),
    "family": Text("系列靠后", "later series"),
    "region": Text("地区较远", "farther region"),
    "item": Text("品种较笼统", "general item"),
    "detail": Text("细项较笼统", "general detail"),
    "account": Text("科目较远", "farther account"),
    "older": Text("年份较早", "older"),
    "newer": Text("年份较晚", "newer"),
    "gap": Text("年份较远", "farther year"),
    "tie": Text("并列（库中有误）", "tie: an error"),
    "barred": Text("晚于该年，口径不用", "newer: not allowed"),
    "not-in-profile": Text("口径不用此系列", "not in the profile"),
    "other-detail": Text("其他细项", "other detail"),
    "other-account": Text("其他科目", "other account"),
    "dimension": Text("其他量纲", "other dimension"),
}
"""One word of why each row of a competition wins or loses."""


@cache
def editions() -> dict[str, tuple[Text, str]]:
    """Title and note of every edition that ``factors/editions.csv`` names."""
    with (factors_dir() / "editions.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["edition"]: (Text(row["title_zh"], row["title_en"]), row["note"])
            for row in csv.DictReader(file)
        }


def parameter_name(parameter: str) -> Text:
    """The name of a parameter; its key where it has none."""
    if parameter == GWP:
        return Text("全球增温潜势", "global warming potential")
    return limits.names().get(parameter, Text(parameter, parameter))


def edition_title(edition: str) -> Text:
    """The readable name of an edition; the key itself where it has none."""
    if edition.startswith("inventory"):
        number = edition.removeprefix("inventory").lstrip("-")
        return Text(f"清单自有参数{number}", f"the inventory's own {number}".strip())
    return editions().get(edition, (Text(edition, edition), ""))[0]


def why(competition: Competition, library: Library) -> Text:
    """One sentence for each criterion that the winner was chosen by; empty without a winner."""
    best = competition.winner
    if best is None:
        return Text("", "")
    said = [
        _series(competition, best),
        _region(competition.question, best, library),
        _item(competition.question, best, library),
        _account(competition.question, best, library),
        _validity(competition.question, best),
    ]
    return Text(
        "；".join(part.zh for part in said if part.zh) + "。",
        "; ".join(part.en for part in said if part.en) + ".",
    )


def nothing(competition: Competition, library: Library) -> Text:
    """What would satisfy a question that no row can serve."""
    rows, asked = competition.rows, competition.question
    unused = rows[rows["reason"] == "not-in-profile"]
    if len(unused):
        keys = list(dict.fromkeys(unused["edition"]))[:4]
        zh = "、".join(f"{edition_title(key).zh}（{key}）" for key in keys)
        en = ", ".join(f"{edition_title(key).en} ({key})" for key in keys)
        setting = f'overrides.parameter_families.{asked.parameter} = ["{keys[0]}"]'
        return Text(
            f"口径 {competition.profile} 不采用有值的系列：{zh}。要采用，在 inventory.toml 中写 "
            f"{setting}，或换用采用它的口径。",
            f"Profile {competition.profile} does not use the series that have a value: {en}. "
            f"To use one, write {setting} in inventory.toml, or choose a profile that does.",
        )
    for reason, column, table, zh, en in (
        ("other-detail", "detail", "details", "细项（--detail）", "detail (--detail)"),
        ("other-account", "account", "accounts", "科目（--account）", "account (--account)"),
    ):
        there = _named(rows.loc[rows["reason"] == reason], column, table, library)
        if there.zh:
            return Text(
                f"库中的值属于以下{zh}：{there.zh}。", f"The values have a {en}: {there.en}."
            )
    table = library.parameters[library.parameters["parameter"] == asked.parameter]
    parts = [
        (words, _named(table, column, frame, library))
        for column, frame, words in (
            ("item", "items", Text("品种（--item）", "items (--item)")),
            ("region", "regions", Text("地区（--region）", "regions (--region)")),
            ("species", "", Text("物种（--species）", "species (--species)")),
        )
    ]
    return Text(
        "库中有值的是：" + "；".join(f"{head.zh} {names.zh}" for head, names in parts if names.zh),
        "There are values for: "
        + "; ".join(f"{head.en} {names.en}" for head, names in parts if names.en),
    )


def _named(rows: pd.DataFrame, column: str, table: str, library: Library) -> Text:
    """The names of the keys of a column, the most frequent first."""
    counts = rows.loc[rows[column] != "", column].value_counts()
    keys = [str(key) for key in counts.index[:8]]
    more = Text("等", " ...") if len(counts) > len(keys) else Text("", "")
    if not table:
        return Text("、".join(keys) + more.zh, ", ".join(keys) + more.en) if keys else more
    zh = [library.label(table, key, "zh") for key in keys]
    en = [library.label(table, key, "en") for key in keys]
    return Text("、".join(zh) + more.zh, ", ".join(en) + more.en)


def _series(competition: Competition, best: "pd.Series[object]") -> Text:
    edition = str(best["edition"])
    title = edition_title(edition)
    before = competition.families[1 : competition.families.index(edition)]
    name = parameter_name(competition.question.parameter)
    if competition.by_year:
        return Text(
            f"{name.zh}逐年公布，先看年份，同一年再按口径 {competition.profile} 的系列次序，"
            f"取“{title.zh}”",
            f"the {name.en} is published by the year: the year decides, then the order of series "
            f"in profile {competition.profile}, so it takes: {title.en}",
        )
    if not before:
        return Text(
            f"口径 {competition.profile} 的{name.zh}首先取“{title.zh}”",
            f"profile {competition.profile} takes the {name.en} first from: {title.en}",
        )
    zh = "、".join(edition_title(key).zh for key in before[:3])
    en = ", ".join(edition_title(key).en for key in before[:3])
    more = "等" if before[3:] else ""
    return Text(
        f"口径 {competition.profile} 中排在前面的系列（{zh}{more}）没有适用的值，取“{title.zh}”",
        f"the series that profile {competition.profile} prefers ({en}"
        f"{' ...' if before[3:] else ''}) have no value that applies, so it takes: {title.en}",
    )


def _region(asked: Question, best: "pd.Series[object]", library: Library) -> Text:
    region = str(best["region"])
    if not asked.region:
        return Text("", "")
    zh, en = (library.label("regions", asked.region, lang) for lang in ("zh", "en"))
    if region == asked.region:
        return Text(f"有{zh}自己的值", f"{en} has a value of its own")
    if not region:
        return Text("各地区通用", "it applies to all regions")
    there = Text(library.label("regions", region, "zh"), library.label("regions", region, "en"))
    return Text(
        f"{zh}没有自己的值，用最近的上级“{there.zh}”的值",
        f"{en} has none of its own: the nearest above it is {there.en}",
    )


def _item(asked: Question, best: "pd.Series[object]", library: Library) -> Text:
    item = str(best["item"])
    if item in {"", asked.item}:
        return Text("", "")
    zh, en = (library.label("items", item, lang) for lang in ("zh", "en"))
    own = Text(library.label("items", asked.item, "zh"), library.label("items", asked.item, "en"))
    return Text(
        f"该系列没有{own.zh}，用代表它的{zh}", f"no {own.en} in that series: {en} stands in for it"
    )


def _account(asked: Question, best: "pd.Series[object]", library: Library) -> Text:
    account = str(best["account"])
    if not account or not asked.account:
        return Text("", "")
    zh, en = (f"{account} {library.label('accounts', account, lang)}" for lang in ("zh", "en"))
    if account == asked.account:
        return Text(f"属于科目 {zh}", f"it belongs to account {en}")
    return Text(
        f"科目 {asked.account} 用最近的上级科目 {zh} 的值",
        f"account {asked.account} takes that of the nearest account above it, {en}",
    )


def _validity(asked: Question, best: "pd.Series[object]") -> Text:
    state = best["validity"]
    if state == 0:
        dated = not (pd.isna(best["valid_from"]) and pd.isna(best["valid_to"]))
        return Text(f"{asked.year} 年有效", f"valid in {asked.year}") if dated else Text("", "")
    bound = best["valid_to" if state == 1 else "valid_from"]
    year = pd.Timestamp(str(bound)).year
    return Text(
        f"没有 {asked.year} 年的值，用最近的{'较早' if state == 1 else '较晚'}年份 {year} 年的值",
        f"there is none for {asked.year}: the nearest {'older' if state == 1 else 'newer'} "
        f"one is of {year}",
    )
