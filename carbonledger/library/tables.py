"""Reads the CSV tables of ``factors/`` into validated frames."""

import csv
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import TypeAdapter, ValidationError

from carbonledger.errors import CarbonledgerError
from carbonledger.model.records import Record

__all__ = ["frame_of", "read_folder", "read_records"]

R = TypeVar("R", bound=Record)


def read_records(path: Path, record: type[R]) -> list[R]:
    """The rows of one table as validated records.

    Raises:
        CarbonledgerError: naming the file, line and column of the first row that is not valid.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, restkey="(too many cells)", restval=""))
    try:
        return _adapter(record).validate_python(rows)
    except ValidationError as error:
        first = error.errors()[0]
        line, column = int(first["loc"][0]) + 2, ".".join(map(str, first["loc"][1:]))
        raise CarbonledgerError(
            f"因子库文件 {path.name} 第 {line} 行“{column}”无效：{first['input']!r}"
            f"（{first['msg']}）。",
            f"Factor library, {path.name} line {line}, '{column}' is not valid: "
            f"{first['input']!r} ({first['msg']}).",
        ) from error


@cache
def _adapter(record: type[R]) -> TypeAdapter[list[R]]:
    return TypeAdapter(list[record])  # type: ignore[valid-type]  # a type of the moment it runs


def read_folder(folder: Path, record: type[R]) -> list[R]:
    """The rows of all tables of a folder, in the order of the file names.

    Raises:
        CarbonledgerError: naming the file, line and column of the first row that is not valid.
    """
    # Programs leave hidden files beside a table that is open.
    shown = (path for path in sorted(folder.glob("*.csv")) if not path.name.startswith((".", "~")))
    return [row for path in shown for row in read_records(path, record)]


def frame_of(records: list[R], record: type[R]) -> pd.DataFrame:
    """Records as a frame with one column per field, in the order of the fields.

    What is one of a few words is a plain text, as it is when the frame comes from the cache.
    """
    columns = {}
    for name in record.model_fields:
        values = [getattr(row, name, None) for row in records]
        columns[name] = [each.value if isinstance(each, Enum) else each for each in values]
    return pd.DataFrame(columns)
