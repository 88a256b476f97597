"""Warming potentials of refrigerant blends, derived from those of their components."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from carbonledger.model.potentials import GWP, GWP_UNIT
from carbonledger.model.records import Blend, Parameter, Status

__all__ = ["blend_potentials"]


def blend_potentials(
    components: Sequence[Blend], parameters: Iterable[Parameter]
) -> list[Parameter]:
    """The GWP of every blend in every set that has a value for all of its components.

    It is the mean of the components weighted by mass: a tonne of the blend is that much of each. It
    is as unverified as the least certain of its composition and its components.
    """
    sets: dict[str, dict[str, Parameter]] = {}
    for row in parameters:
        if row.parameter == GWP:
            sets.setdefault(row.edition, {})[row.species] = row
    return [
        _potential(blend, parts, known)
        for blend, parts in _blends(components)
        for known in sets.values()
        if all(part.component in known for part in parts)
    ]


def _blends(components: Sequence[Blend]) -> list[tuple[str, list[Blend]]]:
    ordered = sorted(components, key=lambda part: part.blend)
    return [(blend, list(parts)) for blend, parts in groupby(ordered, lambda part: part.blend)]


def _potential(blend: str, parts: list[Blend], known: dict[str, Parameter]) -> Parameter:
    rows = [known[part.component] for part in parts]
    value = sum(part.mass_fraction * row.value for part, row in zip(parts, rows, strict=True))
    statuses = {part.status for part in parts} | {row.status for row in rows}
    recipe = " + ".join(
        f"{part.mass_fraction:g} x {row.value:g} ({part.component})"
        for part, row in zip(parts, rows, strict=True)
    )
    return rows[0].model_copy(
        update={
            "id": f"{rows[0].edition}/{blend}",
            "species": blend,
            "value": value,
            "unit": GWP_UNIT.format(gas=blend),
            "locator": f"{rows[0].locator}; composition: {parts[0].locator}",
            "status": Status.UNVERIFIED if Status.UNVERIFIED in statuses else Status.VERIFIED,
            "note": f"derived from the components: {recipe}",
        }
    )
