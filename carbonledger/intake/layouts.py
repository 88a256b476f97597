"""The layouts of tables that a manifest can name, each with its reader."""

from collections.abc import Mapping

from carbonledger.intake import entries
from carbonledger.intake.grid import Grid
from carbonledger.intake.layout import Context, Layout, LayoutResult
from carbonledger.model.manifest import TableSpec

__all__ = ["LAYOUTS"]


def _energy_balance(grid: Grid, spec: TableSpec, context: Context) -> LayoutResult:
    # A dozen modules, which are loaded with the first table that needs them.
    from carbonledger.intake.energy_balance import read_energy_balance  # noqa: PLC0415

    return read_energy_balance(grid, spec, context)


LAYOUTS: Mapping[str, Layout] = {"entries": entries.read, "energy-balance": _energy_balance}
