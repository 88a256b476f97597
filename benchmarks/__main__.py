"""Measure everything in one run and write ``docs/performance.md``.

Answers are compared first; a difference stops the run. Every measurement is a process of its own,
so that its peak memory is its own; contenders take turns; medians are reported.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.contenders import BY, write_factors
from benchmarks.data import write_inventory
from benchmarks.library import BARS, ENTRIES

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "performance.md"

ROLL_UPS = ("engine_roll_up", "sql_roll_up", "pandas_roll_up", "polars_roll_up")
LINEAGES = ("engine_lineage", "sql_lineage")
SLOW = {"pint_pandas_roll_up": 100_000, "quantity_roll_up": 5_000}
LABELS = {
    "engine_roll_up": "carbonledger, given a plan",
    "sql_roll_up": "DuckDB SQL by hand",
    "pandas_roll_up": "pandas, float multipliers",
    "polars_roll_up": "Polars, lazy",
    "pint_pandas_roll_up": "pint-pandas",
    "quantity_roll_up": "one Pint quantity per row",
    "engine_lineage": "carbonledger, given a plan",
    "sql_lineage": "DuckDB SQL by hand",
}

# The library is in its cache after the first of the runs that the median is taken of.
INVENTORIES = {
    "one year of an energy balance, cold start to written results": "fujian-2012",
    "a county, all sectors, six years, cold start to written results": "demo-county",
}
START_BARS = {
    "import carbonledger": 0.5,
    "import of the unit registry": 0.2,
    "carbonledger --help": 0.5,
    **dict.fromkeys(INVENTORIES, 2.0),
}

Taken = dict[str, float]


def contend(name: str, folder: Path, rows: int, out: Path) -> Taken:
    """One measurement in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.contenders",
        name,
        str(folder),
        str(rows),
        str(out),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    taken: Taken = json.loads(done.stdout.splitlines()[-1])
    return taken


def compare_sums(left: Path, right: Path) -> float:
    """The largest relative difference between two roll-ups; missing must match missing."""
    frames = [pd.read_parquet(path).dropna(subset="amount").set_index(BY) for path in (left, right)]
    a, b = (frame[["amount", "co2e"]].sort_index() for frame in frames)
    if not a.index.equals(b.index):
        sys.exit(f"{left.name} and {right.name} have different rows")
    return float(((a - b).abs() / a.abs().clip(lower=1e-300)).to_numpy().max())


def compare_postings(left: Path, right: Path) -> float:
    """As ``compare_sums``, over sums of two sets of postings."""
    query = """
        SELECT region, period, account, measure, sum(amount) AS amount, sum(co2e) AS co2e,
               count(*) AS postings
        FROM read_parquet(?) GROUP BY ALL ORDER BY ALL
    """
    with duckdb.connect() as connection:
        sums = [connection.execute(query, [str(path)]).df().set_index(BY) for path in (left, right)]
    a, b = sums
    if not a.index.equals(b.index) or not a["postings"].equals(b["postings"]):
        sys.exit(f"{left.name} and {right.name} have different rows")
    return float(((a - b).abs() / a.abs().clip(lower=1e-300)).fillna(0).to_numpy().max())


def race(
    names: tuple[str, ...], folder: Path, rows: int, repeats: int
) -> tuple[dict[str, Taken], float]:
    """Medians of each contender, and the largest difference between their answers."""
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    runs: dict[str, list[Taken]] = {name: [] for name in names}
    worst = 0.0
    for turn in range(repeats):
        for name in names:
            runs[name].append(contend(name, folder, rows, answers / f"{name}.parquet"))
            print(f"  {rows:>10,} {name:20s} {runs[name][-1]['seconds']:.3f} s", flush=True)
        if turn == 0:
            check = compare_postings if names == LINEAGES else compare_sums
            first = answers / f"{names[0]}.parquet"
            differences = [check(first, answers / f"{name}.parquet") for name in names[1:]]
            worst = max(differences)
            if worst > 1e-9:
                sys.exit(f"answers differ by {worst:.2g}")
    medians = {
        name: {key: statistics.median(taken[key] for taken in kept) for key in kept[0]}
        for name, kept in runs.items()
    }
    shutil.rmtree(answers)
    return medians, worst


def seconds_of(command: list[str], repeats: int) -> float:
    """The median wall time of a command."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def start_up(scratch: Path) -> dict[str, float]:
    """The bars of starting up: cold processes from nothing to the end."""
    python = sys.executable
    empty = seconds_of([python, "-c", "pass"], 7)
    written = ["--out", str(scratch / "out"), "--ledger", str(scratch / "ledger")]
    program = [python, "-m", "carbonledger.cli"]
    register = "from carbonledger.units import registry; registry()"
    return {
        "python -c pass": empty,
        "import carbonledger": seconds_of([python, "-c", "import carbonledger"], 7),
        "import of the unit registry": seconds_of([python, "-c", register], 7) - empty,
        "carbonledger --help": seconds_of([*program, "--help"], 7),
        **{
            label: seconds_of([*program, "run", inventory, *written], 5)
            for label, inventory in INVENTORIES.items()
        },
    }


def library_times(scratch: Path, repeats: int) -> dict[str, float]:
    """Loading the library and selecting from it; medians of processes of their own."""
    folder = scratch / "library"
    write_inventory(folder, ENTRIES)
    taken = {}
    for name, (label, _) in BARS.items():
        command = [sys.executable, "-m", "benchmarks.library", name, str(folder)]
        runs = [
            subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
            for _ in range(repeats)
        ]
        taken[name] = statistics.median(json.loads(run)["seconds"] for run in runs)
        print(f"  {label}: {taken[name]:.3f} s", flush=True)
    return taken


def machine() -> str:
    """What the numbers were measured on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(
        f"{name} {version(name)}"
        for name in (
            "duckdb",
            "narwhals",
            "numpy",
            "pandas",
            "pint",
            "pint-pandas",
            "polars",
            "pyarrow",
        )
    )
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, Python {platform.python_version()}, "
        f"{packages}; ten million additions in a loop of Python take {additions():.2f} s"
    )


