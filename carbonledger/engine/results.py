"""The result folder of a run: its files, read back as frames."""

import glob
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from carbonledger.errors import CarbonledgerError
from carbonledger.memory import database, threads_for

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_Answer = TypeVar("_Answer")

__all__ = ["RESULT_FILES", "Results", "plain_records"]

RESULT_FILES = (
    "postings.parquet",
    "selections.parquet",
    "entries.parquet",
    "totals.csv",
    "problems.csv",
    "run.json",
)


@dataclass(frozen=True)
class Results:
    """A finished run as files; frames are read when first asked for.

    Raises:
        CarbonledgerError: from ``read`` if the folder holds no complete run.
    """

    folder: Path

    @classmethod
    def read(cls, folder: Path) -> "Results":
        """Open a result folder, which must hold every file of a finished run."""
        missing = [name for name in RESULT_FILES if not (folder / name).is_file()]
        if missing:
            raise CarbonledgerError(
                f"“{folder}”不是一次完整运行的结果：缺少 {'、'.join(missing)}。"
                "请先运行 carbonledger run，再指向它的 --out 目录。",
                f"'{folder}' is not the result of a finished run: {', '.join(missing)} missing. "
                "Run 'carbonledger run' first and point to its --out folder.",
            )
        return cls(folder)

    def moved(self, folder: Path) -> "Results":
        """The same run in the folder that it was moved to, with all that was read of it."""
        results = Results(folder)
        results.__dict__.update(vars(self) | {"folder": folder})
        return results

    def again(self) -> "Results":
        """The same run after a review, which wrote its problems and its ``run.json`` anew."""
        results = self.moved(self.folder)
        for name in ("info", "problems"):
            results.__dict__.pop(name, None)
        return results

    @property
    def threads(self) -> int | None:
        """How many threads questions to the files are worth (see ``memory.threads_for``)."""
        return threads_for(int(self.info["entries"]))

    @cached_property
    def info(self) -> dict[str, Any]:
        """``run.json``: identity, versions, profile, GWP set, counts, timings."""
        info: dict[str, Any] = json.loads((self.folder / "run.json").read_text("utf-8"))
        return info

    @cached_property
    def postings(self) -> "pd.DataFrame":
        """One row per result; ``amount`` and ``co2e`` are NaN where a notation key stands."""
        return self._parquet("postings")

    @cached_property
    def selections(self) -> "pd.DataFrame":
        """One row per selection and argument: the value used and where it came from."""
        return self._parquet("selections")

    @cached_property
    def entries(self) -> "pd.DataFrame":
        """The entries as written, with their cells."""
        return self._parquet("entries")

    @cached_property
    def totals(self) -> "pd.DataFrame":
        """Amounts rolled up the chart of accounts."""
        return self._csv("totals.csv")

    @cached_property
    def problems(self) -> "pd.DataFrame":
        """The problems found in the input, graded."""
        return self._csv("problems.csv")

    def once(self, question: Hashable, answer: Callable[[], _Answer]) -> _Answer:
        """The answer to a question that several tables ask of the run; not to be changed."""
        if question not in self._answers:
            self._answers[question] = answer()
        found: _Answer = self._answers[question]
        return found

    def table(self, name: str) -> "pa.Table":
        """A file of the run (``postings``, ``entries``) as Arrow's table, read once, for SQL."""
        if name not in self._tables:
            self._tables[name] = _read(self.folder, name)
        return self._tables[name]

    def rows(
        self, name: str, columns: Iterable[str], /, **among: Iterable[object]
    ) -> list[dict[str, Any]]:
        """Some columns of a file of the run, row by row; what is missing is None.

        Args:
            name: the file, as for ``table``.
            columns: the columns wanted.
            **among: for further columns the values of which they have to hold one.
        """
        import pyarrow as pa  # noqa: PLC0415 - as below
        import pyarrow.compute as pc  # noqa: PLC0415

        wanted = list(columns)
        table = self.table(name).select(list(dict.fromkeys([*wanted, *among])))
        for column, values in among.items():
            held = table[column]
            if held.null_count == len(held):  # Arrow may not know of what type nothing is
                return []
            table = table.filter(pc.is_in(held, pa.array(list(values), held.type)))
        rows: list[dict[str, Any]] = table.select(wanted).to_pylist()
        return rows

    def values(self, name: str, column: str) -> list[Any]:
        """What a column of a file of the run holds, each value once."""
        found: list[Any] = self.table(name)[column].unique().to_pylist()
        return found

    @cached_property
    def _tables(self) -> "dict[str, pa.Table]":
        return {}

    @cached_property
    def _answers(self) -> dict[Hashable, Any]:
        return {}

    def postings_of(
        self, accounts: Iterable[str], columns: Sequence[str] | None = None, /, **wanted: object
    ) -> "pd.DataFrame":
        """The postings of some accounts alone, without reading those of the others.

        Args:
            accounts: codes of accounts.
            columns: the columns wanted; all if not given.
            **wanted: what further columns have to hold, such as ``measure="CO2"``.
        """
        return self._asked("postings.parquet", columns, {"account": sorted(accounts), **wanted})

    def entries_of(self, numbers: Iterable[int]) -> "pd.DataFrame":
        """The entries with some numbers."""
        return self._asked("entries.parquet", None, {"entry": sorted(set(map(int, numbers)))})

    def _asked(
        self, name: str, columns: Sequence[str] | None, wanted: Mapping[str, object]
    ) -> "pd.DataFrame":
        """The rows of a file whose columns hold one of some values (a list) or a value."""
        chosen = ", ".join(f'"{column}"' for column in columns or ()) or "*"
        tests = [
            f'"{key}" IN (SELECT unnest(${key}))'
            if isinstance(value, list)
            else f'"{key}" = ${key}'
            for key, value in wanted.items()
        ]
        query = f"SELECT {chosen} FROM read_parquet($file, hive_partitioning = false) WHERE "
        file = glob.escape(str(self.folder / name))
        with database(threads=self.threads) as connection:
            found = connection.sql(query + " AND ".join(tests), params={"file": file, **wanted})
            table: pd.DataFrame = found.to_arrow_table().to_pandas()
        return table

    def _parquet(self, name: str) -> "pd.DataFrame":
        # Of a table of millions of rows nothing is kept twice.
        table = self._tables[name] if name in self._tables else _read(self.folder, name)
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _csv(self, name: str) -> "pd.DataFrame":
        import pandas as pd  # noqa: PLC0415 - as above

        # "NA" is a notation key here, never a missing value.
        text = ["book", "region", "account", "notation", "grade", "cell", "file", "sheet"]
        return pd.read_csv(
            self.folder / name,
            dtype=dict.fromkeys(text, "str"),
            keep_default_na=False,
            na_values={"amount": [""], "co2e": [""], "row": [""]},
        )


def _read(folder: Path, name: str) -> "pa.Table":
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import; few who read a run need it

    # Not read_table, which loads what reads folders of files.
    with pq.ParquetFile(folder / f"{name}.parquet") as file:
        return file.read()


def plain_records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a table as plain values for ``run.json``; what is missing is None."""
    if table.empty:
        return []
    plain = table.astype(object)
    return [
        {str(key): value for key, value in row.items()}
        for row in plain.where(plain.notna(), None).to_dict("records")
    ]
