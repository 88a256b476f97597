"""Groups of sub-compartments as an ordinary inventory, which is run like any other."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import write_folder
from carbonledger.intake.stand_codes import code_names
from carbonledger.model.problem import Grade, Problem

__all__ = ["note_of", "run_inventory", "write_inventory"]

_TABLE = "groups.csv"


def write_inventory(
    folder: Path,
    table: pd.DataFrame,
    *,
    title: Text,
    source: Text,
    profile: str,
    region: str,
    periods: Sequence[int],
) -> None:
    """Write entries with a manifest as an inventory folder.

    Args:
        folder: the folder, which does not exist yet.
        table: the entries, under the headings of a table of entries.
        title: of the inventory.
        source: where the entries come from.
        profile: the profile that computes them.
        region: the region of the survey.
        periods: its years.
    """
    folder.mkdir(parents=True)
    manifest = [
        f"region = {_quoted(region)}",
        f"periods = {[*periods]}",
        f"profile = {_quoted(profile)}",
        "[title]",
        f"zh = {_quoted(title.zh)}",
        f"en = {_quoted(title.en)}",
        "[[tables]]",
        f"file = {_quoted(_TABLE)}",
        f"source = {_quoted(f'{source.zh} / {source.en}')}",
    ]
    (folder / "inventory.toml").write_text("\n".join([*manifest, ""]), "utf-8")
    table.to_csv(folder / _TABLE, index=False)


def run_inventory(folder: Path, out: Path) -> pd.DataFrame:
    """Run an inventory into a folder; its postings.

    Raises:
        CarbonledgerError: with all problems of grade A, if there are any.
    """
    with write_folder(out) as result:
        outcome = write_run(open_inventory(folder), result, RunOptions())
    if outcome.blocked:
        raise CarbonledgerError(*_blocking(outcome.problems))
    return Results.read(out).postings


def note_of(township: str, origin: str, age_class: str, more: str) -> str:
    """What the note of an entry says of its group."""
    origins, ages = code_names("origin"), code_names("age_class")
    parts = (township, origins.get(origin, ""), ages.get(age_class, ""), more)
    return " · ".join(filter(None, parts))


def _blocking(problems: Collection[Problem]) -> tuple[str, str]:
    found = [each for each in problems if each.grade is Grade.A]
    zh = "\n".join(f"{each.where}：{each.message.zh}{each.remedy.zh}" for each in found)
    en = "\n".join(f"{each.where}: {each.message.en} {each.remedy.en}" for each in found)
    return zh, en


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
