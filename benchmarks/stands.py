"""Growth of stands measured beside libcbm: ``python -m benchmarks.stands --libcbm PYTHON``.

PYTHON is an interpreter that has libcbm (``pip install libcbm`` in an environment of its own).
Answers are compared first, pool by pool and year by year; a difference stops the run. Every
measurement is a process of its own, so that its peak memory is its own; medians are reported.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
POOLS = ("biomass", "dead wood", "products", "released")


def measure(python: str, name: str, stands: int) -> dict[str, Any]:
    command = [python, "-m", "benchmarks.stands_contenders", name, str(stands)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    taken: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libcbm", required=True, help="an interpreter that has libcbm")
    parser.add_argument("--stands", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    contenders = {
        "carbonledger": sys.executable,
        "libcbm": chosen.libcbm,
        "libcbm_distinct": chosen.libcbm,
    }
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for _ in range(chosen.repeats):
        for name, python in contenders.items():
            taken[name].append(measure(python, name, chosen.stands))
    ours = np.array(taken["carbonledger"][0]["answer"])
    for name in ("libcbm", "libcbm_distinct"):
        theirs = np.array(taken[name][0]["answer"])
        apart = np.abs(theirs - ours).max() / np.abs(ours).max()
        if apart > 1e-9:
            sys.exit(f"{name} gives another answer: {apart:.2e} of the largest pool apart")
    print(f"{chosen.stands:,} stands, 5,000 distinct, 50 years; answers within 1e-9")
    for name, runs in taken.items():
        seconds = statistics.median(run["seconds"] for run in runs)
        memory = max(run["megabytes"] for run in runs)
        print(f"{name:16} {seconds:8.3f} s {memory:8.0f} MB")
    for year in (10, 30, 50):
        printed = ", ".join(f"{pool} {ours[year, i]:,.0f}" for i, pool in enumerate(POOLS))
        print(f"year {year}: {printed} t C")


if __name__ == "__main__":
    main()
