"""carbonledger: one ledger for greenhouse-gas inventories, carbon sinks and GEP.

The functions of the Python interface are loaded when first used, so that importing the
package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from carbonledger.version import VERSION

if TYPE_CHECKING:
    from carbonledger.api import calc, factors, open_inventory, run, show

__all__ = ["__version__", "calc", "factors", "open_inventory", "run", "show"]

__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name in {"calc", "factors", "open_inventory", "run", "show"}:
        return getattr(import_module("carbonledger.api"), name)
    raise AttributeError(f"module 'carbonledger' has no attribute '{name}'")
