"""Where an energy balance has its headings: blocks of rows under one heading, and its columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from carbonledger.errors import Text
from carbonledger.intake.energy_balance_labels import (
    Labels,
    Match,
    Scheme,
    chinese_part,
    label_keys,
)
from carbonledger.intake.energy_balance_units import measure, split_unit
from carbonledger.intake.energy_balance_words import (
    half_known_label,
    repeated_label,
    two_units,
    unknown_label,
)
from carbonledger.intake.table import Grid
from carbonledger.model.problem import Grade, Problem

__all__ = ["Block", "Head", "find_blocks", "match_lines", "read_heads", "repeated_heads"]


@dataclass(frozen=True)
class Block:
    """One stretch of the sheet under one heading: rows ``top`` to ``body`` are the heading."""

    top: int
    body: int
    end: int
    label_columns: tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """The heading of one column of one block."""

    item: str
    label: str
    column: int
    row: int
    unit: str


def find_blocks(grid: Grid, layout: Scheme) -> Iterator[Block]:
    """Headings and what stands below each; a yearbook continues wide tables further down."""
    tops = [row for row in range(len(grid.rows)) if len(_carriers(grid, layout, row)) >= 2]
    # A second heading row (English names) directly below belongs to the same heading.
    starts = [row for row in tops if row - 1 not in tops]
    for place, top in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(grid.rows)
        labels = _label_columns(grid, layout, top, end)
        # A row of numbers whose label is not known belongs to the body too, to be reported there.
        body = next(
            (
                row
                for row in range(top + 1, end)
                if row not in tops
                and (any(_flow(grid, layout, row, c).codes for c in labels) or _filled(grid, row))
            ),
            None,
        )
        if body is not None:
            yield Block(top, body, end, labels or (0,))


def _filled(grid: Grid, row: int) -> bool:
    """Whether the row holds numbers, as rows of data do and headings do not."""
    return any(grid.cell(row, column).kind == "number" for column in range(grid.width))


def _carriers(grid: Grid, layout: Scheme, row: int) -> dict[int, str]:
    found = {}
    for column in range(grid.width):
        text = grid.text(row, column)
        if isinstance(grid.rows[row][column], str) and label_keys(text):
            codes = layout.carrier_labels.match(split_unit(text)[0]).codes
            if len(codes) == 1:
                found[column] = codes[0]
    return found if len(set(found.values())) >= 2 else {}


def _flow(grid: Grid, layout: Scheme, row: int, column: int) -> Match:
    raw = grid.rows[row][column]
    return layout.flow_labels.match(raw) if isinstance(raw, str) else Match(())


def _label_columns(grid: Grid, layout: Scheme, top: int, end: int) -> tuple[int, ...]:
    headed = _carriers(grid, layout, top)
    found = []
    for column in range(grid.width):
        flows = {
            code for row in range(top + 1, end) for code in _flow(grid, layout, row, column).codes
        }
        # One row label may stand in a heading by chance ("洗煤" as the second line of "其他洗煤").
        if len(flows) >= 2 and column not in headed:
            found.append(column)
    return tuple(found)


def read_heads(grid: Grid, layout: Scheme, block: Block) -> tuple[list[Head], list[Problem]]:
    """The carriers of a block, and the headings that cannot be read."""
    heads: list[Head] = []
    problems: list[Problem] = []
    rows = [
        row
        for row in range(block.body, block.end)
        if _filled(grid, row) or any(_flow(grid, layout, row, c).codes for c in block.label_columns)
    ]
    for column in range(grid.width):
        if column in block.label_columns:
            continue
        lines = _heading_lines(grid, block, column)
        filled = any(grid.text(row, column) for row in rows)
        if not lines and not filled:
            continue
        head, trouble = _head(grid, layout, block, column, lines, filled)
        heads += [head] if head else []
        problems += trouble
    return heads, problems


def _heading_lines(grid: Grid, block: Block, column: int) -> list[tuple[int, str]]:
    """The texts above a column; a heading merged over several cells stands for each of them."""
    lines: dict[tuple[int, int], str] = {}
    for row in range(block.top, block.body):
        merge = grid.merge_of(row, column)
        place = (merge[0], merge[1]) if merge else (row, column)
        lines[place] = grid.text(*place)
    return [(place[0], text) for place, text in lines.items() if text]


def _head(
    grid: Grid,
    layout: Scheme,
    block: Block,
    column: int,
    lines: list[tuple[int, str]],
    filled: bool,
) -> tuple[Head | None, list[Problem]]:
    split = [split_unit(text) for _, text in lines]
    texts = [name for name, _ in split if name]
    units = {measure(unit): unit for _, unit in reversed(split) if unit}
    row = lines[0][0] if lines else block.top
    match = match_lines(layout.carrier_labels, texts)
    label = " ".join(texts)
    if len(match.codes) == 1:
        code = match.codes[0]
        if layout.carriers[code].kind == "ignored":
            return None, []
        problems = [half_known_label(grid, (row, column), label, match)] if match.unknown else []
        if len(units) > 1:
            problems.append(two_units(grid, (row, column), label, list(units.values())))
        return Head(code, label, column, row, next(iter(units.values()), "")), problems
    if not texts and not filled:
        return None, []
    grade = Grade.A if filled else Grade.D
    return None, [unknown_label(grid, layout.carrier_labels, grade, (row, column), label, match)]


def match_lines(labels: Labels, texts: list[str]) -> Match:
    """The meaning of a heading in several lines: whole, or each line on its own."""
    whole = labels.match(" ".join(texts))
    if len(whole.codes) == 1 and not whole.unknown:
        return whole
    each = [labels.match(text) for text in texts]
    alone = {code for match in each for code in match.codes}
    if len(alone) != 1:
        return Match(whole.codes if len(alone) < 2 else tuple(sorted(alone)), whole.unknown)
    # A group heading above (煤 over 原煤) says nothing of its own; an English name that stands
    # alone beside unknown Chinese words does not make those known.
    known = any(match.codes and chinese_part(text) for text, match in zip(texts, each, strict=True))
    known = known and not any(match.codes and match.unknown for match in each)
    return Match(tuple(alone), "" if known else whole.unknown)


def repeated_heads(grid: Grid, heads: list[Head]) -> list[Problem]:
    """Carriers that have two columns."""
    first: dict[str, Head] = {}
    problems = []
    for head in heads:
        other = first.setdefault(head.item, head)
        if other is not head:
            problems.append(
                repeated_label(
                    grid,
                    (head.row, head.column),
                    (other.row, other.column),
                    Text(f"列“{head.label}”", f"The column '{head.label}'"),
                )
            )
    return problems
