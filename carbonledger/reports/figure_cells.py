"""The figures of a table whose rows have a few looks: numbers, live sums, notation keys."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from carbonledger.reports.cell_texts import number_width, width_of
from carbonledger.reports.cells import KEY_STYLE, Cells, Shown, Strip, Style
from carbonledger.reports.numbers import MISSING, excel_format

__all__ = ["UNVERIFIED_FIGURE", "FigureCells"]

UNVERIFIED_FIGURE: Style = {"font_color": "#C55A11"}


class FigureCells:
    """Makes the columns of figures in the ``styles`` of the rows, known by names (looks).

    In a ``sparse`` table nothing stands where there is neither a number nor a notation key.
    """

    def __init__(self, cells: Cells, styles: Mapping[str, Style], *, sparse: bool = False) -> None:
        self._cells, self._styles, self._sparse = cells, styles, sparse
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

    def column(
        self,
        figures: Iterable[tuple[float | None, str, bool]],
        looks: Sequence[str],
        formulas: Sequence[str] | None = None,
        letters: str = "",
    ) -> Strip:
        """A column of figures: amount, notation, whether it rests on what was not checked.

        Args:
            figures: the figures, row by row.
            looks: the look of each row.
            formulas: the live sum that a row shows (of letters, digits and brackets, without
                ``=``), or an empty text; ``{}`` in it stands for the ``letters`` of the column.
            letters: the column in the sheet.
        """
        cells, amounts, width = [], [], 0
        for (amount, notation, unverified), look, formula in zip(
            figures, looks, formulas or [""] * len(looks), strict=True
        ):
            if amount is None:
                shown = self._lacking(notation, look, formula.replace("{}", letters))
                width = max(width, shown.width)
                cells.append(shown.cell)
                continue
            amounts.append(amount)
            written = self._formats[look, unverified]
            if formula:
                live = formula.replace("{}", letters)
                cells.append(f"{written}><f>{live}</f><v>{amount}</v></c>")
            else:
                cells.append(f"{written}><v>{amount:.16G}</v></c>")
        if amounts:
            width = max(width, number_width(max(amounts)), number_width(min(amounts)))
        return Strip(cells, width)

    def _lacking(self, notation: str, look: str, formula: str) -> Shown:
        """What stands in place of a number."""
        if formula and (notation or not self._sparse):
            # Nothing below is a number: the sum shows the keys, and lives as soon as one is.
            stands, count = notation or MISSING, formula.replace("SUM(", "COUNT(")
            key = escape(stands, quote=False)
            live = f'IF({count}=0,"{key}",{formula})'
            cell = f'{self._keys[look]} t="str"><f>{live}</f><v>{key}</v></c>'
            return Shown(cell, width_of(stands))
        if (notation, look) not in self._missing:
            self._missing[notation, look] = (
                self._cells.number(None, self._styles[look], notation=notation)
                if notation or not self._sparse
                else self._cells.blank(self._styles[look])
            )
        return self._missing[notation, look]
