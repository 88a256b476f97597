"""The Python interface, and the actions that the command line shares with it."""

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from carbonledger.analysis.quality import texts_of
from carbonledger.engine.open import (
    Inventory,
    account_names,
    item_names,
    open_inventory,
    region_names,
    with_regions,
)
from carbonledger.engine.results import RESULT_FILES, Results
from carbonledger.engine.run import (
    Outcome,
    RunOptions,
    run_profile,
    write_refusal,
    write_run,
)
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.files import write_folder
from carbonledger.intake.manifest import ManifestError
from carbonledger.ledger.store import Ledger
from carbonledger.library.load import Library, library
from carbonledger.memory import start_database, values_by
from carbonledger.model.manifest import OwnRegion
from carbonledger.model.problem import Grade, Problem
from carbonledger.model.records import Book
from carbonledger.reports.context import WorkbookContext
from carbonledger.reports.run_tables import TABLE_BOOKS, write_run_tables
from carbonledger.reports.workbook import write_workbook
from carbonledger.review import review

if TYPE_CHECKING:
    import pandas as pd

    from carbonledger.engine.ask import Answer, Row
    from carbonledger.engine.calculate import Calculation
    from carbonledger.engine.explain import Explanation

# Functions that a run does not need import what they alone need, so that a run starts sooner.

__all__ = [
    "Run",
    "calc",
    "explain_run",
    "factors",
    "known_files",
    "library_of",
    "open_inventory",
    "run",
    "run_to_folder",
    "show",
    "store",
]

WORKBOOK = "summary.xlsx"
DEFAULT_PROFILE = "cn-provincial-2011"
_ACCOUNT, _ITEM, _REGION = Text("科目", "account"), Text("品种", "item"), Text("地区", "region")


class Run(NamedTuple):
    """A finished run; its files go when neither it nor its results are held any more."""

    results: Results
    library: Library
    problems: Sequence[Problem]

    @property
    def identity(self) -> str:
        """The digest that identifies the run."""
        return str(self.results.info["identity"])

    @property
    def postings(self) -> "pd.DataFrame":
        """All postings."""
        return self.results.postings

    def totals(self, by: str | Sequence[str] = "account") -> "pd.DataFrame":
        """Sums of ``amount`` and ``co2e`` by some columns of the postings.

        They are always apart by book, region, period, measure and unit, which do not add. With
        ``account`` among the columns the sums are rolled up the chart of accounts, so a parent
        holds its children. A sum over nothing but notation keys is missing, not zero.

        Without ``account`` a column ``root`` keeps the roots of the chart apart in every book but
        the inventory, since alternatives and bounds stand in roots of their own; it is empty for
        the inventory, whose sectors add.
        """
        wanted = [by] if isinstance(by, str) else list(by)
        columns = ["book", "region", "period", *wanted, "measure", "unit"]
        columns = list(dict.fromkeys(columns))
        source = self.results.postings
        if absent := [name for name in columns if name not in source.columns]:
            raise CarbonledgerError(
                f"不能按“{'、'.join(absent)}”汇总，分录没有这样的列。",
                f"Cannot total by '{', '.join(absent)}': postings have no such column.",
            )
        if "account" in columns:
            source = _rolled(source, self.library)
        else:
            source = _rooted(source, self.library)
            columns.insert(1, "root")
        grouped = source.groupby(columns, sort=False)[["amount", "co2e"]]
        return grouped.sum(min_count=1).reset_index()

    def explain(
        self, account: str, *, item: str | None = None, region: str | None = None, **wanted: Any
    ) -> "Explanation":
        """Explain a total; account, item and region by code or name.

        ``wanted`` are ``measure`` (CO2), ``detail`` and ``period``.
        """
        return explain_run(self.results, self.library, account, item=item, region=region, **wanted)


def run(
    inventory: Inventory | str | Path,
    *,
    profile: str | None = None,
    gwp: str | None = None,
    engine: str = "duckdb",
) -> Run:
    """Run an inventory and hand back its results.

    Raises:
        CarbonledgerError: if the input has grade-A problems; the message lists them.
    """
    opened = inventory if isinstance(inventory, Inventory) else open_inventory(inventory)
    folder = Path(tempfile.mkdtemp(prefix="carbonledger-"))
    try:
        options = RunOptions(profile, gwp, engine)
        outcome = write_run(opened, folder, options)
        if outcome.blocked:
            raise _blocked(outcome)
        outcome = review(opened, folder, options, outcome)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    results = Results.read(folder)
    weakref.finalize(results, shutil.rmtree, folder, ignore_errors=True)
    return Run(results, opened.library, outcome.problems)


