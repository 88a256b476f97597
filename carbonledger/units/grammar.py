"""The grammar of units: a text becomes terms over the closed list, or is refused.

    unit       = term { separator term } { "/" ( term | "(" term { separator term } ")" ) }
    separator  = "·" | "*" | "×" | space          ("每" is "/")
    term       = [multiplier] simple [power] [substance] [ "(" basis ")" ]  |  substance
    multiplier = 百 | 千 | 万 | … | 万亿 | 10^n | 10ⁿ | 1en            (n from 1 to 12)
    power      = "^"? (2 | 3 | -1 | -2 | -3)

- The longest spelling wins: 千克 is the kilogram, 千瓦时 the kilowatt-hour, 千米² is km².
- A multiplier multiplies the whole term: 万km² is 10⁴ km². There is one at most, and none before a
  negative power.
- Each "/" divides by the next term only, so a/b/c is a/(b·c). A product after a slash (kg/hm2·a)
  is read in two ways by two people and is refused; write kg/(hm2·a).
- Only lengths have powers above one. A substance belongs to the mass or volume before it.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from carbonledger.units.refusal import UnitError, listing, nearest, shown
from carbonledger.units.table import Row, Table, table
from carbonledger.units.text import plain

__all__ = ["Term", "read"]

_TERM_LIMIT = 6  # keeps every factor far from the ends of a float
_POWER_OF_TEN = re.compile(r"(?:10\^|1[eE]\+?)([0-9]{1,2})(?![0-9])[ ·]?")
_POWER = re.compile(r"(-?)([123])(?![0-9])")
_CHUNK = re.compile(r"[^/·() 每]*")
_ENDS = frozenset("/·) 每")


class Term(NamedTuple):
    """One factor of a unit; a power below zero is in the denominator.

    ``multiplier`` is a power of ten; it belongs to the whole term.
    """

    row: Row
    multiplier: int = 1
    power: int = 1
    substance: Row | None = None
    basis: Row | None = None


def read(text: str) -> list[Term]:
    """The terms of a unit as written.

    Raises:
        UnitError: if the text is not a unit of the closed list, or can be read in two ways.
    """
    return _Reader(text, table()).read()


class _Reader:
    """Reads one text from left to right, without ever going back."""

    def __init__(self, written: str, units: Table) -> None:
        self.written = written
        self.text = plain(written)
        self.units = units
        self.at = 0

    def read(self) -> list[Term]:
        if not self.text:
            self._refuse("单位是空的", "the unit is empty")
        terms = [self._term(1)]
        divided = False
        while self.at < len(self.text):
            if self._take("/") or self._take("每"):
                divided = True
                terms += self._group() if self._take("(") else [self._term(-1)]
            elif self._take(")"):
                self._refuse("多了一个右括号", "there is a closing parenthesis too many")
            elif divided:
                self._refuse_product_after_slash()
            else:
                self.at += 1
                terms.append(self._term(1))
        self._check(terms)
        return terms

    def _group(self) -> list[Term]:
        """The terms of a denominator in parentheses, after the opening one."""
        terms = [self._term(-1)]
        while not self._take(")"):
            if not (self._take("·") or self._take(" ")):
                self._refuse(
                    "分母的括号里只能有乘积，并且要有右括号",
                    "parentheses in a denominator hold a product and must be closed",
                )
            terms.append(self._term(-1))
        if not self._ended():
            self._refuse_unknown(self.at)
        return terms

    def _term(self, sign: int) -> Term:
        start = self.at
        multiplier = self._multiplier()
        bare = self.at
        row = self._longest(self.units.units)
        if row is None or self._substance_reaches(bare):
            self.at = bare
            return self._bare_substance(start, sign, multiplier)
        if row.kind == "refused":
            self._refuse_listed(row, bare)
        row, power = self._power(row, start)
        if multiplier > 1 and power < 0:
            self._refuse(
                "倍数后面不能跟负的幂，请用“/”写",
                "a multiplier cannot stand before a negative power; write it with '/'",
            )
        if power < 0 and sign < 0:
            self._refuse("分母里又有负的幂", "there is a negative power in the denominator")
        substance = self._substance(row) if power == 1 else None
        basis = self._basis(row)
        if not self._ended():
            self._refuse_unknown(start)
        return Term(row, multiplier, sign * power, substance, basis)

    def _bare_substance(self, start: int, sign: int, multiplier: int) -> Term:
        row = self._longest(self.units.substances)
        if multiplier > 1 and self._ended():
            self._refuse("倍数后面缺少单位", "a multiplier needs a unit after it")
        if row is None or multiplier > 1 or not self._ended():
            self._refuse_unknown(start)
        return Term(row, power=sign)

    def _substance_reaches(self, start: int) -> bool:
        """Whether the spelling of a substance goes further than that of the unit (dm, d)."""
        end, self.at = self.at, start
        self._longest(self.units.substances)
        further, self.at = self.at > end, end
        return further

    def _multiplier(self) -> int:
        """The multiplier before a unit, unless a longer spelling begins here (千克)."""
        found = _POWER_OF_TEN.match(self.text, self.at)
        if found is not None:
            exponent = int(found[1])
            if not 1 <= exponent <= 12:
                self._refuse("10 的幂只能是 1 到 12", "powers of ten go from 1 to 12")
            self.at = found.end()
            return int(10**exponent)
        if self._peek(self.units.units):
            return 1
        row = self._longest(self.units.multipliers)
        if row is None:
            return 1
        self._take(" ")
        if not self._peek(self.units.units) and self._peek(self.units.multipliers):
            self._refuse("一个单位只能有一个倍数", "a unit has one multiplier at most")
        return row.factor.numerator

    def _power(self, row: Row, start: int) -> tuple[Row, int]:
        """The power after a unit; a listed spelling such as ``m2`` stands for its own unit."""
        found = _POWER.match(self.text, self.at)
        if found is None:
            return row, 1
        sign, size = -1 if found[1] else 1, int(found[2])
        if size > 1 and not row.takes_power:
            self._refuse(
                f"“{row.spelling}”不能再有平方或立方",
                f"'{row.spelling}' cannot be squared or cubed",
            )
        if size == 1 and sign > 0:
            self._refuse_unknown(start)
        self.at = found.end()
        listed = self.units.units.get(f"{row.spelling}{size}")
        return (listed, sign) if listed is not None else (row, sign * size)

    def _substance(self, row: Row) -> Row | None:
        """The substance of a mass or volume: ``tC``, ``t C``, ``吨二氧化碳``."""
        if not row.takes_substance:
            return None
        start = self.at
        self._take(" ")
        substance = self._longest(self.units.substances)
        if substance is not None and self._ended():
            return substance
        self.at = start
        return None

    def _basis(self, row: Row) -> Row | None:
        if not row.takes_basis or not self._take("("):
            return None
        basis = self._longest(self.units.bases)
        if basis is None or not self._take(")"):
            zh, en = listing(self.units.spellings("basis"))
            self._refuse(
                f"能量单位后的括号里只能注明高位或低位（{zh}）",
                f"parentheses after an energy unit hold the heating-value basis ({en})",
            )
        return basis

    def _check(self, terms: list[Term]) -> None:
        if len(terms) > _TERM_LIMIT:
            self._refuse(
                f"一个单位最多由 {_TERM_LIMIT} 项组成",
                f"a unit has {_TERM_LIMIT} terms at most",
            )
        ones = [term for term in terms if term.row.trivial]
        if ones and (
            ones != terms[:1] or ones[0].multiplier > 1 or any(term.power > 0 for term in terms[1:])
        ):
            self._refuse(
                "“1”只能单独写，或写在“/”之前",
                "'1' stands alone or before a '/'",
            )
        bare = [term for term in terms if term.row.kind == "substance"]
        ratio = len(terms) == 1 or [term.power for term in terms] == [1, -1]
        if bare and not (ratio and len(bare) == len(terms)):
            example = f"t {bare[0].row.spelling}"
            self._refuse(
                f"物质“{bare[0].row.spelling}”前面要有质量或体积单位",
                f"the substance '{bare[0].row.spelling}' needs a mass or volume before it",
                (example,),
            )

    def _peek(self, rows: Mapping[str, Row]) -> bool:
        at = self.at
        found = self._longest(rows) is not None
        self.at = at
        return found

    def _longest(self, rows: Mapping[str, Row]) -> Row | None:
        """The row whose spelling is the longest that begins here; moves behind it."""
        for size in range(min(self.units.longest, len(self.text) - self.at), 0, -1):
            row = rows.get(self.text[self.at : self.at + size])
            if row is not None:
                self.at += size
                return row
        return None

    def _ended(self) -> bool:
        return self.at == len(self.text) or self.text[self.at] in _ENDS

    def _take(self, char: str) -> bool:
        taken = self.text.startswith(char, self.at)
        self.at += taken
        return taken

    def _refuse(self, zh: str, en: str, suggestions: tuple[str, ...] = ()) -> NoReturn:
        hint = ("请改写。", "Please write it differently.")
        if suggestions:
            hint_zh, hint_en = listing(suggestions)
            hint = (f"可以写成：{hint_zh}。", f"Write: {hint_en}.")
        raise UnitError(
            f"单位“{shown(self.written)}”读不出来：{zh}。{hint[0]}",
            f"The unit '{shown(self.written)}' cannot be read: {en}. {hint[1]}",
            suggestions,
        )

    def _refuse_listed(self, row: Row, start: int) -> NoReturn:
        word = shown(self.text[start : self.at])
        zh, en = listing(row.instead)
        raise UnitError(
            f"单位“{shown(self.written)}”中的“{word}”不能用：{row.note.zh}。请改用：{zh}。",
            f"'{word}' in the unit '{shown(self.written)}' is refused: {row.note.en}. Write: {en}.",
            row.instead,
        )

    def _refuse_product_after_slash(self) -> NoReturn:
        before, _, after = self.text[: self.at].rpartition("/")
        start = self.at + 1
        self.at = start
        self._term(1)  # what is not a unit is refused as such
        rest = self.text[start : self.at]
        clear = before and "(" not in after and "每" not in after
        self._refuse(
            "“/”后面的乘积有两种读法，请加括号",
            "a product after '/' can be read in two ways; use parentheses",
            (f"{before}/({after}·{rest})", f"{before}·{rest}/{after}") if clear else (),
        )

    def _refuse_unknown(self, start: int) -> NoReturn:
        chunk = _CHUNK.match(self.text, start)
        word = chunk[0] if chunk else ""
        if self.text.startswith("(", start + len(word)):
            self._refuse(
                "括号只能用于分母，例如 kg/(hm2·a)，"
                "或紧跟在能量单位后注明高位、低位，例如 GJ(高位)",
                "parentheses stand in a denominator, as in kg/(hm2·a), or right after an energy "
                "unit for the heating-value basis, as in GJ(gross)",
            )
        if not word:
            self._refuse("缺少单位", "a unit is missing")
        if word[0] in "0123456789":
            self._refuse(
                f"“{shown(word)}”中的数字不能当作倍数，倍数写成 万、亿 或 10^4、1e4",
                f"the digits of '{shown(word)}' are no multiplier; write 万, 亿, 10^4 or 1e4",
                nearest(word.lstrip("0123456789"), self._known()),
            )
        suggestions = self._near(word)
        zh, en = listing(suggestions)
        raise UnitError(
            f"单位“{shown(self.written)}”中的“{shown(word)}”不在单位表内。相近的写法：{zh}。"
            "单位区分大小写。",
            f"'{shown(word)}' in the unit '{shown(self.written)}' is not a listed unit. "
            f"Nearest spellings: {en}. Capitals matter.",
            suggestions,
        )

    def _near(self, word: str) -> tuple[str, ...]:
        """The nearest spellings: of the substance, where the word begins with a mass (tco2)."""
        reader = _Reader(word, self.units)
        if not reader._peek(self.units.units):
            reader._longest(self.units.multipliers)
        unit = reader.text[reader.at :]
        row = reader._longest(self.units.units)
        tail = reader.text[reader.at :].strip().casefold()
        if row is not None and row.takes_substance:
            folded = {name.casefold(): name for name in self.units.substances}
            if tail in folded:
                return (f"{row.spelling} {folded[tail]}",)
        return nearest(unit or word, self._known())

    def _known(self) -> list[str]:
        return list(self.units.spellings("unit", "substance"))
