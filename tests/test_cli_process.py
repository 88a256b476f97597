"""The command line as a process: its exit code, and all of its output, however it ends."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["methods", "--json"], 0, "energy.combustion.co2"), (["run", "nowhere"], 1, "nowhere")],
)
def test_a_command_ends_with_its_code_and_whole_output(arguments, code, said):
    done = subprocess.run(
        [sys.executable, "-m", "carbonledger.cli", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    # The list of methods is longer than a buffer: it came to its end.
    assert code or done.stdout.rstrip().endswith("]")
