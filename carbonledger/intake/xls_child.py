"""The values of one ``.xls`` sheet, read in a process of its own.

python-calamine aborts the whole process on some damaged ``.xls`` files (a length field of garbage
makes it ask for hundreds of gigabytes). Here only a child dies, and its parent says that the file
is damaged. The child is this file run as a script; it imports nothing of the package.
"""

import json
import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

__all__ = ["ChildError", "sheet_values"]

_TIMEOUT = 120
_MEMORY = 4 * 2**30


class ChildError(Exception):
    """The child could not read the sheet."""


def sheet_values(data: bytes, sheet: str) -> dict[str, Any]:
    """``start`` (row, column), ``rows`` and ``merges`` of a sheet, all 0-based.

    Dates and times come as ``date`` objects or texts such as ``13:30:00``: no quantity is either.

    Raises:
        ChildError: if the file cannot be read.
    """
    # The same folders as here, but not this folder as the first of them (-P).
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-P", str(Path(__file__).resolve())],
            input=json.dumps(sheet).encode() + b"\n" + data,
            capture_output=True,
            env=environment,
            timeout=_TIMEOUT,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ChildError from error
    found["rows"] = [[_restored(cell) for cell in row] for row in found["rows"]]
    return found


def _restored(cell: object) -> object:
    return date.fromisoformat(cell["date"]) if isinstance(cell, dict) else cell


def _portable(cell: object) -> object:
    if isinstance(cell, datetime | date):
        return {"date": cell.isoformat()[:10]}
    return str(cell) if isinstance(cell, time | timedelta) else cell


def _main() -> None:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only the child needs it

    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sheet = json.loads(sys.stdin.buffer.readline())
    found = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read())).get_sheet_by_name(
        sheet
    )
    rows = found.to_python(skip_empty_area=True) if found.start else []
    answer = {
        "start": found.start or (0, 0),
        "rows": [[_portable(cell) for cell in row] for row in rows],
        "merges": found.merged_cell_ranges or [],
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main()
