"""The registry of methods: formulas declared with units, equation number and source."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.methods.symbol import CellSymbol, Symbol

__all__ = ["OF_GAS", "Form", "Formula", "Method", "get", "method", "methods", "unit_of"]

# The measure of a method whose result is the gas that the entry names.
OF_GAS = "gas"

_SUBJECTS = (
    "energy",
    "energy_reference",
    "electricity",
    "fugitive",
    "industry",
    "transport",
    "agriculture",
    "waste",
    "waste_landfill",
    "forest",
    "forest_conversion",
    "forest_pools",
    "forest_project",
    "forest_stock",
    "trees",
    "wood",
    "coast",
    "coast_restored",
    "coast_sinks",
    "mariculture",
    "cropland",
    "forest_stocks",
    "credit",
    "measured",
    "gep_provisioning",
    "gep_water",
    "gep_soil",
    "gep_purification",
    "gep_carbon",
    "gep_amenity",
    "gep_culture",
)
_REGISTRY: dict[str, "Method"] = {}

Formula = Callable[..., Any]


class Form(NamedTuple):
    """One set of units that a method accepts: by mass or by volume, for example.

    ``units`` maps each argument to its unit; the units are coherent, so that the formula over plain
    numbers gives its result in the method's unit without any hidden factor.
    """

    units: Mapping[str, str]


class Method(NamedTuple):
    """A formula with its declaration.

    The first argument is the activity: what the entry must supply. ``linear`` says that the
    result is proportional to the activity, so that equal entries may be summed before the formula.

    ``measure`` is the gas (or service) of the result; ``OF_GAS`` stands for the gas that the entry
    names as its item or detail. ``generic`` says that a quantity without a name of its own may be
    the activity; where several activities look alike, only their names tell them apart.

    A *series method* needs the history: each argument is an array over consecutive years, and so
    is the result. ``printed`` is its formula in words, since a recursion does not print itself.
    """

    id: str
    function: Formula
    title: Text
    measure: str
    returns: str
    forms: tuple[Form, ...]
    source: str
    equation: str
    linear: bool
    printed: str = ""
    generic: bool = True

    @property
    def series(self) -> bool:
        """Whether the formula works on the years of an entry together."""
        return bool(self.printed)

    def measure_of(self, gas: str) -> str:
        """The measure of the result of an entry that names this gas."""
        return gas if self.measure == OF_GAS else self.measure

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments, the activity first."""
        return tuple(self.forms[0].units)

    @property
    def activity(self) -> str:
        """The argument that the entry supplies."""
        return self.arguments[0]

    @property
    def formula(self) -> str:
        """The formula in words, from the function itself."""
        return self.fill({name: name for name in self.arguments})

    def fill(self, printed: Mapping[str, str]) -> str:
        """The formula with each argument replaced by its printed number.

        That of a series method stays in words: the numbers of one year do not give its result.
        """
        if self.series:
            return self.printed
        return str(self.function(**{name: Symbol(printed[name]) for name in self.arguments}))

    def in_cells(self, cells: Mapping[str, str]) -> str:
        """The formula over cells of a spreadsheet that hold numbers in the units of a form.

        Empty for a series method, whose result is no formula of one year.
        """
        if self.series:
            return ""
        return str(self.function(**{name: CellSymbol(cells[name]) for name in self.arguments}))


def method(
    method_id: str,
    *,
    title: Text,
    measure: str,
    returns: str,
    units: Mapping[str, str],
    source: str,
    equation: str,
    variants: tuple[Mapping[str, str], ...] = (),
    linear: bool = False,
    series: str = "",
    generic: bool = True,
) -> Callable[[Formula], Formula]:
    """Declare a formula as a method.

    ``units`` names every argument in the order of the signature, the activity first; each of
    ``variants`` replaces some of them to form another coherent set. An argument without a unit is
    refused when the module is imported. ``series`` makes it a series method and is its formula in
    words.
    """
    forms = (Form(dict(units)), *(Form({**units, **variant}) for variant in variants))

    def register(function: Formula) -> Formula:
        # One without names of its own takes its values by whatever names the declaration has.
        code = function.__code__
        named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if named and named != tuple(units):
            raise TypeError(f"{method_id}: the declared units do not match the arguments")
        if any(set(form.units) != set(units) for form in forms):
            raise TypeError(f"{method_id}: a variant names an argument that the formula lacks")
        if method_id in _REGISTRY:
            raise TypeError(f"{method_id} is declared twice")
        _REGISTRY[method_id] = Method(
            method_id,
            function,
            title,
            measure,
            returns,
            forms,
            source,
            equation,
            linear,
            series,
            generic,
        )
        return function

    return register


@cache
def methods() -> Mapping[str, Method]:
    """All methods by id."""
    for subject in _SUBJECTS:
        import_module(f"carbonledger.methods.{subject}")
    return dict(sorted(_REGISTRY.items()))


def unit_of(measure: str) -> str:
    """The unit of the amounts of a measure: tonnes of a gas, or what its methods return."""
    return _units_of_measures().get(measure, f"t {measure}")


@cache
def _units_of_measures() -> Mapping[str, str]:
    return {each.measure: each.returns for each in methods().values() if each.measure != OF_GAS}


def get(method_id: str) -> Method:
    """The method with this id.

    Raises:
        CarbonledgerError: if there is none; names the nearest ids.
    """
    known = methods()
    if method_id in known:
        return known[method_id]
    from difflib import get_close_matches  # noqa: PLC0415 - needed only for the refusal

    near = get_close_matches(method_id, known, n=3, cutoff=0.4) or list(known)[:3]
    raise CarbonledgerError(
        f"没有名为“{method_id}”的方法。相近的有：{'、'.join(near)}。"
        "用 carbonledger methods 查看全部。",
        f"There is no method '{method_id}'. Near it: {', '.join(near)}. "
        "'carbonledger methods' lists all.",
    )
