"""Small accounts of ecosystem products for tests: a profile, entries, own parameters."""

from carbonledger.engine.open import open_inventory
from carbonledger.engine.results import Results
from carbonledger.engine.run import RunOptions, write_run

PROFILE = """
title.zh = "测试"
title.en = "test"
status = "unverified"
source = "gep-ndrc-2022"
gwp = "AR5"
families = ["gep-general"]
deflators = { "G" = "cpi" }
"""
FACTOR_HEAD = (
    "parameter,item,detail,region,account,value,unit,valid_from,valid_to,price_year,price_kind,"
    "value_concept,deflator,source,locator"
)
SERVICES = """
[[services]]
account = "G.2.9"
standing = "excluded"
reason.zh = "本口径不核算释氧"
reason.en = "no oxygen here"
"""


def folder_of(
    tmp_path, entries, factors=(), *, profile="", periods=(2010,), overrides="", rules=""
):
    """A folder with an inventory; ``profile`` and ``rules`` are TOML, ``factors`` rows of CSV."""
    folder = tmp_path / f"account-{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    used = "".join(f'[[rules]]\nuse = "{name}"\n' for name in ("gep-supply", "gep-storage"))
    used += "".join(
        f'[[rules]]\nuse = "{name}"\n'
        for name in ("gep-products-gross", "gep-purification", "gep-carbon", "gep-culture")
    )
    (folder / "profile.toml").write_text(
        f'profile = "test"\n{PROFILE}{profile}\n{SERVICES}{rules}{used}', "utf-8"
    )
    (folder / "entries.csv").write_text(entries, "utf-8")
    (folder / "factors.csv").write_text("\n".join([FACTOR_HEAD, *factors]) + "\n", "utf-8")
    (folder / "inventory.toml").write_text(
        f'region = "350500"\nperiods = {list(periods)}\nprofile = "gep-ndrc-2022"\n'
        f'{overrides}\n[title]\nzh = "试"\nen = "t"\n[[tables]]\nfile = "entries.csv"\n',
        "utf-8",
    )
    return folder


def run(tmp_path, *given, **named):
    """Run such a folder: the outcome, and its results where it was computed."""
    folder = folder_of(tmp_path, *given, **named)
    out = folder.with_name(f"{folder.name}-out")
    # A profile of the folder's own is chosen at the run; overrides hold for the manifest's.
    manifest = (folder / "inventory.toml").read_text("utf-8")
    own = (folder / "profile.toml").as_posix()
    manifest = manifest.replace('"gep-ndrc-2022"', f'"{own}"')
    (folder / "inventory.toml").write_text(manifest, "utf-8")
    out.mkdir()
    outcome = write_run(open_inventory(folder), out, RunOptions())
    return outcome, None if outcome.blocked else Results.read(out)


def codes(outcome):
    """The codes of the problems."""
    return {problem.code for problem in outcome.problems}


def values(results, measure="value"):
    """The amounts of a measure by account and year."""
    rows = results.postings[results.postings["measure"] == measure]
    return {(row.account, int(row.period)): row.amount for row in rows.itertuples(index=False)}
