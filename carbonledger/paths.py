"""Where the data folders are, in a checkout and in an installed wheel."""

from functools import cache
from pathlib import Path

from carbonledger.errors import CarbonledgerError

__all__ = ["factors_dir", "inventories_dir"]

_PACKAGE = Path(__file__).resolve().parent


def factors_dir() -> Path:
    """The folder of the factor library."""
    return _data_dir(_PACKAGE, "factors")


def inventories_dir() -> Path:
    """The folder of the worked inventories."""
    return _data_dir(_PACKAGE, "inventories")


@cache  # asked for by every cell that is read
def _data_dir(package: Path, name: str) -> Path:
    # A wheel carries the folders inside the package; a checkout has them beside it.
    for candidate in (package / "data" / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise CarbonledgerError(
        f"找不到数据目录“{name}”，安装不完整，请重新安装 carbonledger。",
        f"The data folder '{name}' is missing: the installation is incomplete; "
        "please install carbonledger again.",
    )
