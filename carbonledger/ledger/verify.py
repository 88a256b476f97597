"""Whether the ledger's files are still what was stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import sha256_file
from carbonledger.ledger import rows
from carbonledger.ledger.layout import (
    PLACES,
    READ_PARQUET,
    blob,
    literal,
    parquet,
    posting_place,
)

__all__ = ["damaged_files", "refuse_other_answer", "troubles"]

# Sums of one key may differ by the order of addition only (design: 1e-12 on every engine). NaN is
# asked for after the sum: before it, DuckDB believes the statistics of a Parquet file, which leave
# NaN out, and finds none.
_DIFFERENT = f"""
SELECT count(*) FROM (
    SELECT * EXCLUDE (amount, co2e, side),
        sum(side) AS rows_over,
        sum(side * amount) AS amount_over, sum(abs(amount)) AS amount_size,
        sum(side * co2e) AS co2e_over, sum(abs(co2e)) AS co2e_size,
        sum(side * (amount IS NULL)::INTEGER) AS amount_gone,
        sum(side * (co2e IS NULL)::INTEGER) AS co2e_gone
    FROM (
        SELECT *, 1 AS side FROM {READ_PARQUET}
        UNION ALL BY NAME
        SELECT *, -1 AS side FROM {READ_PARQUET})
    GROUP BY ALL)
WHERE rows_over <> 0 OR amount_gone <> 0 OR co2e_gone <> 0
    OR abs(amount_over) > 1e-12 * amount_size OR isnan(amount_over)
    OR abs(co2e_over) > 1e-12 * co2e_size OR isnan(co2e_over)
