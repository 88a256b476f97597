"""What is known about the cells of a sheet besides their values."""

from dataclasses import dataclass, field

__all__ = ["Place", "SheetAudit", "WorkbookError"]

Place = tuple[int, int]


class WorkbookError(Exception):
    """A workbook that is not read: ``damaged``, ``encrypted``, ``old``, ``bomb`` or ``reach``."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass
class SheetAudit:
    """Findings by 0-based place in the sheet.

    ``uncached`` maps formulas without a stored result to their text; ``zero_formulas`` are those
    whose stored result is 0 or empty in a format (``.xls``) where writers that cannot calculate
    store just that. ``overlay`` holds what a cell
    really says where the value reader would say something else (error values). ``formats`` holds
    number formats that show another number than the stored one. ``bottom`` and ``right`` bound the
    cells with content (-1 where there is none).
    """

    uncached: dict[Place, str] = field(default_factory=dict)
    zero_formulas: list[Place] = field(default_factory=list)
    overlay: dict[Place, str] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    top: int = -1
    left: int = -1
    bottom: int = -1
    right: int = -1

    def extend(self, row: int, column: int) -> None:
        """Note that a cell has content."""
        if self.bottom < 0:
            self.top, self.left = row, column
        self.top, self.left = min(self.top, row), min(self.left, column)
        self.bottom, self.right = max(self.bottom, row), max(self.right, column)

    @property
    def area(self) -> int:
        """The number of cells in the rectangle that holds all content."""
        return (
            (self.bottom - self.top + 1) * (self.right - self.left + 1) if self.bottom >= 0 else 0
        )