def explain_run(
    results: Results,
    base: Library,
    account: str,
    *,
    item: str | None = None,
    region: str | None = None,
    **wanted: Any,
) -> "Explanation":
    """Explain a total of any finished run; account, item and region by code or name."""
    from carbonledger.engine.ask import code_of  # noqa: PLC0415 - see above
    from carbonledger.engine.explain import explain  # noqa: PLC0415

    return explain(
        results,
        base,
        account=code_of(account, account_names(base), _ACCOUNT),
        item=code_of(item, item_names(base), _ITEM) if item else None,
        region=code_of(region, region_names(base), _REGION) if region else None,
        **wanted,
    )


def calc(
    method: str,
    *,
    item: str = "",
    region: str = "",
    period: int | str = 0,
    account: str = "",
    detail: str = "",
    profile: str = DEFAULT_PROFILE,
    gwp: str | None = None,
    **values: object,
) -> "Calculation":
    """Evaluate one method with units: ``calc("energy.combustion.co2", fuel="1 t", item="柴油")``.

    Items and regions may be given by code or by name; without a region national values serve.
    """
    from carbonledger.engine.ask import code_of  # noqa: PLC0415 - see above
    from carbonledger.engine.calculate import Subject, calculate  # noqa: PLC0415

    base = library()
    subject = Subject(
        item=code_of(item, item_names(base), _ITEM),
        detail=detail,
        account=code_of(account, account_names(base), _ACCOUNT),
        region=code_of(region, region_names(base), _REGION) or "CN",
        period=_year(period),
    )
    written = {name: str(value) for name, value in values.items()}
    return calculate(method, written, base, subject=subject, profile=profile, gwp=gwp)


def factors(
    *words: str, parameter: str = "", item: str = "", edition: str = "", status: str = ""
) -> "pd.DataFrame":
    """The rows of the factor library that hold every word, best hits first.

    Words may be Chinese or English: names of parameters, items, details, regions, accounts,
    species, documents, or parts of an id. ``parameter`` and ``item`` are names or codes;
    ``status`` is ``verified`` or ``unverified``. Without arguments, the whole library.

    Raises:
        CarbonledgerError: for a name that is not known.
    """
    from carbonledger.engine.ask import code_of, question_of  # noqa: PLC0415 - see above
    from carbonledger.library.search import search  # noqa: PLC0415

    base = library()
    asked = question_of(base, parameter, item=item) if parameter else None
    code = code_of(item, item_names(base), _ITEM)
    editions = {key: key for key in base.parameters["edition"].unique()}
    known = {"verified": "verified", "unverified": "unverified"}
    known |= {"已核对": "verified", "未核对": "unverified"}
    return search(
        base,
        words,
        parameter=asked.parameter if asked else "",
        item=code,
        edition=code_of(edition, editions, Text("系列", "edition")),
        status=code_of(status, known, Text("状态", "status")),
    )


def show(
    subject: str,
    *,
    item: str = "",
    detail: str = "",
    account: str = "",
    region: str = "",
    species: str = "",
    year: int = 0,
    unit: str = "",
    profile: str | None = None,
    gwp: str | None = None,
) -> "Answer | Row":
    """Which value of the library applies, and why.

    For example ``show("电网排放因子", region="泉州", year=2022)``.

    Args:
        subject: a parameter by name or code, or the id of a row.
        item: fuel, product or gas; like all names in Chinese or English.
        detail: technology or grade.
        account: the account that the value is for.
        region: a region; without one, China.
        species: the gas of a warming potential.
        year: the year; without one, the latest that has a dated value.
        unit: any unit of the wanted kind, where a parameter has several (GJ/t, GJ/m3).
        profile: one profile; without one, all are compared.
        gwp: the set of warming potentials; without one, each profile's own.

    Returns:
        An ``Answer``, or for an id a ``Row`` with the answer for what that row is about.

    Raises:
        CarbonledgerError: for a name or id that is not known; says what is near it.
    """
    from carbonledger.engine.ask import answer, question_of, row_of  # noqa: PLC0415 - see above

    base = library()
    if "/" in subject:
        return row_of(subject, base)
    asked = question_of(
        base,
        subject,
        item=item,
        detail=detail,
        account=account,
        region=region,
        species=species,
        year=year,
    )
    profiles = [profile] if profile else []
    if gwp is not None:
        base.require_gwp(gwp)
    return answer(asked, base, profiles=profiles, unit=unit, gwp=gwp)


