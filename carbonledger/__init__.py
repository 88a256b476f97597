"""carbonledger: one ledger for greenhouse-gas inventories, carbon sinks and GEP.

The three functions of the Python interface are loaded when first used, so that importing the
package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from carbonledger.version import VERSION

if TYPE_CHECKING:
    from carbonledger.api import calc, open_inventory, run

__all__ = ["__version__", "calc", "open_inventory", "run"]

__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name in {"calc", "open_inventory", "run"}:
        return getattr(import_module("carbonledger.api"), name)
    raise AttributeError(f"module 'carbonledger' has no attribute '{name}'")
