"""Who holds a ledger for long: the web application leaves its process and address beside it."""

import json
import os
from contextlib import suppress
from pathlib import Path

__all__ = ["note_holder", "web_address"]

_NOTE = "web.json"


def note_holder(folder: Path, address: str) -> None:
    """Say that this process serves the ledger as web pages at ``address``."""
    with suppress(OSError):  # only the words of a refusal depend on it
        note = {"process": os.getpid(), "address": address}
        (folder / _NOTE).write_text(json.dumps(note), "utf-8")


def web_address(folder: Path, process: str) -> str:
    """The address of the web application, if ``process`` is it; otherwise empty."""
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return str(note.get("address", "")) if str(note.get("process")) == process else ""
