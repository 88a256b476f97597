"""Rows of input tables for tests of the uses of results."""

from pathlib import Path

from carbonledger.intake.use_table import UseRows, read_use_table


def rows_of(folder: Path, table: str, text: str) -> UseRows:
    """The rows of an input table written as CSV; it must be without problems."""
    path = folder / f"{table}.csv"
    path.write_text(text.strip() + "\n", "utf-8")
    read = read_use_table(path, table)
    assert not read.problems, [str(each.message) for each in read.problems]
    return read


def codes_of(folder: Path, table: str, text: str) -> set[str]:
    """The codes of the problems of an input table."""
    path = folder / f"{table}.csv"
    path.write_text(text.strip() + "\n", "utf-8")
    return {each.code for each in read_use_table(path, table).problems}