"""


def troubles(cursor: duckdb.DuckDBPyConnection, folder: Path) -> list[Text]:
    """Everything in the ledger folder that differs from what its rows say."""
    sql = "SELECT DISTINCT place FROM revisions ORDER BY place"
    places = [str(place) for (place,) in cursor.execute(sql).fetchall()]
    runs = [str(name) for (name,) in cursor.execute("SELECT identity FROM runs").fetchall()]
    damage = {place: damaged_files(cursor, folder, place) for place in places}
    found = [text for texts in damage.values() for text in texts]
    for identity in runs:
        if not damage[posting_place(identity)]:
            found += _selection_trouble(cursor, folder, identity)
    found += _damaged_originals(cursor, folder)
    found += _strangers(cursor, folder, places)
    return found


def damaged_files(cursor: duckdb.DuckDBPyConnection, folder: Path, place: str) -> list[Text]:
    """The files of one place that are gone or no longer have their digest."""
    sql = "SELECT any_value(identity) FROM revisions WHERE place = ?"
    run = cursor.execute(sql, [place]).fetchone()
    identity = str(run[0])[:12] if run else ""
    found = []
    for name, sha256, size in rows.files(cursor, place):
        path = folder / place / name
        said = _damage(path, sha256, size)
        if said:
            found.append(
                Text(
                    f"运行 {identity} 的文件“{path}”{said.zh}。"
                    "请从备份恢复整个账本目录，或用原来的输入重新运行并保存到新的账本。",
                    f"Run {identity}: the file '{path}' {said.en}. Restore the ledger "
                    "folder from a backup, or run the same input again into a new ledger.",
                )
            )
    return found


def refuse_other_answer(
    cursor: duckdb.DuckDBPyConnection, folder: Path, identity: str, results: Results
) -> None:
    """Refuse a run whose identity is stored with other postings.

    The bytes may differ (another engine, another version of a library); the rows may not, and the
    sums per key agree to 1e-12.

    Raises:
        CarbonledgerError: the stored files are damaged, or the postings differ.
    """
    place = posting_place(identity)
    stored = [row.sha256 for row in rows.files(cursor, place) if row.name == "postings.parquet"]
    new = results.folder / "postings.parquet"
    try:
        if sha256_file(new) in stored:
            return
        damage = damaged_files(cursor, folder, place)
        if damage:
            raise CarbonledgerError(*damage[0])
        old = parquet(folder, identity, "postings")
        row = cursor.execute(_DIFFERENT, [literal(new), literal(old)]).fetchone()
        different = int(row[0]) if row else 0
    except (duckdb.Error, OSError) as error:
        raise CarbonledgerError(
            f"结果文件“{new}”无法读取，或与账本中的格式不同，无法核对运行 {identity[:12]}"
            f"（{error}）。没有保存。请重新运行一次。",
            f"The result file '{new}' cannot be read, or has another form than the stored one, so "
            f"run {identity[:12]} could not be checked ({error}). Nothing was stored. Run again.",
        ) from error
    if different:
        raise CarbonledgerError(
            f"运行 {identity[:12]} 已经保存过，但这次的结果与账本中的不同（{different} 处）。"
            "同样的输入、参数、口径和程序必须得出同样的结果；结果文件可能被改动或损坏。"
            "没有保存，账本没有改动。请重新运行；如果仍然不同，请保留两份结果并报告给维护者。",
            f"Run {identity[:12]} is stored already, but these results differ from the stored ones "
            f"in {different} place(s). The same entries, parameters, profile and code must give "
            "the same postings; the result files may have been changed or damaged. Nothing was "
            "stored. Run again; if they still differ, keep both and report it.",
        )


def _selection_trouble(
    cursor: duckdb.DuckDBPyConnection, folder: Path, identity: str
) -> list[Text]:
    row = cursor.execute(
        "SELECT (SELECT count(*) FROM selections WHERE identity = ?), count(*) "
        f"FROM {READ_PARQUET}",
        [identity, literal(parquet(folder, identity, "selections"))],
    ).fetchone()
    if row is None or row[0] == row[1]:
        return []
    return [
        Text(
            f"运行 {identity[:12]} 的参数选择记录应有 {row[1]} 条，账本里有 {row[0]} 条。"
            "请从备份恢复账本目录。",
            f"Run {identity[:12]} has {row[1]} selections, the ledger knows {row[0]}. "
            "Restore the ledger folder from a backup.",
        )
    ]


def _damaged_originals(cursor: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Text]:
    sql = "SELECT sha256, any_value(size), min(name) FROM originals GROUP BY sha256 ORDER BY sha256"
    for sha256, size, name in cursor.execute(sql).fetchall():
        path = blob(folder, sha256)
        said = _damage(path, sha256, size)
        if said:
            yield Text(
                f"输入文件“{name}”的存档“{path}”{said.zh}。请从备份恢复，或把原文件放回该处。",
                f"The kept original of '{name}', '{path}', {said.en}. Restore it from a backup, or "
                "put the original file in its place.",
            )


def _strangers(
    cursor: duckdb.DuckDBPyConnection, folder: Path, places: Iterable[str]
) -> Iterator[Text]:
    """What lies in the folders without a row; what a note announces is only not swept yet."""
    notes = cursor.execute("SELECT place, originals FROM pending").fetchall()
    kept = cursor.execute("SELECT DISTINCT sha256 FROM originals").fetchall()
    known = {folder / place for place in places} | {folder / place for place, _ in notes}
    known |= {blob(folder, name) for (name,) in kept}
    known |= {blob(folder, name) for _, names in notes for name in names}
    there = [path for name in PLACES for path in (folder / name).glob("*")]
    for path in [*there, *(folder / "originals").glob("*/*")]:
        if path not in known and not path.name.startswith("."):
            yield Text(
                f"“{path}”不在账本的记录里（可能恢复过较旧的备份，或由人放入）。"
                "如果是一次运行，请重新运行并保存；否则请移走。",
                f"'{path}' is not in the ledger's records (an older backup was restored, or "
                "someone put it there). If it is a run, run it again and store it; "
                "else move it away.",
            )


def _damage(path: Path, sha256: str, size: int) -> Text | None:
    """What is wrong with a file, or None."""
    try:
        if path.stat().st_size == size and sha256_file(path) == sha256:
            return None
    except FileNotFoundError:
        return Text("不见了", "is missing")
    except OSError as error:
        reason = error.strerror or str(error)
        return Text(f"无法读取（{reason}）", f"cannot be read ({reason})")
    return Text("被改动或已损坏（SHA-256 不符）", "was changed or is damaged (SHA-256 differs)")
