"""What a unit measures, in words that a clerk uses, and why two units do not convert."""

from carbonledger.errors import Text
from carbonledger.units.refusal import UnitError, shown
from carbonledger.units.registry import Powers, measures
from carbonledger.units.table import Row, table

__all__ = ["in_words", "incompatible"]

_GWP = Text(
    "二氧化碳当量由方法按 GWP 计算",
    "CO2 equivalents are computed by a method with a GWP",
)
_STATE_SUBSTANCE = Text(
    "请写明物质，例如 t CO2、t C、t CH4；不同物质之间只能由方法换算",
    "state the substance, such as t CO2, t C, t CH4; only a method converts substances",
)
_HEATING_VALUE = Text(
    "要用热值（例如 GJ/t、GJ/m3）换算",
    "a heating value (such as GJ/t, GJ/m3) is needed",
)

# Keyed by the powers by which the two dimensions differ, either way round.
_HINTS: dict[Powers, Text] = {
    (("length", -3), ("mass", 1)): Text(
        "质量与体积之间要用密度换算", "a density is needed between mass and volume"
    ),
    (("C", 1), ("CO2", -1)): Text(
        "碳与二氧化碳之间的 44/12 只由方法计算",
        "only a method applies the 44/12 between carbon and CO2",
    ),
    (("N", 1), ("N2O", -1)): Text(
        "氮与氧化亚氮之间的 44/28 只由方法计算",
        "only a method applies the 44/28 between nitrogen and N2O",
    ),
    (("coal_equivalent", 1), ("energy", -1)): Text(
        "吨标准煤有两种热值：写 tce(4.1816)（29.2712 GJ）或 tce(4.1868)（29.3076 GJ）",
        "there are two tonnes of coal equivalent: write tce(4.1816) (29.2712 GJ) "
        "or tce(4.1868) (29.3076 GJ)",
    ),
    (("coal_equivalent", 1), ("mass", -1)): Text(
        "实物量与标准煤之间要用折标准煤系数（tce/t）换算",
        "a coal equivalent coefficient (tce/t) is needed",
    ),
    (("energy", 1), ("mass", -1)): _HEATING_VALUE,
    (("energy", 1), ("length", -3)): _HEATING_VALUE,
    (("gross", 1),): Text(
        "高位与低位热值之间没有固定的换算系数，要用参数",
        "gross and net heating values have no fixed ratio; a parameter is needed",
    ),
    (("normal_state", 1),): Text(
        "Nm3 是 0 ℃ 下的体积，统计用的天然气立方米通常是 20 ℃ 下的体积，相差约 7%",
        "Nm3 is a volume at 0 degrees C; the cubic metre of gas statistics is usually at "
        "20 degrees C, about 7 % more",
    ),
    (("time", 1), ("year", -1)): Text(
        "一年按 365 天还是 366 天由方法规定",
        "whether a year has 365 or 366 days is for the method to say",
    ),
    (("dm", 1),): Text("要用含水率换算干物质", "a moisture content is needed for dry matter"),
    (("dm", 1), ("fm", -1)): Text(
        "鲜重与干重之间要用含水率换算", "a moisture content is needed between fresh and dry"
    ),
    (("C", 1), ("dm", -1)): Text(
        "要用含碳率（t C/t dm）换算", "a carbon fraction (t C/t dm) is needed"
    ),
}


def in_words(powers: Powers) -> Text:
    """What the powers of dimensions measure: 质量, 碳的质量/能量, mass of C / energy."""
    if not powers:
        return Text("无量纲数", "a plain number")
    above = tuple((name, power) for name, power in powers if power > 0)
    below = tuple((name, -power) for name, power in powers if power < 0)
    named = measures().get(powers)
    if named is not None:
        return named
    upper = _product(above) if above else Text("1", "1")
    if not below:
        return upper
    lower = _product(below)
    return Text(f"{upper.zh}/{_bracket(lower.zh)}", f"{upper.en} / {_bracket(lower.en)}")


def incompatible(written: str, source: Powers, wanted: str, target: Powers) -> UnitError:
    """The refusal of a conversion between units that measure different things."""
    one, other = in_words(source), in_words(target)
    hint = _hint(source, target)
    zh, en = (f"{hint.zh}。", f" {hint.en[0].upper()}{hint.en[1:]}.") if hint else ("", "")
    return UnitError(
        f"“{shown(written)}”是{one.zh}，“{shown(wanted)}”是{other.zh}，不能直接换算。{zh}",
        f"'{shown(written)}' measures {one.en}, '{shown(wanted)}' measures {other.en}: "
        f"they cannot be converted.{en}",
    )


def _product(powers: Powers) -> Text:
    """Positive powers in words; a substance belongs to the mass or volume beside it."""
    base = _base_rows()
    marks = [base[name].name for name, _ in powers if base[name].kind != "unit"]
    rest = tuple((name, power) for name, power in powers if base[name].kind == "unit")
    of_zh, of_en = "、".join(mark.zh for mark in marks), ", ".join(mark.en for mark in marks)
    if not rest:
        return Text(of_zh, of_en)
    words = [_power(base[name].measure, (name, power)) for name, power in rest]
    main = measures().get(rest) or Text(
        "×".join(word.zh for word in words), " x ".join(word.en for word in words)
    )
    return Text(f"{of_zh}的{main.zh}", f"{main.en} of {of_en}") if marks else main


def _power(base: Text, of: tuple[str, int]) -> Text:
    """A power of one dimension: an area or a volume by its name."""
    if of[1] == 1:
        return base
    return measures().get((of,)) or Text(f"{base.zh}^{of[1]}", f"{base.en}^{of[1]}")


def _bracket(words: str) -> str:
    return f"({words})" if "×" in words or " x " in words else words


def _hint(source: Powers, target: Powers) -> Text | None:
    difference = dict(source)
    for name, power in target:
        difference[name] = difference.get(name, 0) - power
    left = tuple(sorted((name, power) for name, power in difference.items() if power))
    back = tuple((name, -power) for name, power in left)
    listed = _HINTS.get(left) or _HINTS.get(back)
    if listed is not None:
        return listed
    base = _base_rows()
    if all(base[name].kind == "substance" for name, _ in left):
        return _GWP if any(name == "CO2e" for name, _ in left) else _STATE_SUBSTANCE
    return None


def _base_rows() -> dict[str, Row]:
    """The base unit of each dimension."""
    return {
        name.strip("[]"): row for row in table().rows for name, _ in row.of if name.startswith("[")
    }
