"""The words of the reports: complete, in both languages, and all of them used."""

import csv
import re
from pathlib import Path

import pytest

import carbonledger.reports
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.model.notation import Notation
from carbonledger.model.problem import Grade
from carbonledger.model.records import Book, Status
from carbonledger.paths import factors_dir
from carbonledger.reports import texts

TABLE = factors_dir() / "layouts" / "report_texts.csv"
# Groups that are looked up by a code from the data.
CODED = {
    "summary",
    "summary_sheet",
    "summary_title",
    "action",
    "argument",
    "book",
    "fallback",
    "flag",
    "grade",
    "measure",
    "status",
    "unit",
}


def keys() -> list[str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [row["key"] for row in csv.DictReader(file)]


def test_both_languages_are_there() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["zh"], row
            assert row["en"], row
            assert None not in row, row
            placeholders = [set(re.findall(r"\{\w+\}", row[lang])) for lang in ("zh", "en")]
            assert placeholders[0] == placeholders[1], row


def test_every_key_is_used_and_known() -> None:
    source = "\n".join(
        path.read_text("utf-8") for path in Path(carbonledger.reports.__file__).parent.glob("*.py")
    )
    known = keys()
    assert len(known) == len(set(known))
    literal = set(re.findall(r"(?:text|limit_note)\(\s*\"([a-z_.]+)\"", source))
    assert literal <= set(known)
    words = set(re.findall(r"\"([\w.-]+)\"", source))
    for key in known:
        group, _, name = key.partition(".")
        assert group in CODED or key in words or name in words, key


@pytest.mark.parametrize(("group", "codes"), [("book", Book), ("grade", Grade), ("status", Status)])
def test_every_code_has_words(group: str, codes: type) -> None:
    for code in codes:
        assert f"{group}.{code}" in keys()


def test_the_legend_names_every_notation_key() -> None:
    assert all(key in texts.text("note.missing").zh for key in Notation)


def test_unknown_codes_stand_for_themselves() -> None:
    assert texts.label("argument", "wood_density") == Text("wood_density", "wood_density")
    assert texts.beside(texts.label("measure", "SF6")) == "SF6"


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("t CO2e", "t CO₂e"),
        ("kg CH4/TJ", "kg CH₄/TJ"),
        ("t CO2e/t N2O", "t CO₂e/t N₂O"),
        ("SF6", "SF₆"),
        ("CO2x", "CO2x"),
        ("m3", "m3"),
        ("HCO2", "HCO2"),
    ],
)
def test_formulas_have_subscripts(plain: str, printed: str) -> None:
    assert texts.chemical(plain) == printed


def test_a_missing_table_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "factors_dir", lambda: tmp_path)
    texts._texts.cache_clear()
    try:
        with pytest.raises(CarbonledgerError, match="重新安装"):
            texts.text("sheet.cover")
    finally:
        texts._texts.cache_clear()
