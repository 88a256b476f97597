"""The command that computes rainfall erosivity from daily rain."""

from carbonledger.cli.common import Json, Lang
from carbonledger.cli.uses import OutOption, SheetOption, TableArgument, rows_of, show_tables

__all__ = ["erosivity"]


def erosivity(
    table: TableArgument,
    sheet: SheetOption = None,
    out: OutOption = None,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
    as_json: Json = False,
) -> None:
    """降雨侵蚀力：由逐日降雨计算 RUSLE 的 R / Rainfall erosivity R from daily rain."""
    from carbonledger.analysis.gep.erosivity import erosivity_table
    from carbonledger.library.load import library

    rows = rows_of(table, "daily_rain", sheet, lang, as_json)
    show_tables([erosivity_table(rows, library())], out, lang, as_json)
