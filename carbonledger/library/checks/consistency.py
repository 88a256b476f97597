"""Rules between rows: carbon, heat, coal equivalents and warming potentials that must agree."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from carbonledger import units
from carbonledger.errors import Text
from carbonledger.library.checks.context import Context, Value
from carbonledger.library.checks.findings import Place, explained_grade, finding
from carbonledger.model.problem import Grade, Problem

__all__ = ["check_consistency"]

CO2_PER_CARBON = 44 / 12  # ratio of the molar masses that every guideline uses
_FACTOR_TOLERANCE = 0.01  # factors are printed with three digits
_DIRECT_TOLERANCE, _DIRECT_LIMIT = 0.02, 0.05  # three rounded numbers multiplied
_COAL_EQUIVALENT_TOLERANCE = 0.005
_SUM_TOLERANCE = 1e-6
_NEEDED = ("CO2", "CH4_fossil", "CH4_nonfossil", "N2O")
_SHARES_FULL = 1.0

_CHECK = Text(
    "请对照原件核对这几行的数值、单位和品种。",
    "Check the values, units and items of these rows by the document.",
)


def check_consistency(context: Context) -> Iterator[Problem]:
    """Values of one edition that contradict one another."""
    by_key: dict[tuple[str, str, str], list[Value]] = defaultdict(list)
    for value in context.plausible:
        by_key[value.row.edition, value.row.parameter, value.row.item].append(value)
    for (edition, _, item), found in by_key.items():
        for value in found:
            rule = _RULES.get(value.row.parameter)
            if rule is not None and item:
                yield from rule(context, value, _Family(by_key, edition, item))
    yield from _warming(context)
    yield from _blends(context)


class _Family:
    """The values of one edition that hold for an item, for a given scope."""

    def __init__(
        self, by_key: dict[tuple[str, str, str], list[Value]], edition: str, item: str
    ) -> None:
        self._by_key, self._edition, self._item = by_key, edition, item

    def of(self, parameter: str, beside: Value) -> list[Value]:
        """The values for this item, or else for all; in the scope of the other value."""
        for item in (self._item, ""):
            found = [
                value
                for value in self._by_key.get((self._edition, parameter, item), ())
                if all(a in ("", b) for a, b in zip(value.scope, beside.scope, strict=True))
                and _overlap(value, beside)
            ]
            if found:
                return found
        return []


def _overlap(a: Value, b: Value) -> bool:
    starts = [row.valid_from for row in (a.row, b.row) if row.valid_from]
    ends = [row.valid_to for row in (a.row, b.row) if row.valid_to]
    return not starts or not ends or max(starts) <= min(ends)


def _heat_factor(context: Context, factor: Value, family: _Family) -> Iterator[Problem]:
    """CO2 per heat = carbon content x 44/12, with or without oxidation."""
    declared = factor.in_unit("t CO2/TJ")
    if declared is None:
        yield from _per_flight(context, factor, family)
        return
    for carbon in family.of("carbon_content", factor):
        content = carbon.in_unit("t C/TJ")
        if not content:
            continue
        full = content * CO2_PER_CARBON
        shares = {_SHARES_FULL, *_oxidation(family, factor)}
        off = min(abs(declared / (full * share) - 1) for share in shares)
        if off > _FACTOR_TOLERANCE:
            yield finding(
                Grade.A, "carbon-and-factor", factor.place, "value",
                Text(
                    f"CO2 排放因子 {declared:.5g} t CO2/TJ 与同一版本的含碳量 {content:.5g} t C/TJ"
                    f"（{_at(carbon)}）不符：{content:.5g} × 44/12 = {full:.5g}，"
                    f"相差 {off:.1%}。",
                    f"The CO2 factor of {declared:.5g} t CO2/TJ contradicts the carbon content of "
                    f"{content:.5g} t C/TJ of its edition ({_at(carbon)}): {content:.5g} x 44/12 "
                    f"= {full:.5g}, a difference of {off:.1%}.",
                ),
                _CHECK,
            )  # fmt: skip


def _per_flight(context: Context, factor: Value, family: _Family) -> Iterator[Problem]:
    """CO2 of a landing and take-off over its fuel is that of burned kerosene."""
    emitted = factor.in_unit("kg CO2/LTO")
    for fuel in family.of("fuel_consumption", factor) if emitted else ():
        burned = fuel.in_unit("kg/LTO")
        if not emitted or not burned:
            continue
        refused = context.check_limits.refusal("co2_per_fuel", emitted / burned, "t CO2/t")
        if refused is not None:
            message = Text(
                f"{emitted:g} kg CO2 与燃料 {burned:g} kg（{_at(fuel)}）不符：{refused[0].zh}",
                f"{emitted:g} kg CO2 contradicts {burned:g} kg of fuel ({_at(fuel)}): "
                f"{refused[0].en}",
            )
            yield finding(Grade.A, "co2-and-fuel", factor.place, "value", message, _CHECK)


def _oxidation(family: _Family, beside: Value) -> list[float]:
    shares = [value.in_unit("1") for value in family.of("oxidation_fraction", beside)]
    return [share for share in shares if share]


def _direct_factor(context: Context, factor: Value, family: _Family) -> Iterator[Problem]:
    """CO2 per tonne or cubic metre = heat x carbon content x oxidation x 44/12."""
    for unit, heat_unit in (("t CO2/t", "TJ/t"), ("t CO2/m3", "TJ/m3")):
        declared = factor.in_unit(unit)
        if declared is None:
            continue
        pairs = product(
            family.of("net_calorific_value", factor), family.of("carbon_content", factor)
        )
        for heat, carbon in pairs:
            per_quantity, content = heat.in_unit(heat_unit), carbon.in_unit("t C/TJ")
            if not per_quantity or not content:
                continue
            full = per_quantity * content * CO2_PER_CARBON
            computed = min(
                (full * share for share in {_SHARES_FULL, *_oxidation(family, factor)}),
                key=lambda each: abs(declared / each - 1),
            )
            off = abs(declared / computed - 1)
            if off > _DIRECT_TOLERANCE:
                grade = Grade.A if off > _DIRECT_LIMIT else Grade.B
                if explained_grade(factor.row.note) is Grade.D:
                    grade = Grade.D
                yield finding(
                    grade, "direct-factor", factor.place, "value",
                    Text(
                        f"CO2 因子 {declared:.5g} {unit} 与同一版本的热值（{_at(heat)}）、含碳量"
                        f"（{_at(carbon)}）不符：热值 × 含碳量 × 氧化率 × 44/12 = {computed:.5g}，"
                        f"相差 {off:.1%}。",
                        f"The CO2 factor of {declared:.5g} {unit} contradicts the heating value "
                        f"({_at(heat)}) and carbon content ({_at(carbon)}) of its edition: heat x "
                        f"carbon x oxidation x 44/12 = {computed:.5g}, a difference of {off:.1%}.",
                    ),
                    _CHECK,
                )  # fmt: skip


def _carbon_per_mass(context: Context, carbon: Value, family: _Family) -> Iterator[Problem]:
    """No fuel holds more carbon than itself; methane fuels not more than methane."""
    content = carbon.in_unit("t C/TJ")
    if content is None:
        return
    heats = [heat.in_unit("TJ/t") for heat in family.of("net_calorific_value", carbon)]
    item = carbon.row.item
    known = [heat for heat in heats if heat]
    where = Text("同一版本", "of its edition")
    if not known:
        # The edition has no heating value per tonne: the least of the others may serve.
        others = [
            heat.in_unit("TJ/t") for heat in context.of("net_calorific_value")
            if heat.row.item == item and not heat.row.detail
        ]  # fmt: skip
        known = [min(heat for heat in others if heat)] if any(others) else []
        where = Text("其他版本（最低）", "of another edition (the least)")
    for heat in known:
        share = heat * content
        if context.check_limits.refusal("carbon_per_mass", share, "t C/t", item) is None:
            continue
        _, most = context.check_limits.bounds("carbon_per_mass", "t C/t", item)
        grade = Grade.A if share > 1 else explained_grade(carbon.row.note)
        yield finding(
            grade, "carbon-per-mass", carbon.place, "value",
            Text(
                f"含碳量 {content:.5g} t C/TJ 乘以{where.zh}的热值 {heat * 1000:.5g} GJ/t，"
                f"每吨含碳 {share:.3f} t，即 {share * CO2_PER_CARBON:.3g} t CO2/t；该品种最多 "
                f"{most:.3g} t C/t（{most * CO2_PER_CARBON:.3g} t CO2/t）。",
                f"A carbon content of {content:.5g} t C/TJ times the heating value {where.en}, "
                f"{heat * 1000:.5g} GJ/t, is {share:.3f} t C per tonne or "
                f"{share * CO2_PER_CARBON:.3g} t CO2/t; this item holds at most {most:.3g} t C/t "
                f"({most * CO2_PER_CARBON:.3g} t CO2/t).",
            ),
            Text(
                "像是另一品种的含碳量，请对照原件。确有此值时在 note 中写“explained: 原因”。",
                "It may be the carbon content of another fuel; check it by the document. If the "
                "document says so, write 'explained: why' in note.",
            ),
        )  # fmt: skip


def _coal_equivalent(context: Context, factor: Value, family: _Family) -> Iterator[Problem]:
    """Coal equivalent x heat per coal equivalent = heating value, in one kilocalorie."""
    own = [each.row.value for each in context.of("heat_per_coal_equivalent", factor.row.edition)]
    heats = own or [each.row.value for each in context.of("heat_per_coal_equivalent")]
    for unit, heat_unit in (("tce/t", "GJ/t"), ("tce/m3", "GJ/m3")):
        amount = factor.in_unit(unit)
        if not amount:
            continue
        for value in family.of("net_calorific_value", factor):
            declared = value.in_unit(heat_unit)
            if not declared or not heats:
                continue
            computed = min((amount * h for h in heats), key=lambda each: abs(declared / each - 1))
            off = abs(declared / computed - 1)
            if off > _COAL_EQUIVALENT_TOLERANCE:
                yield finding(
                    Grade.A, "coal-equivalent", factor.place, "value",
                    Text(
                        f"折标系数 {factor.row.value:.6g} {factor.row.unit} 乘以标准煤热值得 "
                        f"{computed:.5g} {heat_unit}，而同一版本的热值是 {declared:.5g}"
                        f"（{_at(value)}），相差 {off:.1%}。",
                        f"The coal equivalent of {factor.row.value:.6g} {factor.row.unit} times "
                        f"the heat per coal equivalent is {computed:.5g} {heat_unit}, and the "
                        f"heating value of its edition {declared:.5g} ({_at(value)}): a "
                        f"difference of {off:.1%}.",
                    ),
                    _CHECK,
                )  # fmt: skip


_RULES = {
    "co2_emission_factor": _heat_factor,
    "co2_factor": _direct_factor,
    "carbon_content": _carbon_per_mass,
    "coal_equivalent_coefficient": _coal_equivalent,
}


def _warming(context: Context) -> Iterator[Problem]:
    sets: dict[str, dict[str, Value]] = defaultdict(dict)
    measures, species = (context.tables.keys("gases.csv", key) for key in ("measure", "species"))
    for value in context.potentials:
        sets[value.row.edition][value.row.species] = value
        gas = value.row.species.partition("_")[0]
        if value.row.species in measures - species:
            yield _gwp(
                value, "species",
                Text(
                    f"没有排放气体用到“{value.row.species}”的 GWP。",
                    f"No gas takes the GWP of '{value.row.species}'.",
                ),
            )  # fmt: skip
        try:
            fits = units.same_dimension(value.row.unit, f"t CO2e/t {gas}")
        except units.UnitError:
            continue  # the species is reported as unknown
        if not fits:
            yield _gwp(
                value, "unit",
                Text(
                    f"{value.row.species} 的 GWP 单位是 {value.row.unit}，应为 t CO2e/t {gas}。",
                    f"The GWP of {value.row.species} is in {value.row.unit}, not t CO2e/t {gas}.",
                ),
            )  # fmt: skip
    for name, found in sets.items():
        first = next(iter(found.values()))
        missing = [gas for gas in _NEEDED if gas not in found]
        if missing:
            yield _gwp(
                first, "species",
                Text(
                    f"GWP 值组 {name} 缺少 {'、'.join(missing)}，其 CO2 当量会漏算。",
                    f"The GWP set {name} lacks {', '.join(missing)}: CO2e would be left out.",
                ),
            )  # fmt: skip
        if "CO2" in found and found["CO2"].row.value != 1:
            yield _gwp(
                found["CO2"], "value",
                Text("CO2 的 GWP 按定义为 1。", "The GWP of CO2 is 1 by definition."),
            )  # fmt: skip
        fossil, other = found.get("CH4_fossil"), found.get("CH4_nonfossil")
        if fossil and other and fossil.row.value < other.row.value:
            yield _gwp(
                fossil, "value",
                Text(
                    f"化石源 CH4 的 GWP（{fossil.row.value:g}）小于非化石源"
                    f"（{other.row.value:g}），两行可能填反。",
                    f"The GWP of fossil CH4 ({fossil.row.value:g}) is below that of other CH4 "
                    f"({other.row.value:g}): the two may be exchanged.",
                ),
            )  # fmt: skip


def _gwp(value: Value, column: str, message: Text) -> Problem:
    remedy = Text("请对照 IPCC 报告的 GWP 表。", "Check it by the GWP table of the IPCC report.")
    return finding(Grade.A, "gwp", value.place, column, message, remedy)


def _blends(context: Context) -> Iterator[Problem]:
    shares: dict[str, float] = defaultdict(float)
    places: dict[str, Place] = {}
    for row in context.tables.valid("blends.csv"):
        shares[row.record.blend] += row.record.mass_fraction
        places.setdefault(row.record.blend, row.place)
    for blend, total in shares.items():
        if abs(total - 1) > _SUM_TOLERANCE:
            yield finding(
                Grade.A, "blend", places[blend], "mass_fraction",
                Text(
                    f"{blend} 的组分之和为 {total:.4g}，不是 1。",
                    f"The components of {blend} add up to {total:.4g} and not to 1.",
                ),
                Text(
                    "请核对各组分的质量分数。", "Check the mass fractions of its components."
                ),
            )  # fmt: skip


def _at(value: Value) -> str:
    return f"{value.place.file}:{value.place.row}"
