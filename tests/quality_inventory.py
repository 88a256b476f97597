"""Inventories of a few rows for the tests of the quality checks, and what the checks say."""

from carbonledger.analysis.quality import check_quality
from carbonledger.api import run
from carbonledger.engine.open import open_inventory
from carbonledger.library.load import library
from carbonledger.model.problem import Grade

YEARS = range(2018, 2024)
STEADY = [100, 104, 98, 107, 110, 115]


HEAD = "地区,年份,科目,品种,细项,数量,单位"


def opened(
    folder,
    entries,
    *,
    statistics="",
    years=YEARS,
    region="350500",
    factors="",
    history=0,
    head=HEAD,
):
    """An inventory of rows ``region,year,account,item,detail,value,unit``."""
    folder.mkdir(exist_ok=True)
    (folder / "entries.csv").write_text(f"{head}\n{entries}", "utf-8")
    more = ""
    if statistics:
        head = "地区,年份,指标,数值,单位,价格年份\n"
        (folder / "statistics.csv").write_text(head + statistics, "utf-8")
        more = '[[tables]]\nfile = "statistics.csv"\nlayout = "statistics"\n'
    if factors:
        (folder / "factors.csv").write_text(factors, "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "{region}"\nperiods = {list(years)}\n'
        f'{f"history_from = {history}" if history else ""}\nprofile = "cn-provincial-2011"\n'
        f'[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "entries.csv"\n{more}',
        "utf-8",
    )
    inventory = open_inventory(folder)
    wrong = [each for each in inventory.intake.problems if each.grade is Grade.A]
    assert not wrong, wrong
    return inventory


def lines(
    values, account="1.A.2", item="原煤", *, detail="", unit="万t", start=2018, region="350500"
):
    return "".join(
        f"{region},{start + place},{account},{item},{detail},{value},{unit}\n"
        for place, value in enumerate(values)
        if value is not None
    )


def found(folder, entries, **more):
    return check_quality(opened(folder, entries, **more), library())


def codes(folder, entries, **more):
    return [problem.code for problem in found(folder, entries, **more)]


def only(folder, code, entries, **more):
    """The one problem that a planted fault gives."""
    problems = found(folder, entries, **more)
    assert [problem.code for problem in problems] == [code], problems
    (problem,) = problems
    assert problem.grade in {Grade.C, Grade.D}
    assert problem.message.zh != problem.message.en
    return problem


def finished(folder, entries, factors=""):
    """The inventory run."""
    return run(opened(folder, entries, factors=factors))
