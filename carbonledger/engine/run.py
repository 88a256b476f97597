"""Run an inventory: from entries under a profile to the files of a result."""

import json
import platform
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from carbonledger.engine.exclusive import counted_twice
from carbonledger.engine.execute import write_postings
from carbonledger.engine.frame import (
    Backend,
    engine_frame,
    entries_relation,
    quantities_of,
    small_frames,
)
from carbonledger.engine.identity import run_identity
from carbonledger.engine.notes import run_notes
from carbonledger.engine.open import Inventory
from carbonledger.engine.plan import Plan, plan
from carbonledger.engine.published import beside_published
from carbonledger.engine.results import Results
from carbonledger.engine.totals import account_totals
from carbonledger.intake.inventory import EntryTable
from carbonledger.library.profiles import profile as load_profile
from carbonledger.memory import database, threads_for
from carbonledger.model.problem import Problem, has_blocking, problem_rows
from carbonledger.model.profile import Profile
from carbonledger.version import VERSION

__all__ = [
    "Outcome",
    "RunOptions",
    "rewrite_problems",
    "run_profile",
    "write_problems",
    "write_refusal",
    "write_run",
]

PROBLEM_COLUMNS = ("grade", "code", "file", "sheet", "cell", "row", "message", "remedy")


class RunOptions(NamedTuple):
    """What a run may choose against the inventory's manifest; None keeps the manifest's choice."""

    profile: str | None = None
    gwp: str | None = None
    engine: str = "duckdb"


class Outcome(NamedTuple):
    """What came of a run: all problems, and whether they kept it from being computed.

    ``results`` are the result folder with what was read of it, once that is complete.
    """

    problems: list[Problem]
    blocked: bool
    results: Results | None = None


def run_profile(inventory: Inventory, options: RunOptions) -> Profile:
    """The profile of a run: the one chosen, or the manifest's with the manifest's overrides.

    Raises:
        CarbonledgerError: if there is no such profile.
    """
    manifest = inventory.intake.manifest
    profile = load_profile(options.profile or manifest.profile)
    if options.profile in {None, manifest.profile}:
        changes = manifest.overrides.model_dump(exclude_none=True)
        # An order of its own for one parameter leaves those of the others as the profile has them.
        changes["deflators"] = profile.deflators | changes.pop("deflators", {})
        orders = {**profile.parameter_families, **changes.pop("parameter_families", {})}
        profile = profile.model_copy(update={**changes, "parameter_families": orders})
    if profile.services and profile.price_base_year is None:
        profile = profile.model_copy(update={"price_base_year": min(manifest.periods)})
    return _with_sets(profile, inventory.intake.families.values())


def _with_sets(profile: Profile, families: Iterable[str]) -> Profile:
    """The profile with the inventory's further files of own parameters before its families."""
    sets = [family for family in dict.fromkeys(families) if family != "inventory"]
    if not sets:
        return profile
    orders = profile.parameter_families
    return profile.model_copy(
        update={
            "families": [*sets, *profile.families],
            "parameter_families": {name: [*sets, *order] for name, order in orders.items()},
        }
    )


def write_run(inventory: Inventory, folder: Path, options: RunOptions) -> Outcome:
    """Compute the inventory and write the result files into an existing empty folder.

    With a grade-A problem nothing is computed: the folder gets ``problems.csv`` and a ``run.json``
    whose status says so.

    Raises:
        CarbonledgerError: if the profile, the GWP set or the engine does not exist.
    """
    watch = _Stopwatch()
    profile = run_profile(inventory, options)
    gwp = options.gwp or inventory.intake.manifest.gwp or profile.gwp
    inventory.library.require_gwp(gwp)
    problems = list(inventory.intake.problems)
    manifest = inventory.intake.manifest
    periods = manifest.periods if manifest.history_from is not None else None
    tables = inventory.intake.tables
    with database(threads=threads_for(_rows(tables))) as connection:
        backend = Backend(connection, options.engine)
        planned = None
        if not has_blocking(problems):
            entries = entries_relation(connection, tables)
            quantities = quantities_of(tables)
            if all(table.table is not None for table in tables):
                frame, known = small_frames(entries, quantities, backend)
            else:
                frame = known = engine_frame(entries, quantities, backend)
            with watch.lap("plan"):
                planned = plan(known, quantities, inventory.library, profile, gwp, periods)
            problems += planned.problems
            problems += counted_twice(planned, known)
        if planned is None or has_blocking(problems):
            info = _info(inventory, profile, gwp, options, problems) | {"status": "refused"}
            write_problems(folder, problems)
            _write_json(folder / "run.json", info | {"seconds": watch.seconds()})
            return Outcome(problems, blocked=True)
        problems += run_notes(planned, profile, inventory.library)
        with watch.lap("execute"):
            write_postings(planned, frame, backend, folder / "postings.parquet")
            entries.to_parquet(str(folder / "entries.parquet"))
        totals = account_totals(folder / "postings.parquet", inventory.library)
    count = pq.read_metadata(folder / "postings.parquet").num_rows
    _write_csv(folder / "totals.csv", totals)
    published = beside_published(inventory.intake.manifest, totals, inventory.library)
    _write_selections(folder, planned.selections)
    write_problems(folder, problems)
    info = _info(inventory, profile, gwp, options, problems)
    info |= _identity(inventory, planned, profile, gwp)
    info |= {"status": "complete", "entries": planned.entries, "postings": count}
    info |= {"published": published, "selections": int(planned.selections["selection"].nunique())}
    _write_json(folder / "run.json", info | {"seconds": watch.seconds()})
    return Outcome(problems, blocked=False)


