"""What the pages share: the one open ledger, its runs, and the views of a run, all cached.

A run never changes, so what was laid out of it is kept by its identity; the list of runs is kept by
the version of the ledger. Nothing is ever out of date, and nothing needs to be cleared.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from carbonledger.engine.explain import Explanation
from carbonledger.engine.open import inventory_folder
from carbonledger.errors import Text
from carbonledger.files import sha256_file
from carbonledger.intake.own_factors import FACTORS
from carbonledger.ledger.holder import note_holder
from carbonledger.ledger.store import Ledger
from carbonledger.library.load import Library, library
from carbonledger.reports.view import View
from carbonledger.services.arguments import argument_name
from carbonledger.services.check import Checked, check
from carbonledger.services.drafts import Draft, Drafts
from carbonledger.services.gep import GepFacts, facts_of
from carbonledger.services.home import worked_inventories
from carbonledger.services.place import default_ledger
from carbonledger.services.results import RunViews
from carbonledger.services.sink_neighbours import is_neighbour
from carbonledger.services.sink_scenarios import fractions, survival_view
from carbonledger.services.sink_sheet import Estimate, estimate_of
from carbonledger.services.sink_views import SinkViews, sink_views
from carbonledger.services.sinks import Estimator, is_sink_profile
from carbonledger.services.trace import explain_run

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "account_choices",
    "base",
    "checked",
    "detail_name",
    "drafts",
    "explained",
    "gep_facts",
    "ledger",
    "parameter_text",
    "place",
    "region_choices",
    "region_text",
    "runs",
    "sink_entries",
    "sink_folder",
    "sink_inventories",
    "sink_neighbours",
    "sinks_of",
    "survival",
    "views",
]

_ADDRESS = "CARBONLEDGER_WEB_ADDRESS"
_MOST_FIGURES = 32  # explained at the same time
_MOST_RUNS = 8  # laid out at the same time; each holds some megabytes


def place() -> Path:
    """The folder of the ledger."""
    return default_ledger().resolve()


def ledger() -> Ledger:
    """The ledger, held open by this process for all its windows."""
    return _open(str(place()))


def runs() -> "pd.DataFrame":
    """The stored runs, the last one first."""
    found = ledger().runs()
    return found.iloc[::-1].reset_index(drop=True)


def views(identity: str) -> RunViews:
    """The views of a run."""
    return _views(str(place()), identity, _submission(identity))


def gep_facts(identity: str) -> GepFacts | None:
    """The GEP account of a run; None where it has none."""
    return _gep_facts(str(place()), identity, _submission(identity))


def explained(
    identity: str, account: str, measure: str, item: str, region: str, year: int
) -> Explanation:
    """What a figure is made of; ``item`` is empty for all."""
    return _explained(
        str(place()), identity, _submission(identity), account, measure, item, region, year
    )


def drafts() -> Drafts:
    """The drafts beside the ledger."""
    return Drafts(place())


@st.cache_resource(max_entries=2, show_spinner=False)
def region_choices(lang: str) -> dict[str, str]:
    """The regions that an inventory can be of, with what a list shows of each."""
    table = base().regions
    table = table[table["level"] != "group"]
    names = table["name_en" if lang == "en" else "name_zh"]
    return {code: f"{name} {code}" for code, name in zip(table["region"], names, strict=True)}


@st.cache_resource(max_entries=2, show_spinner=False)
def account_choices(lang: str) -> dict[str, str]:
    """The accounts with what a list shows of each."""
    table = base().accounts
    names = table["name_en" if lang == "en" else "name_zh"]
    return {code: f"{code} {name}" for code, name in zip(table["account"], names, strict=True)}


def checked(draft: Draft) -> Checked:
    """A draft as checked; kept until it, or its own parameters, change."""
    own = draft.folder / FACTORS
    digest = sha256_file(own) if own.is_file() else ""
    return _checked(str(draft.folder), draft.version, digest)


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _checked(folder: str, version: int, digest: str) -> Checked:
    return check(Path(folder))


def sink_inventories(lang: str) -> dict[str, str]:
    """The worked inventories and drafts that estimate sinks, with what a list shows of each."""
    found = {
        each.name: each.title.in_language(lang)
        for each in worked_inventories()
        if is_sink_profile(each.profile)
    }
    for draft in drafts().all():
        if draft.ready and is_sink_profile(str(draft.manifest["profile"])):
            found[draft.identifier] = draft.title.in_language(lang)
    return found


def sinks_of(source: str) -> tuple[Checked, SinkViews | None]:
    """An estimate as checked, and its methods side by side unless a problem forbids them."""
    drafted = {draft.identifier: draft for draft in drafts().all()}.get(source)
    if drafted is not None:
        found = checked(drafted)
        folder, version = drafted.folder, drafted.version
    else:
        folder, version = inventory_folder(source), 0
        found = _checked(str(folder), version, "")
    return found, None if found.blocked else _sinks(str(folder), version)


def sink_folder(source: str) -> tuple[Path, int]:
    """The folder of an estimate and its version: a draft, or a worked inventory."""
    drafted = {draft.identifier: draft for draft in drafts().all()}.get(source)
    return (drafted.folder, drafted.version) if drafted else (inventory_folder(source), 0)


def sink_neighbours(kind: Estimator, region: str, lang: str) -> dict[str, str]:
    """The estimates that may be of the same land, with their titles."""
    found = {}
    for source, title in sink_inventories(lang).items():
        folder, version = sink_folder(source)
        if _near(str(folder), version, kind.account, region):
            found[source] = title
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _near(folder: str, version: int, account: str, region: str) -> bool:
    return is_neighbour(Path(folder), account, region, base())


def sink_entries(source: str) -> Estimate:
    """The entries of an estimate; kept until it changes."""
    folder, version = sink_folder(source)
    return _sink_entries(str(folder), version)


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _sink_entries(folder: str, version: int) -> Estimate:
    return estimate_of(Path(folder))


def survival(source: str, text: str) -> View:
    """The scenarios of survival of an estimate; kept until it changes."""
    folder, version = sink_folder(source)
    return _survival(str(folder), version, fractions(text))


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _survival(folder: str, version: int, wanted: tuple[float, ...]) -> View:
    return survival_view(Path(folder), wanted)


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _sinks(folder: str, version: int) -> SinkViews:
    return sink_views(folder)


def detail_name(code: str, lang: str) -> str:
    """The name of a detail; a dash for none."""
    return base().label("details", code, lang) if code else "—"


def parameter_text(name: str) -> Text:
    """The name of a parameter."""
    return argument_name(name)


def region_text(code: str) -> Text:
    """The name of a region."""
    return Text(base().label("regions", code, "zh"), base().label("regions", code, "en"))


@st.cache_resource(max_entries=1, show_spinner=False)
def base() -> Library:
    """The factor library."""
    return library()


@st.cache_resource(max_entries=4, show_spinner=False)
def _open(folder: str) -> Ledger:
    opened = Ledger.open(Path(folder))
    note_holder(Path(folder), os.environ.get(_ADDRESS, ""))
    return opened


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _views(folder: str, identity: str, submission: str) -> RunViews:
    return RunViews(_open(folder).results(identity))


@st.cache_resource(max_entries=_MOST_RUNS, show_spinner=False)
def _gep_facts(folder: str, identity: str, submission: str) -> GepFacts | None:
    return facts_of(_views(folder, identity, submission))


@st.cache_resource(max_entries=_MOST_FIGURES, show_spinner=False)
def _explained(
    folder: str, identity: str, submission: str, account: str, measure: str, item: str,
    region: str, year: int,
) -> Explanation:  # fmt: skip
    run = _views(folder, identity, submission)
    return explain_run(
        run.results, run.library, account,
        measure=measure, item=item or None, region=region, period=year,
    )  # fmt: skip


def _submission(identity: str) -> str:
    """The latest submission of a run, which decides its ``run.json`` and ``problems.csv``."""
    known: Any = ledger().revisions()
    mine = known[known["identity"].str.startswith(identity)]
    return str(mine["submission"].iloc[-1]) if len(mine) else ""
