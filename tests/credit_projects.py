"""Small projects for the tests of the project book."""

from carbonledger.credits.compute import credit_of
from carbonledger.credits.journal import open_journal
from carbonledger.credits.products import product
from carbonledger.credits.project import read_project

SANMING = "sanming-forest-ticket"


def write_project(
    folder,
    *,
    name=SANMING,
    project="p1",
    rows=(("A", "trees", 3197, 0.0, 3470.0),),
    days=("2015-12-31", "2020-12-31"),
    deductions=None,
    answers=None,
    region="350429",
    parcels=(),
):
    """A project whose ``rows`` give plot, pool, area (mu) and the stocks of both days (t C).

    ``parcels`` are rows of plot, township, village, compartment and number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = product(name)
    lines = [
        f'project = "{project}"', 'title.zh = "测试"', 'title.en = "test"', f'product = "{name}"',
        f'region = "{region}"', 'owner = "常口村"', 'table = "stocks.csv"',
    ]  # fmt: skip
    if parcels:
        lines.append('parcels = "parcels.csv"')
        land = ["地块,乡镇,村,林班,小班", *(",".join(row) for row in parcels)]
        (folder / "parcels.csv").write_text("\n".join(land), "utf-8")
    given = {each.id: each.expected for each in asked.questions} | (answers or {})
    for key, answer in given.items():
        if answer is not None:
            lines += [f"[answers.{key}]", f"answer = {str(answer).lower()}", 'evidence = "有"']
    lines += ["[[periods]]", f"start = {days[0]}", f"end = {days[1]}"]
    values = {each.key: f"0 {each.unit}" for each in asked.deductions} | (deductions or {})
    for key, value in values.items():
        if value is not None:
            lines += [f"[periods.deductions.{key}]", f'value = "{value}"', 'source = "测试"']
    (folder / "project.toml").write_text("\n".join(lines), "utf-8")
    table = ["地块,碳库,日期,面积 [亩],碳储量 [t C],来源"]
    for plot, pool, area, *stocks in rows:
        for day, stock in zip(days, stocks, strict=True):
            if stock is not None:
                table.append(f"{plot},{pool},{day},{area},{stock!r},测试")
    (folder / "stocks.csv").write_text("\n".join(table), "utf-8")
    return folder


def computed(folder, **options):
    project = read_project(write_project(folder, **options))
    period = project.period(None)
    return project, period, credit_of(project, period)


def opened(folder):
    return open_journal(folder, lambda: "2021-05-18T00:00:00+00:00")
