"""The project as a package: one version, data where they are looked for, locks that fit, no leaks.

What needs a build or an installation is checked by ``.ci/run``.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from pydantic import BaseModel

import carbonledger
from carbonledger import cli, paths
from carbonledger.errors import CarbonledgerError
from carbonledger.model.manifest import (
    Answer,
    Assertion,
    Correction,
    InventoryManifest,
    Overrides,
    Published,
    TableSpec,
)

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = ("run", "dev", "bench")
FOLDERS = ("carbonledger", "factors", "inventories", "tests", "benchmarks", "docs")
PAGES = ("README{}.md", "docs/user-guide{}.md")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".csv", ".txt", ".cff", ""}


def pinned(lock: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8").splitlines()
    pins = [re.fullmatch(r"([a-z0-9-]+)==([0-9][0-9a-z.+]*)(?: ; [^@#]+)?", line) for line in lines]
    assert all(pins), [line for line, pin in zip(lines, pins, strict=True) if not pin]
    return {pin[1]: pin[2] for pin in pins if pin}


def test_one_version_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    version = PROJECT["project"]["version"]
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [version]
    assert carbonledger.__version__ == version
    assert f"({version})" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_what_is_installed_is_of_this_version() -> None:
    installed = {found.version for found in metadata.distributions(name="carbonledger")}
    assert installed <= {PROJECT["project"]["version"]}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_one_version_each_and_name_no_place(lock: str) -> None:
    assert pinned(lock)  # its pattern admits no address, path, option or second version
    assert len(pinned(lock)) == len((ROOT / f"requirements/{lock}.txt").read_text().splitlines())


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_satisfy_what_the_project_declares(lock: str) -> None:
    pins = pinned(lock)
    extras = PROJECT["project"]["optional-dependencies"]
    extra = extras["web"] + ([] if lock == "run" else extras[lock])
    for text in PROJECT["project"]["dependencies"] + extra:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins[wanted.name.lower()]), text


def test_locks_agree_so_that_they_share_one_environment() -> None:
    run, dev, bench = (pinned(lock) for lock in LOCKS)
    assert run.items() <= dev.items()
    assert run.items() <= bench.items()
    assert all(dev[name] == bench[name] for name in dev.keys() & bench.keys())


def test_wheel_takes_the_data_folders_to_where_they_are_looked_for() -> None:
    taken = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert taken == {name: f"carbonledger/data/{name}" for name in ("factors", "inventories")}
    assert (paths.factors_dir() / "accounts.csv").is_file()
    assert (paths.inventories_dir() / "fujian-2012" / "inventory.toml").is_file()
    assert (ROOT / "carbonledger" / "py.typed").is_file()


def test_data_are_found_inside_an_installed_package_and_missed_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "carbonledger"
    (package / "data" / "factors").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    assert paths.factors_dir() == package / "data" / "factors"
    with pytest.raises(CarbonledgerError, match=r"安装不完整.*incomplete"):
        paths.inventories_dir()


def own_files() -> list[Path]:
    tops = (".ci", "requirements", *FOLDERS)
    found = [path for top in tops for path in (ROOT / top).rglob("*")]
    found += [path for path in ROOT.glob("*") if not path.name.startswith(".coverage")]
    return [path for path in found if path.is_file() and path.suffix in TEXT_SUFFIXES]


def test_no_place_of_a_machine_is_written_into_the_project() -> None:
    place = re.compile(
        r"/(?:root|work|home|opt)/\w|--(?:extra-)?index-url|--find-links[= ]+(?:/|file:)"
        r"|pypi\.org|file:///"
    )
    leaks = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in own_files()
        if path != Path(__file__).resolve()
        and (found := place.search(path.read_text("utf-8", errors="replace")))
    ]
    assert leaks == []


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
            assert target.startswith("https://") or (page.parent / target).exists(), (page, target)


def shell_lines(page: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r"(?:^|[`\\])carbonledger ([a-z][^\n`]*)", text, re.MULTILINE)


@pytest.mark.parametrize("page", [page.format(lang) for page in PAGES for lang in ("", ".zh-CN")])
def test_commands_in_the_documents_exist_with_their_options(page: str) -> None:
    group = typer.main.get_command(cli.app)
    lines = shell_lines(page)
    assert len(lines) > 3
    for line in lines:
        command, words = group, line.split()
        while hasattr(command, "commands"):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for param in command.params for option in param.opts}
        assert set(re.findall(r"--[a-z-]+", line)) <= known, line


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_show_the_same_commands_and_files(page: str) -> None:
    def outline(lang: str) -> tuple[list[str], list[str], list[int]]:
        text = (ROOT / page.format(lang)).read_text("utf-8")
        names = [" ".join(line.split()[:1]) for line in shell_lines(page.format(lang))]
        options = re.findall(r"--[a-z-]+", text)
        return sorted(names), sorted(options), [len(h) for h in re.findall(r"^#+", text, re.M)]

    assert outline("") == outline(".zh-CN")


@pytest.mark.parametrize("page", ["docs/user-guide.md", "docs/user-guide.zh-CN.md"])
def test_the_inventory_of_the_user_guide_runs(page: str, tmp_path: Path) -> None:
    text = (ROOT / page).read_text("utf-8")
    files = dict(re.findall(r"^`([a-z_.]+)`\n\n```[a-z]+\n(.*?)```$", text, re.M | re.S))
    assert set(files) == {"inventory.toml", "energy.csv", "factors.csv"}
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    run = carbonledger.run(tmp_path)  # refuses grade-A problems
    diesel = run.explain(account="1.A.3", item="diesel")
    assert {argument.place for term in diesel.terms for argument in term.arguments} >= {
        "energy.csv!C3"
    }


@pytest.mark.parametrize("page", ["docs/user-guide.md", "docs/user-guide.zh-CN.md"])
def test_the_user_guide_names_every_key_of_a_manifest(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    parts: list[type[BaseModel]] = [
        InventoryManifest,
        TableSpec,
        Assertion,
        Answer,
        Correction,
        Published,
        Overrides,
    ]
    keys = {key for part in parts for key in part.model_fields}
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()


@pytest.mark.parametrize(("page", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_readme_shows_what_the_program_prints(
    page: str,
    lang: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    folders = ["--out", "results/fujian-2012", "--ledger", "ledger"]
    assert not cli.app(["run", "fujian-2012", *folders, "--lang", lang], standalone_mode=False)
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.M | re.S)
    (shown,) = [block.splitlines() for block in blocks if "┃" in block]
    whole = [line for line in shown if not line.endswith("…")]
    assert [line for line in whole if line not in printed] == []
    for cut in set(shown) - set(whole):
        assert any(line.startswith(cut.removesuffix("…").rstrip()) for line in printed), cut
