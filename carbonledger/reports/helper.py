"""A second process that writes the workbook of a run while the first one goes on.

It loads the libraries while the run computes, writes the sheets while the run is reviewed, and the
problems when it is told that the review has ended. It only saves time: if it cannot be started or
fails in any way, the first process writes the workbook itself, and tells what is wrong.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carbonledger.engine.results import Results
    from carbonledger.reports.context import WorkbookContext

__all__ = ["Helper", "helper", "main"]

# The modules are those of the first process, wherever the second one is started.
_START = "import sys; sys.path[:] = {path!r}; from carbonledger.reports.helper import main; main()"
_LONGEST = 600  # seconds; a workbook takes one, on a busy machine ten
_GO_ON = b"\n"


class Helper:
    """The first process's end of the second one."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def begin(self, path: Path, results: "Results", context: "WorkbookContext") -> None:
        """Let it write the sheets that a review of the run does not change.

        Args:
            path: the workbook.
            results: the result folder before its review, which rewrites ``run.json``.
            context: the inventory, its profile, names and tables as read.
        """
        results.info  # noqa: B018 - read now; what was read of the results travels with them
        # What does not travel stays here: the helper gets nothing that it can read, and fails.
        with suppress(pickle.PicklingError, TypeError, AttributeError):
            self._send(pickle.dumps((path, results, context)))

    def go_on(self) -> None:
        """Let it write the rest, now that the run is reviewed."""
        self._send(_GO_ON)

    def wrote(self) -> bool:
        """Wait for its end; whether the workbook is there."""
        try:
            return self._process.wait(_LONGEST) == 0
        except subprocess.TimeoutExpired:
            return False

    def _send(self, message: bytes) -> None:
        pipe = self._process.stdin
        # A process that has failed reads no more; what it ends with says so.
        with suppress(OSError):
            if pipe is not None:
                pipe.write(message)
                pipe.flush()


@contextmanager
def helper() -> Iterator[Helper | None]:
    """A helper for one run, started at once; None where it would not help or cannot start."""
    process = _started()
    try:
        yield Helper(process) if process else None
    finally:
        if process:
            process.kill()
            process.wait()
            with suppress(OSError):  # what it did not read
                process.communicate()


def _started() -> "subprocess.Popen[bytes] | None":
    if not _spare_core() or not sys.executable or hasattr(sys, "frozen"):
        return None
    try:
        return subprocess.Popen(  # noqa: S603 - this very Python
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None


def _spare_core() -> bool:
    """Whether a core is free beside this process's; on a busy machine a helper only adds work."""
    cores = os.cpu_count() or 1
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return cores - max(busy, 1.0) >= 1.0


def main() -> None:
    """What the second process does; it ends with 0 if the workbook is there."""
    from carbonledger.analysis.quality import texts_of  # noqa: PLC0415 - the slow imports
    from carbonledger.engine.results import Results  # noqa: PLC0415
    from carbonledger.reports.workbook import write_workbook  # noqa: PLC0415

    pipe = sys.stdin.buffer
    path, results, context = pickle.load(pipe)  # noqa: S301 - from the process that started this

    @cache
    def reviewed() -> Results:
        if pipe.read(len(_GO_ON)) != _GO_ON:
            sys.exit("The first process has ended.")
        return Results.read(results.folder)

    with texts_of(results):
        write_workbook(path, results, context, reviewed)
