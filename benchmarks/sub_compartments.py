"""A sub-compartment workbook of 200,000 rows, from the file to its results in a new process.

``python -m benchmarks.sub_compartments`` prints what it took; the bar is 10 seconds when idle.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.sub_compartments_data import write_stands

ROWS = 200_000
MAPPING = """
region = "350429"
period = 2023
[columns]
township = "乡镇"
village = "村"
compartment = "林班"
number = "小班号"
area = "面积(亩)"
species = "优势树种"
origin = "起源"
age = "林龄"
age_class = "龄组"
stock = "小班蓄积(立方米)"
culms = "毛竹株数(株)"
land_type = "地类"
[bamboo]
biomass_per_culm = "16 kg dm/株"
source = "示例 / sample"
"""


def main() -> None:
    """Write the workbook, run the command over it, and print the seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_stands(folder / "stands.xlsx", ROWS, faults=0.0005)
        (folder / "fields.toml").write_text(MAPPING, "utf-8")
        command = [sys.executable, "-m", "carbonledger.cli", "stands", str(folder / "stands.xlsx")]
        command += ["--mapping", str(folder / "fields.toml"), "--out", str(folder / "out")]
        start = time.perf_counter()
        subprocess.run([*command, "--set-aside"], check=True)
        print(f"{ROWS:,} rows: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
