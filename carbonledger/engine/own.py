"""Changing the own parameters of an inventory: tried and shown first, written when applied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from carbonledger import units
from carbonledger.engine.ask import code_of, question_of
from carbonledger.engine.effect import Effect, effect
from carbonledger.engine.local_sets import Change, FactorSet, copied, read_set, replaced, write_set
from carbonledger.engine.open import (
    Inventory,
    inventory_folder,
    open_inventory,
    region_names,
)
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.intake.own_factors import FACTORS
from carbonledger.library.load import Library, library
from carbonledger.library.search import search
from carbonledger.model.limits import refusal
from carbonledger.model.problem import Grade
from carbonledger.model.records import Parameter

__all__ = ["Trial", "copy_factors", "copy_to_file", "set_factor"]


@dataclass(frozen=True)
class Trial:
    """A change of a set that was tried and is not written yet.

    ``superseded`` are the rows whose place the change takes, ``added`` counts the rows that it
    adds, ``effect`` says what moves in the inventory.
    """

    target: FactorSet
    superseded: Sequence[Parameter]
    added: int
    effect: Effect

    def apply(self) -> None:
        """Write the set.

        Raises:
            CarbonledgerError: if the inventory would be refused with it, or the file was changed.
        """
        if self.effect.blocked:
            raise CarbonledgerError(
                "改后清单有必须改正的问题（A 级），没有写入。",
                "With the change the inventory has grade-A problems; nothing was written.",
            )
        write_set(self.target)


def set_factor(
    inventory: str | Path,
    parameter: str,
    value: str,
    *,
    source: str,
    locator: str,
    item: str = "",
    detail: str = "",
    account: str = "",
    region: str = "",
    year_from: int = 0,
    year_to: int = 0,
    note: str = "",
    verified: bool = False,
    file: str = FACTORS,
) -> Trial:
    """Try a value in an inventory.

    For example ``set_factor(folder, "低位发热量", "21.3 GJ/t", item="原煤", ...)``.

    ``file`` is the set among those of the inventory; names may be Chinese or English; without
    years the value holds always, without a region everywhere in the inventory.

    Raises:
        CarbonledgerError: for an unknown name, a value without source and page, a value or unit
            that cannot be, or an inventory whose set is not in order.
    """
    base = library()
    asked = question_of(base, parameter, item=item, detail=detail, account=account)
    place = code_of(region, region_names(base), Text("地区", "region"))
    number, unit = units.parse_quantity(value)
    _plausible(asked.parameter, number, unit, asked.item)
    change = Change(
        asked.parameter, number, unit, source.strip(), locator.strip(), asked.item, asked.detail,
        asked.account, asked.species, place, year_from, year_to, note.strip(), verified,
    )  # fmt: skip
    file = file.replace("\\", "/")
    opened, target, own = _opened(inventory, file)
    # A value of the inventory is one of its region: a copied national row must not outvote it.
    change = replace(change, region=place or opened.intake.manifest.region)
    _needs_item(base, asked.parameter, unit, asked.item)
    lines = len(target.lines)
    former = replaced(target, change, own)
    moved = effect(opened.intake.folder, {file: target.encoded()})
    return Trial(target, former, len(target.lines) - lines, moved)


def copy_factors(
    inventory: str | Path, *, edition: str, parameter: str = "", item: str = "", file: str = FACTORS
) -> Trial:
    """Try rows of the library as own parameters of an inventory, where it has none of its own.

    Raises:
        CarbonledgerError: for an unknown name, or where no row is left to copy.
    """
    base = library()
    rows = _rows(base, edition, parameter, item)
    opened, target, own = _opened(inventory, file)
    count = copied(target, rows, base, own)
    if not count:
        raise CarbonledgerError(
            "没有可复制的行：清单中都已有自己的值，或只适用于地区组。",
            "There is no row to copy: the inventory has its own, or they are of groups of regions.",
        )
    return Trial(target, (), count, effect(opened.intake.folder, {file: target.encoded()}))


def copy_to_file(path: Path, *, edition: str, parameter: str = "", item: str = "") -> int:
    """Copy rows of the library into a set of its own, a new CSV file; gives the number of rows.

    Raises:
        CarbonledgerError: for an unknown name, or if the file is there already.
    """
    base = library()
    if path.exists():
        raise CarbonledgerError(
            f"文件“{path}”已存在，没有改动。请换一个文件名。",
            f"The file '{path}' is there already and stays as it is. Choose another name.",
        )
    if not path.parent.is_dir():
        raise CarbonledgerError(
            f"没有目录“{path.parent}”。请先建立。", f"There is no folder '{path.parent}'."
        )
    target = read_set(path)
    count = copied(target, _rows(base, edition, parameter, item), base, ())
    write_set(target)
    return count


def _needs_item(base: Library, parameter: str, unit: str, item: str) -> None:
    """Refuse a value for all items where the library tells them apart without exception.

    Raises:
        CarbonledgerError: for a heating value without a fuel, and the like.
    """
    rows = base.parameters[
        (base.parameters["parameter"] == parameter)
        & (base.parameters["dimension"] == units.dimension(unit))
    ]
    if item or rows.empty or (rows["item"] == "").any():
        return
    raise CarbonledgerError(
        f"{parameter} 因品种而异，不能给所有品种同一个值。请用 --item 写明品种，例如 --item 原煤。",
        f"The {parameter} differs by item; one value for all would be wrong. Name the item, for "
        "example --item raw_coal.",
    )


def _rows(base: Library, edition: str, parameter: str, item: str) -> pd.DataFrame:
    editions = {key: key for key in base.parameters["edition"].unique()}
    key = code_of(edition, editions, Text("系列", "edition"))
    asked = question_of(base, parameter or "net_calorific_value", item=item)
    found = search(base, edition=key, item=asked.item, parameter=asked.parameter * bool(parameter))
    rows = base.parameters[base.parameters["id"].isin(found["id"])]
    if rows.empty:
        raise CarbonledgerError(f"系列 {key} 中没有这样的行。", f"Edition {key} has no such row.")
    return rows


def _opened(inventory: str | Path, file: str) -> tuple[Inventory, FactorSet, list[Parameter]]:
    if not Path(inventory).is_dir():
        folder = inventory_folder(inventory)  # says what there is, where the name is wrong
        raise CarbonledgerError(
            f"“{inventory}”是随软件提供的清单，不在原处改动。请把目录 {folder} 复制出来再改。",
            f"'{inventory}' comes with the program and is not changed in place. Copy the folder "
            f"{folder} and change the copy.",
        )
    opened = open_inventory(inventory)
    named = opened.intake.manifest.factors
    listed = [FACTORS] if named is None else [name.replace("\\", "/") for name in named]
    if file not in listed:
        raise CarbonledgerError(
            f"清单不使用“{file}”。它的参数文件是：{'、'.join(listed)}"
            "（inventory.toml 的 factors）。",
            f"The inventory does not use '{file}'. Its sets are: {', '.join(listed)} "
            "(factors in inventory.toml).",
        )
    wrong = [each for each in opened.intake.problems if each.file == file and each.grade is Grade.A]
    if wrong:
        first = wrong[0]
        raise CarbonledgerError(
            f"{first.where}：{first.message.zh} 请先改正。",
            f"{first.where}: {first.message.en} Mend it first.",
        )
    target = read_set(opened.intake.folder / file)
    names_of = {each.name for each in opened.intake.files}
    family = _family(file, listed)
    own = [
        each
        for each in opened.intake.factors
        if file in names_of and opened.intake.families[each.id] == family
    ]
    return opened, target, own


def _family(file: str, listed: Sequence[str]) -> str:
    place = listed.index(file) + 1
    return "inventory" if file == FACTORS and place == 1 else f"inventory-{place}"


def _plausible(parameter: str, value: float, unit: str, item: str) -> None:
    said = refusal(parameter, value, unit, item)
    if said is not None:
        message, remedy = said
        raise CarbonledgerError(f"{message.zh}{remedy.zh}", f"{message.en} {remedy.en}")