def _rows(tables: Sequence[EntryTable]) -> int:
    """How many rows of entries there are, in memory and on disk."""
    return sum(
        len(table.table) if table.table is not None else pq.read_metadata(table.parquet).num_rows
        for table in tables
    )


def write_refusal(folder: Path, name: str, problems: list[Problem]) -> None:
    """Write what is left of an inventory that could not even be opened: its problems."""
    write_problems(folder, problems)
    grades = Counter(problem.grade.value for problem in problems)
    counts = {grade: grades.get(grade, 0) for grade in "ABCD"}
    info = {"inventory": name, "status": "refused", "problems": counts}
    _write_json(folder / "run.json", info)


def write_problems(folder: Path, problems: list[Problem]) -> None:
    """Write ``problems.csv``."""
    table = pd.DataFrame(problem_rows(problems), columns=list(PROBLEM_COLUMNS))
    _write_csv(folder / "problems.csv", table)


def rewrite_problems(folder: Path, problems: list[Problem], **found: object) -> None:
    """Write the problems of a finished run anew, with their counts in ``run.json``.

    ``found`` is what else the review of the run has to say; it stands in ``run.json``.
    """
    write_problems(folder, problems)
    path = folder / "run.json"
    grades = Counter(problem.grade.value for problem in problems)
    info = json.loads(path.read_text("utf-8"))
    counts = {grade: grades.get(grade, 0) for grade in "ABCD"}
    _write_json(path, info | found | {"problems": counts})


def _identity(inventory: Inventory, planned: Plan, profile: Profile, gwp: str) -> dict[str, Any]:
    intake = inventory.intake
    digests = run_identity(
        intake.tables, intake.files, planned.selections, inventory.library.accounts, profile, gwp
    )
    identity = digests.pop("identity")
    return {"identity": identity, "digests": digests, "code": digests["code"]}


def _info(
    inventory: Inventory, profile: Profile, gwp: str, options: RunOptions, problems: list[Problem]
) -> dict[str, Any]:
    manifest = inventory.intake.manifest
    grades = Counter(problem.grade.value for problem in problems)
    return {
        "inventory": inventory.name,
        "title": manifest.title.model_dump(),
        "region": manifest.region,
        "periods": manifest.periods,
        "regions": [region.model_dump() for region in manifest.regions],
        "profile": profile.profile,
        "profile_title": profile.title.model_dump(),
        "profile_status": profile.status.value,
        "profile_note": profile.note.model_dump() if profile.note else None,
        "gwp": gwp,
        **(_prices(inventory, profile) if profile.services else {}),
        "engine": options.engine,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "carbonledger": VERSION,
            "python": platform.python_version(),
            "duckdb": duckdb.__version__,
        },
        "statistics": [figure.model_dump() for figure in inventory.intake.statistics],
        "files": [
            {"name": file.name, "sha256": file.sha256, "size": file.size}
            for file in inventory.intake.files
        ],
        "problems": {grade: grades.get(grade, 0) for grade in "ABCD"},
    }


def _prices(inventory: Inventory, profile: Profile) -> dict[str, Any]:
    """The base year of constant prices, the own parameters with their prices, and the rules.

    The rules are those that the run followed; the file of an own profile may be gone later.
    """
    own = [parameter.model_dump(mode="json") for parameter in inventory.intake.factors]
    return {
        "price_base_year": profile.price_base_year,
        "own_parameters": own,
        "rules": profile.model_dump(mode="json", exclude_defaults=True),
    }


def _write_selections(folder: Path, selections: pd.DataFrame) -> None:
    numbers = {"selection": pa.int64(), "value": pa.float64()}
    # Of a run with nothing but notation keys no value would tell the type of a column.
    types = pa.schema([(name, numbers.get(name, pa.string())) for name in selections.columns])
    written = pa.Table.from_pandas(selections, types, preserve_index=False)
    pq.write_table(written, folder / "selections.parquet")


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    # The mark at the start lets Excel and WPS read the file as UTF-8.
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _write_json(path: Path, info: dict[str, Any]) -> None:
    path.write_text(json.dumps(info, ensure_ascii=False, indent=2) + "\n", "utf-8")


class _Stopwatch:
    """Seconds of the laps of a run."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._laps: dict[str, float] = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._laps[name] = round(time.perf_counter() - start, 4)

    def seconds(self) -> dict[str, float]:
        return {**self._laps, "total": round(time.perf_counter() - self._start, 4)}
