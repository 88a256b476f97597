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
        self._blanks = {look: cells.blank(style) for look, style in styles.items()}
        self._stands: dict[str, tuple[str, int]] = {}
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
        cells, amounts, widths = [], [], {0}
        for (amount, notation, unverified), look, formula in zip(
            figures, looks, formulas or [""] * len(looks), strict=True
        ):
            if amount is None:
                if self._sparse and not notation:
                    shown = self._blanks[look]
                elif formula:
                    shown = self._live_key(notation or MISSING, look, formula, letters)
                else:
                    shown = self._key(notation, look)
                cells.append(shown.cell)
                widths.add(shown.width)
                continue
            amounts.append(amount)
            written = self._formats[look, unverified]
            if formula:
                live = formula.replace("{}", letters)
                cells.append(f"{written}><f>{live}</f><v>{amount}</v></c>")
            else:
                cells.append(f"{written}><v>{amount:.16G}</v></c>")
        if amounts:
            widths |= {number_width(max(amounts)), number_width(min(amounts))}
        return Strip(cells, max(widths))

    def _live_key(self, key: str, look: str, formula: str, letters: str) -> Shown:
        """Nothing below is a number: the sum shows the keys, and lives as soon as one is."""
        if key not in self._stands:
            self._stands[key] = escape(key, quote=False), width_of(key)
        stands, width = self._stands[key]
        total = formula.replace("{}", letters)
        live = f'IF({total.replace("SUM(", "COUNT(")}=0,"{stands}",{total})'
        cell = f'{self._keys[look]} t="str"><f>{live}</f><v>{stands}</v></c>'
        return Shown(cell, width)

    def _key(self, notation: str, look: str) -> Shown:
        """A notation key, or the mark of a missing figure."""
        if (notation, look) not in self._missing:
            cell = self._cells.number(None, self._styles[look], notation=notation)
            self._missing[notation, look] = cell
        return self._missing[notation, look]
