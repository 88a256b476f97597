"""Commands for foresters: plots to stands, growth curves from data."""

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from carbonledger.cli.common import Json, Lang, console, print_json, say
from carbonledger.errors import CarbonledgerError, Text

# pandas and SciPy take seconds to import, so what needs them is imported where it is used.

__all__ = ["forest_app"]

forest_app = typer.Typer(
    help="林业：样地推算林分，拟合生长曲线 / Forestry: plots to stands, growth curves",
    no_args_is_help=True,
)

_Table = Annotated[Path, typer.Argument(help="表格文件 / table: csv, xlsx", exists=True)]
_Region = Annotated[str, typer.Option(help="地区 / region")]
_Profile = Annotated[str, typer.Option(help="口径 / profile")]


@forest_app.command("plots")
def plots(
    table: _Table,
    region: _Region = "福建省",
    profile: _Profile = "forest-stock",
    out: Annotated[Path | None, typer.Option(help="写出每个样地 / write the plots (csv)")] = None,
    by_height: Annotated[
        bool, typer.Option("--by-height", help="生物量按 D²H 式 / biomass by D²H")
    ] = False,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """由样地每木检尺推算每公顷蓄积、生物量和碳储量 / Stands from the trees of sample plots."""
    from carbonledger.engine.ask import code_of
    from carbonledger.engine.open import region_names
    from carbonledger.engine.plots import read_trees, stand_of
    from carbonledger.library.load import library
    from carbonledger.reports.forest_tables import print_stand

    base = library()
    code = code_of(region, region_names(base), Text("地区", "region"))
    trees = read_trees(table, base)
    stand = stand_of(trees, base, region=code, profile=profile, by_height=by_height)
    if out is not None:
        _write(out, stand.plots.to_csv(index=False))
    if as_json:
        print_json(
            {
                "plots": stand.plots.to_dict("records"),
                "mean": stand.mean.to_dict(),
                "error": stand.error.to_dict(),
                "used": {item: [vars(each) for each in used] for item, used in stand.used.items()},
            }
        )
    else:
        print_stand(console(), stand, base, lang)


@forest_app.command("fit")
def fit(
    table: _Table,
    item: Annotated[str, typer.Option(help="树种 / species")] = "",
    region: _Region = "福建省",
    source: Annotated[
        str, typer.Option(help="数据来源，写入参数表 / where the data come from")
    ] = "样地调查 / sample plots",
    out: Annotated[
        Path | None, typer.Option(help="写出参数表 / write the parameters (factors.csv)")
    ] = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """由林龄和蓄积拟合生长曲线 / Fit growth curves to volumes by age."""
    from carbonledger.analysis.curve_fit import fit_curves, parameter_rows, read_growth
    from carbonledger.engine.ask import code_of
    from carbonledger.engine.open import item_names, region_names
    from carbonledger.library.load import library
    from carbonledger.reports.forest_tables import print_fits

    base = library()
    species = code_of(item, item_names(base), Text("树种", "species"))
    place = code_of(region, region_names(base), Text("地区", "region"))
    fits = fit_curves(read_growth(table))
    rows = parameter_rows(fits[0], species, place, source, table.name)
    if out is not None:
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        _write(out, text.getvalue())
    if as_json:
        print_json([{"curve": each.curve.key, **_plain(each)} for each in fits])
        return
    print_fits(console(), fits, lang)
    if out is not None:
        say(Text(f"已写入 {out}", f"Written: {out}"), lang)


@forest_app.command("grow")
def grow(
    table: _Table,
    curves: Annotated[
        Path, typer.Option(help="曲线表：曲线、林龄、每公顷蓄积 / volumes by age", exists=True)
    ],
    *,
    years: Annotated[int, typer.Option(min=1, max=200, help="年数 / years")] = 30,
    rotation: Annotated[
        float | None, typer.Option(min=1, help="轮伐期（年） / rotation [不采伐 none]")
    ] = None,
    mortality: Annotated[float, typer.Option(min=0, max=1, help="年枯损率 / mortality")] = 0.0,
    disturbance: Annotated[
        float, typer.Option(min=0, max=1, help="年灾害损失率 / disturbance")
    ] = 0.0,
    decay: Annotated[
        float, typer.Option(min=0, max=1, help="枯死木年分解率 / decay of dead wood")
    ] = 0.0,
    product_share: Annotated[
        float, typer.Option(min=0, max=1, help="采伐生物量成为木制品的比例 / share in products")
    ] = 0.0,
    half_life: Annotated[
        float | None, typer.Option(min=0.1, help="木制品半衰期（年） / half-life of products")
    ] = None,
    region: _Region = "福建省",
    profile: _Profile = "forest-stock",
    out: Annotated[Path | None, typer.Option(help="写出逐年结果 / write the years (csv)")] = None,
    lang: Lang = None,  # type: ignore[assignment]  # as above
    as_json: Json = False,
) -> None:
    """小班表按生长曲线逐年推算各碳库 / Carry a table of stands through the years."""
    from carbonledger.engine.ask import code_of
    from carbonledger.engine.open import region_names
    from carbonledger.engine.stands import grow as carried
    from carbonledger.engine.stands import read_curves, read_stands
    from carbonledger.library.load import library
    from carbonledger.methods.stand_table import Rates
    from carbonledger.reports.forest_tables import print_growth

    if product_share > 0 and half_life is None:
        raise CarbonledgerError(
            "给出 --product-share 时须给出 --half-life（锯材 35、人造板 25、纸 2 年）。",
            "--product-share needs --half-life (sawnwood 35, panels 25, paper 2 years).",
        )
    given = {"mortality": mortality, "disturbance": disturbance, "decay": decay}
    given |= {"product_share": product_share}
    given |= {"rotation": rotation} if rotation is not None else {}
    given |= {"half_life": half_life} if half_life is not None else {}
    base = library()
    found = carried(
        read_stands(table, base),
        read_curves(curves),
        years,
        Rates(**given),
        base,
        region=code_of(region, region_names(base), Text("地区", "region")),
        profile=profile,
    )
    if out is not None:
        _write(out, found.years.to_csv(index=False))
    if as_json:
        print_json({"rows": found.rows, "years": found.years.to_dict("records")})
    else:
        print_growth(console(), found, base, lang)


def _write(path: Path, text: str) -> None:
    """Write a table whole or not at all; the mark at its start lets Excel and WPS read UTF-8."""
    from carbonledger.files import disk_errors, temporary

    with disk_errors(path):
        draft = temporary(path)
        try:
            draft.write_text("\ufeff" + text, "utf-8", newline="")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _plain(each: object) -> dict[str, object]:
    values = dict(vars(each))
    curve = values.pop("curve")
    names = list(curve.units)
    for key in ("parameters", "lower", "upper"):
        values[key] = dict(zip(names, map(float, values[key]), strict=True))
    return values
