"""The parameters of a run: which row of the library serves each argument of each option."""

import numpy as np
import pandas as pd

from carbonledger import units
from carbonledger.engine.options import Option
from carbonledger.library.load import Library
from carbonledger.library.numbering import Coded, Numbers, coded, pairs
from carbonledger.library.select import winners
from carbonledger.memory import values_by
from carbonledger.model.potentials import GWP, GWP_UNIT
from carbonledger.model.profile import Profile

__all__ = ["find_parameters"]


def find_parameters(
    wanted: pd.DataFrame, options: list[Option], library: Library, profile: Profile, gwp: str
) -> pd.DataFrame:
    """The library row for every argument that an option wants.

    Args:
        wanted: a row for every key and option, as in ``plan.Asked``.
        options: the options by number.
        library: where to look.
        profile: the order of the families.
        gwp: the edition of the warming potentials.

    Returns:
        Columns ``wanted`` (place in ``wanted``), ``argument``, ``row`` (index into the parameters)
        and ``fallback``.
    """
    row, requests = _requests(wanted, options, library)
    orders = {**profile.parameter_families, GWP: [gwp]}
    rules = profile.model_copy(update={"parameter_families": orders})
    served, found, fallback = winners(requests, library, rules)
    numbers, names = requests["argument"]
    arguments = np.array(names, dtype=object)[numbers[served]]
    return pd.DataFrame(
        {"wanted": row[served], "argument": arguments, "row": found, "fallback": fallback}
    )


def _requests(
    wanted: pd.DataFrame, options: list[Option], library: Library
) -> tuple[Numbers, dict[str, Coded]]:
    """The row of ``wanted`` that each request is for, and the columns of the requests.

    First those for the arguments, then those for warming potentials, which only tell the species
    and the period.
    """
    keys = {
        name: coded(wanted[name].tolist())
        for name in ("item", "detail", "account", "region", "period")
    }
    of_rows = wanted["option"].to_numpy()
    arguments = [
        (number, name, units.dimension(unit), "")
        for number, option in enumerate(options)
        for name, unit in option.wanted.items()
    ]
    row, asked = pairs(of_rows, np.array([number for number, *_ in arguments], dtype=np.int64))
    # The species of a gas depends on where its carbon comes from.
    carbon = values_by(library.items, "item", "carbon")
    of_items, origins = coded([carbon.get(item, "none") for item in keys["item"][1]])
    potentials = _potentials(options, origins, library)
    warming, warmed = pairs(
        of_rows * len(origins) + of_items[keys["item"][0]],
        np.array([number for number, *_ in potentials], dtype=np.int64),
    )
    rows = np.concatenate([row, warming])
    taken = np.concatenate([asked, warmed + len(arguments)])
    requests = {name: (numbers[rows], texts) for name, (numbers, texts) in keys.items()}
    for name in ("item", "detail", "account"):
        numbers, texts = requests[name]
        numbers[len(row) :] = len(texts)
        requests[name] = numbers, [*texts, ""]
    asking = [*arguments, *potentials]
    of_asking = {
        "argument": coded([name for _, name, _, _ in asking]),
        "dimension": coded([dimension for _, _, dimension, _ in asking]),
        "species": coded([species for _, _, _, species in asking]),
    }
    requests |= {name: (numbers[taken], texts) for name, (numbers, texts) in of_asking.items()}
    return rows, requests


def _potentials(
    options: list[Option], origins: list[str], library: Library
) -> list[tuple[int, str, str, str]]:
    """The warming potential of every option that emits a gas, for every origin of carbon."""
    gases = (library.gases[name].tolist() for name in ("measure", "origin", "species"))
    species = {(measure, origin): each for measure, origin, each in zip(*gases, strict=True)}
    return [
        (
            number * len(origins) + place,
            GWP,
            units.dimension(GWP_UNIT.format(gas=option.measure)),
            species[option.measure, origin],
        )
        for number, option in enumerate(options)
        for place, origin in enumerate(origins)
        if option.method and (option.measure, origin) in species
    ]
