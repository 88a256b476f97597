"""Reading an inventory folder: manifest, tables, own parameters, and all their problems at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from carbonledger.errors import Text
from carbonledger.intake import inventory_words as words
from carbonledger.intake import own_factors_words as own_words
from carbonledger.intake.answers import apply_answers, stale_answers, unmet_answers
from carbonledger.intake.assertions import check_assertions
from carbonledger.intake.corrections import corrected, unmet_corrections
from carbonledger.intake.entry_table import EntryTable, build_table
from carbonledger.intake.files import (
    Content,
    SourceFile,
    file_problem,
    hash_file,
    locate,
    read_content,
)
from carbonledger.intake.grid import EXTENSIONS, Grid, grids_of
from carbonledger.intake.keys import Refused, code_of, in_tree
from carbonledger.intake.layout import Context, Layout, Names
from carbonledger.intake.layouts import LAYOUTS
from carbonledger.intake.manifest import MANIFEST, ManifestError, parse_manifest
from carbonledger.intake.own_factors import FACTORS, read_factors
from carbonledger.intake.own_regions import with_own_regions
from carbonledger.intake.published import check_published
from carbonledger.intake.statistics import STATISTICS, read_statistics
from carbonledger.model.manifest import Answer, InventoryManifest, TableSpec
from carbonledger.model.problem import Grade, Problem, has_blocking
from carbonledger.model.records import Parameter
from carbonledger.model.statistics import Statistic

__all__ = [
    "LAYOUTS",
    "EntryTable",
    "Intake",
    "ManifestError",
    "SourceFile",
    "read_inventory",
]


_MANIFEST_BYTES = 10 * 2**20


@dataclass(frozen=True)
class Intake:
    """An inventory as read. ``grids`` are the tables that the report prints as they are.

    ``families`` has the edition of every own parameter by id: ``inventory`` for those of its own
    ``factors.csv``, ``inventory-2`` for those of the second file, and so on. ``unmet`` are
    confirmations that no problem of reading met; quality checks may.
    """

    folder: Path
    manifest: InventoryManifest
    tables: list[EntryTable]
    factors: list[Parameter]
    files: list[SourceFile]
    problems: list[Problem]
    grids: list[Grid]
    families: Mapping[str, str] = field(default_factory=dict)
    statistics: Sequence[Statistic] = ()
    unmet: Sequence[Answer] = ()


def read_inventory(
    folder: Path,
    names: Names,
    *,
    layouts: Mapping[str, Layout] = LAYOUTS,
    factors: Mapping[str, bytes] = MappingProxyType({}),
) -> Intake:
    """Read every table of an inventory and report every problem found, in one go.

    Entries are numbered from 1 over all tables, in the order of the manifest. With a grade-A
    problem among ``problems`` the entries are not complete and must not be computed from.

    Args:
        folder: the inventory.
        names: what the library knows.
        layouts: the readers of tables.
        factors: contents to read in place of a file of own parameters, by its name: a change that
            is being tried.

    Raises:
        ManifestError: if there is no usable ``inventory.toml``; carries its problems.
    """
    content = _manifest_content(folder)
    manifest = parse_manifest(content.data)
    names, own, faults = with_own_regions(names, manifest.regions)
    manifest = manifest.model_copy(update={"regions": own})
    reader = _Reader(folder, manifest, names, layouts, [content.source], tried=factors)
    reader.problems += faults
    reader.read()
    return Intake(
        folder,
        reader.manifest,
        reader.tables,
        reader.factors,
        reader.files,
        words.limited(reader.problems),
        reader.kept,
        reader.families,
        reader.statistics,
        unmet_answers(reader.manifest.answers, reader.answered, reader.grids),
    )


def _manifest_content(folder: Path) -> Content:
    if not folder.is_dir():
        raise ManifestError(
            [
                file_problem(
                    str(folder),
                    "folder-missing",
                    Text(f"找不到清单目录“{folder}”。", f"There is no folder '{folder}'."),
                    Text("请核对路径。", "Check the path."),
                )
            ]
        )
    path = locate(folder, MANIFEST)
    if isinstance(path, Problem):
        raise ManifestError([path])
    content = read_content(path, MANIFEST, _MANIFEST_BYTES)
    if isinstance(content, Problem):
        raise ManifestError([content])
    return content


@dataclass
class _Reader:
    folder: Path
    manifest: InventoryManifest
    names: Names
    layouts: Mapping[str, Layout]
    files: list[SourceFile]
    tables: list[EntryTable] = field(default_factory=list)
    factors: list[Parameter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    kept: list[Grid] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    contents: dict[Path, Content | Problem] = field(default_factory=dict)
    seen: set[tuple[Path, str]] = field(default_factory=set)
    answered: frozenset[int] = frozenset()
    next_entry: int = 1
    tried: Mapping[str, bytes] = field(default_factory=dict)
    families: dict[str, str] = field(default_factory=dict)
    statistics: list[Statistic] = field(default_factory=list)
    corrected: set[int] = field(default_factory=set)

    def read(self) -> None:
        base = self.context()
        for number, spec in enumerate(self.manifest.tables, 1):
            context = self.table_context(number, spec, base)
            self.table(spec, context)
        self.own_factors(base)
        self.problems += unmet_corrections(self.manifest.corrections, self.corrected)
        self.problems += stale_answers(self.manifest.answers, self.answered, self.grids)
        parents = self.names.account_parents
        self.problems += check_assertions(self.manifest.assertions, self.tables, base, parents)
        self.problems += _same_content(self.files)
        self.problems += self.unused_files()
        self.published(base)
        if self.next_entry == 1 and not has_blocking(self.problems):
            self.problems.append(words.EMPTY)

    def published(self, context: Context) -> None:
        """Check the quoted totals; their accounts become codes."""
        quoted, problems = check_published(self.manifest.published, context)
        self.problems += problems
        self.manifest = self.manifest.model_copy(update={"published": quoted})

    def context(self) -> Context:
        """What holds for all tables; the manifest's region becomes its code."""
        spellings = self.names.spellings
        regions = spellings["regions"]
        code = code_of("region", self.manifest.region, regions)
        if isinstance(code, Refused):
            self.manifest_problem("region", code)
            code = ""
        else:
            self.manifest = self.manifest.model_copy(update={"region": code})
        reported = tuple(self.manifest.periods)
        start = self.manifest.history_from
        history = () if start is None else tuple(range(start, min(reported)))
        return Context(
            region=code or None,
            period=reported[0] if len(reported) == 1 and not history else None,
            periods=(*history, *reported),
            inventory_region=code,
            regions=regions,
            accounts=spellings["accounts"],
            items=spellings["items"],
            region_parents=self.names.region_parents,
            details=spellings["details"],
        )

    def table_context(self, number: int, spec: TableSpec, base: Context) -> Context:
        region, period = base.region, base.period
        if spec.region is not None:
            code = code_of("region", spec.region, base.regions)
            if isinstance(code, Refused):
                self.manifest_problem(f"tables[{number}].region", code)
            else:
                region = code
                if base.inventory_region and not in_tree(
                    code, base.inventory_region, base.region_parents
                ):
                    self.manifest_problem(f"tables[{number}].region", words.outside(code))
        if spec.period is not None:
            period = spec.period
            if period not in base.periods:
                self.manifest_problem(f"tables[{number}].period", words.outside(str(period)))
        return base._replace(region=region, period=period)

    def table(self, spec: TableSpec, context: Context) -> None:
        """Read one table of the manifest."""
        layout = self.layouts.get(spec.layout)
        if layout is None and spec.layout != STATISTICS:
            known = [*self.layouts, STATISTICS]
            self.problems.append(words.no_layout(_file_name(spec), spec.layout, known))
            return
        path = locate(self.folder, spec.file)
        if isinstance(path, Problem):
            self.problems.append(path)
            return
        if path.suffix.lower() == ".parquet":
            self.typed(path, spec, context)
            return
        content = self.content(path, _file_name(spec))
        if isinstance(content, Problem):
            self.problems.append(content)
            return
        grids, problems = grids_of(content, spec.sheet)
        if not grids:
            self.problems += problems
        for grid in grids:
            if not self.first_time(path, grid.sheet, spec):
                continue
            mended, told, used = corrected(grid, self.manifest.corrections)
            self.problems += told
            self.corrected |= used
            if layout is None:
                self.figures(mended, spec, context)
            else:
                self.grid(mended, layout, spec, context, problems)

    def figures(self, grid: Grid, spec: TableSpec, context: Context) -> None:
        """A table of statistics: its figures stand beside the entries and enter no emission."""
        read, found = read_statistics(grid, spec, context, self.statistics)
        self.statistics += read
        answered = apply_answers(grid, [], found, self.manifest.answers)
        self.answered |= answered.used
        self.problems += answered.problems
        self.grids.append(grid)

    def grid(
        self,
        grid: Grid,
        layout: Layout,
        spec: TableSpec,
        context: Context,
        problems: Sequence[Problem],
    ) -> None:
        result = layout(grid, spec, context)
        unread = {found.cell for found in problems if found.cell and found.grade is Grade.A}
        found = [*problems, *(each for each in result.problems if each.cell not in unread)]
        answered = apply_answers(grid, result.rows, found, self.manifest.answers)
        self.answered |= answered.used
        self.problems += answered.problems
        self.tables.append(build_table(grid, answered.rows, answered.marks, self.next_entry))
        self.next_entry += len(answered.rows)
        self.grids.append(grid)
        if result.keep:
            self.kept.append(grid)

    def typed(self, path: Path, spec: TableSpec, context: Context) -> None:
        from carbonledger.intake.typed import read_parquet  # noqa: PLC0415 - few need it

        name = _file_name(spec)
        if spec.layout != "entries" or spec.sheet is not None:
            self.problems.append(words.not_typed(name))
            return
        if not self.first_time(path, "", spec):
            return
        source = hash_file(path, name)
        if isinstance(source, Problem):
            self.problems.append(source)
            return
        self.files.append(source)
        typed = read_parquet(path, name, spec, context, self.next_entry)
        self.problems += typed.problems
        if typed.table is not None:
            self.tables.append(typed.table)
            self.next_entry += typed.rows

    def content(self, path: Path, name: str) -> Content | Problem:
        """The bytes of a file, read and hashed once however many of its sheets are used."""
        if path not in self.contents:
            content = self.contents[path] = read_content(path, name)
            if isinstance(content, Content):
                self.files.append(content.source)
        return self.contents[path]

    def first_time(self, path: Path, sheet: str, spec: TableSpec) -> bool:
        if (path, sheet) in self.seen:
            self.problems.append(words.read_twice(_file_name(spec), sheet))
            return False
        self.seen.add((path, sheet))
        return True

    def factor_files(self) -> list[str]:
        """The files of own parameters, by the names that messages quote."""
        if self.manifest.factors is not None:
            return [
                PurePosixPath(name.replace("\\", "/")).as_posix() for name in self.manifest.factors
            ]
        there = (self.folder / FACTORS).exists() or FACTORS in self.tried
        return [FACTORS] if there else []

    def own_factors(self, context: Context) -> None:
        homes: dict[str, str] = {}
        stems: set[str] = set()
        for place, name in enumerate(self.factor_files(), 1):
            own = name == FACTORS
            stem = PurePosixPath(name).stem
            prefix = "own" if own else stem if stem not in stems else f"{stem}-{place}"
            stems.add(stem)
            family = "inventory" if own and place == 1 else f"inventory-{place}"
            for parameter in self.factor_file(name, prefix, context):
                if parameter.id in homes:
                    found = own_words.id_elsewhere(parameter.id, homes[parameter.id])
                    problem = file_problem(name, found.code, found.message, found.remedy)
                    self.problems.append(problem)
                homes[parameter.id] = name
                self.families[parameter.id] = family
                self.factors.append(parameter)

    def factor_file(self, name: str, prefix: str, context: Context) -> list[Parameter]:
        content = self.factor_content(name)
        if isinstance(content, Problem):
            self.problems.append(content)
            return []
        grids, problems = grids_of(content)
        self.problems += problems
        parameters: list[Parameter] = []
        for grid in grids:
            more, found = read_factors(grid, context, prefix)
            parameters += more
            answered = apply_answers(grid, [], found, self.manifest.answers)
            self.answered |= answered.used
            self.problems += answered.problems
            self.grids.append(grid)
        return parameters

    def factor_content(self, name: str) -> Content | Problem:
        if name in self.tried:
            data = self.tried[name]
            digest = hashlib.sha256(data).hexdigest()
            return Content(SourceFile(name, self.folder / name, digest, len(data)), data)
        path = locate(self.folder, name, beyond=name != FACTORS)
        return path if isinstance(path, Problem) else self.content(path, name)

    def unused_files(self) -> list[Problem]:
        """Tables in the folder that the manifest does not name: forgotten, or not meant."""
        named = {PurePosixPath(_file_name(spec)).as_posix() for spec in self.manifest.tables}
        return [
            words.unused(path.name)
            for path in sorted(self.folder.iterdir())
            if path.suffix.lower() in EXTENSIONS - {".txt"}
            and path.name[0] not in ".~"
            and path.name not in named | {FACTORS, *self.factor_files()}
        ]

    def manifest_problem(self, where: str, refused: Refused) -> None:
        message = Text(f"{where}：{refused.message.zh}", f"{where}: {refused.message.en}")
        self.problems.append(file_problem(MANIFEST, refused.code, message, refused.remedy))


def _file_name(spec: TableSpec) -> str:
    """The file of a table as messages quote it: with forward slashes."""
    return PurePosixPath(spec.file.replace("\\", "/")).as_posix()


def _same_content(files: Sequence[SourceFile]) -> list[Problem]:
    first: dict[str, str] = {}
    problems = []
    for file in files:
        if file.sha256 in first:
            problems.append(words.same_content(file.name, first[file.sha256]))
        first.setdefault(file.sha256, file.name)
    return problems
