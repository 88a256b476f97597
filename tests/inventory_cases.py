"""Changes to the sample folder, and what the intake says of it."""

import duckdb
import pandas as pd
from intake_sample import NAMES

from carbonledger import units
from carbonledger.intake.inventory import read_inventory
from carbonledger.model.problem import Grade

CONTRACT = [
    "entry",
    "file",
    "sheet",
    "row",
    "region",
    "period",
    "account",
    "item",
    "detail",
    "note",
    "source",
    "sign",
    "answer",
]


def edit(folder, name, old, new, encoding="utf-8"):
    path = folder / name
    text = path.read_text(encoding=encoding)
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding=encoding)


def add(folder, text):
    path = folder / "inventory.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def codes(intake, *grades):
    wanted = [Grade(grade) for grade in grades] or list(Grade)
    return [problem.code for problem in intake.problems if problem.grade in wanted]


def tonnes(intake):
    """The sum of all quantities, in tonnes, read back through the contract."""
    total = 0.0
    for table in intake.tables:
        frame = table.table.to_pandas() if table.table else duckdb.sql(table.select).df()
        for name in table.quantities:
            for value, unit in zip(frame[name], frame[f"{name}__unit"], strict=True):
                if pd.notna(value):
                    total += units.convert(value, unit, "t")
    return total


def assertion(folder, text):
    add(folder, "\n[[assertions]]\n" + text)
    return [
        problem for problem in read_inventory(folder, NAMES).problems if "assertion" in problem.code
    ]
