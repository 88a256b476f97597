"""Small inventories of sinks for the tests."""

import pandas as pd
import runs

from carbonledger.engine.open import open_inventory
from carbonledger.engine.run import RunOptions, write_run

__all__ = ["amounts", "computed", "inventory", "reviewed"]


def inventory(folder, rows, head, *, profile="sinks-cn", periods=(2020,), factors=()):
    """A folder with one table: ``head`` and ``rows`` after the region 350000."""
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(f"350000,{row}\n" for row in rows)
    (folder / "sinks.csv").write_text(f"地区,年份,科目,品种,细项,{head}\n{body}", "utf-8")
    years = ", ".join(map(str, periods))
    (folder / "inventory.toml").write_text(
        f'region = "350000"\nperiods = [{years}]\nprofile = "{profile}"\n'
        '[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "sinks.csv"\n',
        "utf-8",
    )
    if factors:
        (folder / "factors.csv").write_text("\n".join(factors) + "\n", "utf-8")
    return folder


def computed(tmp_path, rows, head, **choices):
    """The outcome and the result folder of such an inventory, without review and workbooks."""
    folder, out = inventory(tmp_path / "in", rows, head, **choices), tmp_path / "out"
    out.mkdir(parents=True)
    return write_run(open_inventory(folder), out, RunOptions()), out


def reviewed(tmp_path, rows, head, **choices):
    """The outcome and the result folder of a whole run."""
    folder, out = inventory(tmp_path / "in", rows, head, **choices), tmp_path / "out"
    return runs.reviewed(folder, out), out


def amounts(outcome, out):
    """Sums of the postings by account and measure."""
    assert not outcome.blocked, [problem.message.en for problem in outcome.problems]
    table = pd.read_parquet(out / "postings.parquet")
    return table.groupby(["account", "measure"])["amount"].sum(min_count=1).to_dict()
