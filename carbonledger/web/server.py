"""The server of the pages: Streamlit's own, which loads what the first page needs meanwhile."""

import threading
from importlib import import_module

from streamlit.web import cli

__all__ = ["load", "main"]


def load() -> None:
    """Load modules and factor library, for which the first reader would wait otherwise."""
    import_module("carbonledger.web.app")
    import_module("carbonledger.library.load").library()


def main() -> None:
    """Serve as ``streamlit`` does, with the arguments of the command line."""
    threading.Thread(target=load, name="load", daemon=True).start()
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    main()