def run_to_folder(
    name: str | Path, out: Path, options: RunOptions
) -> tuple[Inventory | None, Outcome]:
    """Run an inventory into a result folder with its workbook; whole, or not at all.

    An inventory whose manifest cannot be used is None, and its problems are in the outcome.
    """
    start_database()
    try:
        inventory = open_inventory(name)
    except ManifestError as error:
        with write_folder(out, known_files()) as folder:
            write_refusal(folder, Path(name).name, list(error.problems))
        return None, Outcome(list(error.problems), blocked=True)
    with write_folder(out, known_files()) as folder:
        outcome = write_run(inventory, folder, options)
        if not outcome.blocked:
            outcome = review(inventory, folder, options, outcome)
            results = outcome.results or Results.read(folder)
            manifest = inventory.intake.manifest
            profile, grids = run_profile(inventory, options), inventory.intake.grids
            context = WorkbookContext.of(manifest, profile, inventory.library, grids)
            with texts_of(results):
                write_run_tables(folder, results, inventory.library)
                write_workbook(folder / WORKBOOK, results, context)
            outcome = outcome._replace(results=results.moved(out))
    return inventory, outcome


def library_of(results: Results) -> Library:
    """The library with the regions that the inventory of a run defined for itself."""
    regions = results.info.get("regions", [])
    return with_regions(library(), [OwnRegion.model_validate(each) for each in regions])


def known_files() -> tuple[str, ...]:
    """Every file that a result folder may hold."""
    return (*RESULT_FILES, WORKBOOK, *TABLE_BOOKS)


def store(inventory: Inventory, out: Path, ledger: Path) -> bool:
    """Store a finished run in the ledger; False if this very run was there before."""
    originals = [(file.name, file.path, file.sha256) for file in inventory.intake.files]
    with Ledger.open(ledger) as opened:
        return opened.store(Results.read(out), originals)


def _blocked(outcome: Outcome) -> CarbonledgerError:
    blocking = [problem for problem in outcome.problems if problem.grade is Grade.A]
    zh = "\n".join(
        f"  {problem.where}：{problem.message.zh} {problem.remedy.zh}" for problem in blocking
    )
    en = "\n".join(
        f"  {problem.where}: {problem.message.en} {problem.remedy.en}" for problem in blocking
    )
    return CarbonledgerError(
        f"输入有 {len(blocking)} 个必须改正的问题（A 级），没有计算：\n{zh}",
        f"The input has {len(blocking)} problems that must be fixed (grade A); nothing was "
        f"computed:\n{en}",
    )


def _rolled(postings: "pd.DataFrame", base: Library) -> "pd.DataFrame":
    links = base.account_chain
    links = links[links["ancestor"] != ""][["key", "ancestor"]]
    rolled = postings.merge(links, left_on="account", right_on="key")
    return rolled.assign(account=rolled["ancestor"])


def _rooted(postings: "pd.DataFrame", base: Library) -> "pd.DataFrame":
    parents = values_by(base.accounts, "account", "parent")
    roots = {}
    for account in postings["account"].unique():
        root = account
        while parents.get(root):
            root = parents[root]
        roots[account] = root
    inventory = postings["book"] == Book.INVENTORY.value
    return postings.assign(root=postings["account"].map(roots).mask(inventory, ""))


def _year(period: int | str) -> int:
    text = str(period).removesuffix("年")
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise CarbonledgerError(
            f"年份“{period}”无法识别，请写四位年份，例如 2012。",
            f"The period '{period}' is not a year; write four digits, for example 2012.",
        )
    return int(text)
