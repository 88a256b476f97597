"""The figures of a table whose rows have a few looks: numbers, live sums, notation keys."""

from collections.abc import Mapping

from carbonledger.reports.cell_texts import number_width
from carbonledger.reports.cells import (
    KEY_STYLE,
    Cells,
    Shown,
    Style,
    formula_shown,
    number_shown,
)
from carbonledger.reports.numbers import MISSING, excel_format

__all__ = ["UNVERIFIED_FIGURE", "FigureCells"]

UNVERIFIED_FIGURE: Style = {"font_color": "#C55A11"}


class FigureCells:
    """Makes the cells of figures in the ``styles`` of the rows, which are known by names (looks).

    ``blanks`` are the empty cells by look.
    """

    def __init__(self, cells: Cells, styles: Mapping[str, Style]) -> None:
        self._cells, self._styles = cells, styles
        formats = excel_format()
        self._formats = {
            (look, unverified): cells.look(style | colour, formats)
            for look, style in styles.items()
            for unverified, colour in ((False, {}), (True, UNVERIFIED_FIGURE))
        }
        self._keys = {
            look: cells.look(style | KEY_STYLE, formats) for look, style in styles.items()
        }
        self._missing: dict[tuple[str, str], Shown] = {}
        self.blanks = {look: cells.blank(style) for look, style in styles.items()}

    def figure(
        self,
        amount: float | None,
        notation: str,
        look: str,
        *,
        unverified: bool = False,
        formula: str = "",
    ) -> Shown:
        """A figure, or what stands in its place; live if there is a ``formula``."""
        if amount is not None:
            written = self._formats[look, unverified]
            if formula:
                return formula_shown(formula, amount, written)
            return number_shown(amount, written, number_width(amount))
        if formula:
            # Nothing below is a number: the sum shows the keys, and lives as soon as one is.
            stands, count = notation or MISSING, formula.replace("SUM(", "COUNT(")
            live = f'IF({count}=0,"{stands}",{formula})'
            return formula_shown(live, stands, self._keys[look])
        if (notation, look) not in self._missing:
            cell = self._cells.number(None, self._styles[look], notation=notation)
            self._missing[notation, look] = cell
        return self._missing[notation, look]