def additions() -> float:
    """Seconds that ten million additions take: the same machine is not always equally quick."""
    start, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - start


def yes(met: bool) -> str:
    """The word of the column "met"."""
    return "yes" if met else "**no**"


def start_lines(starts: dict[str, float]) -> list[str]:
    """The rows of the page about starting up."""
    return [
        f"| {name} | under {bar} s | {starts[name]:.2f} s | {yes(starts[name] < bar)} |"
        for name, bar in START_BARS.items()
    ]


def report(
    races: dict[int, dict[str, dict[str, Taken]]],
    worst: float,
    starts: dict[str, float],
    of_library: dict[str, float],
    repeats: int,
) -> str:
    """The page."""
    lines = [
        "# Performance", "",
        "Written by `make bench` (`python -m benchmarks`); bars are those of the design. "
        f"Each number is the median of {repeats} runs, every run a process of its own, contenders "
        "taking turns. Answers were compared before anything was timed: the largest relative "
        f"difference between any two is {worst:.1g}.", "",
        f"Machine: {machine()}.", "",
        "The file is a seeded register of fuel use: 84 counties, 20 years, the leaf accounts of "
        "1.A, 27 fuels, units as statistics print them, 1 % blanks; three gases each.", "",
        "## Bars", "", "| work | bar | measured | met |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    for rows, kinds in races.items():
        ours, sql = kinds["roll-up"]["engine_roll_up"], kinds["roll-up"]["sql_roll_up"]
        ratio = ours["seconds"] / sql["seconds"]
        lines.append(
            f"| roll-up of {rows:,} rows x 3 gases | at most 1.25 x hand-written SQL | "
            f"{ratio:.2f} x ({ours['seconds']:.3f} s; planning {ours['planning']:.2f} s more) | "
            f"{yes(ratio <= 1.25)} |"
        )
        lineage = kinds["lineage"]["engine_lineage"]
        speed, peak = rows / lineage["seconds"] / 1e6, lineage["megabytes"] / 1024
        lines.append(
            f"| full lineage of {rows:,} rows, one posting per gas, to Parquet | "
            f"at least 1 M rows/s, under 4 GB | {speed:.2f} M rows/s, {peak:.2f} GB | "
            f"{yes(speed >= 1 and peak < 4)} |"
        )
    lines += start_lines(starts)
    for name, (label, bar) in BARS.items():
        asked, met = (f"under {bar} s", yes(of_library[name] < bar)) if bar else ("—", "—")
        lines.append(f"| {label} | {asked} | {of_library[name]:.3f} s | {met} |")
    lines += ["", f"An empty Python process takes {starts['python -c pass']:.2f} s of these; it is "
              "taken off for the registry only.", ""]  # fmt: skip
    for kind in ("roll-up", "lineage"):
        lines += [f"## {kind.capitalize()}", "",
                  "| rows | contender | seconds | M rows/s | x SQL | peak MB |",
                  "| ---: | --- | ---: | ---: | ---: | ---: |"]  # fmt: skip
        for rows, kinds in races.items():
            table = kinds[kind]
            base = table["sql_roll_up" if kind == "roll-up" else "sql_lineage"]["seconds"]
            for name, taken in table.items():
                used = SLOW.get(name, rows)
                speed = used / taken["seconds"] / 1e6
                ratio = f"{taken['seconds'] / base:.2f}" if name not in SLOW else "—"
                lines.append(
                    f"| {used:,} | {LABELS[name]} | {taken['seconds']:.3f} | {speed:.3f} | {ratio} "
                    f"| {taken['megabytes']:.0f} |"
                )
        lines.append("")
    lines.append(
        "pint-pandas and one quantity per row are measured on fewer rows of the same file; read "
        "their rows per second. Times of pandas and Polars include reading the file, as those of "
        "the SQL do."
    )
    lines += ["", "The pages are measured apart: [performance-web.md](performance-web.md)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 20_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--start-up", action="store_true", help="only the cold starts, printed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="carbonledger-bench-") as name:
        scratch = Path(name)
        if options.start_up:
            print("\n".join(start_lines(start_up(scratch))))
            return
        races: dict[int, dict[str, dict[str, Taken]]] = {}
        worst = 0.0
        for rows in options.rows:
            folder = scratch / f"rows-{rows}"
            write_inventory(folder, rows)
            write_factors(folder)
            rolled, difference = race(ROLL_UPS, folder, rows, options.repeats)
            lineage, other = race(LINEAGES, folder, rows, options.repeats)
            worst = max(worst, difference, other)
            if rows == options.rows[0]:
                small = folder / "small"
                for slow, most in SLOW.items():
                    used = min(most, rows)
                    write_inventory(small, used)
                    write_factors(small)
                    taken, difference = race(("engine_roll_up", slow), small, used, options.repeats)
                    worst = max(worst, difference)
                    rolled[slow] = taken[slow]
                    shutil.rmtree(small)
            races[rows] = {"roll-up": rolled, "lineage": lineage}
            shutil.rmtree(folder)
        starts = start_up(scratch)
        of_library = library_times(scratch, options.repeats)
    options.report.write_text(report(races, worst, starts, of_library, options.repeats), "utf-8")
    print(options.report)


if __name__ == "__main__":
    main()
