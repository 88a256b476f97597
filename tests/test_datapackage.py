"""The data package: describes every table, passes the tool of the standard, and cannot drift."""

import csv
import json
import shutil
import tomllib

import pytest
from factor_tables import FOLDER
from frictionless import Package

from carbonledger.errors import CarbonledgerError
from carbonledger.library.datapackage import (
    FILE_NAME,
    datapackage,
    datapackage_text,
    undescribed,
)
from carbonledger.version import VERSION

DESCRIPTOR = FOLDER / FILE_NAME


@pytest.fixture
def copy(tmp_path):
    """A library of one's own, with a description to match."""
    return library_in(tmp_path / "factors")


def library_in(base):
    shutil.copytree(FOLDER, base)
    (base / FILE_NAME).write_text(datapackage_text(base), "utf-8")
    return base


def problems(base):
    """What the validator finds: (resource, kind) of every error."""
    report = Package(str(base / FILE_NAME)).validate()
    found = {("package", each.type) for each in report.errors}
    return found | {(task.name, each.type) for task in report.tasks for each in task.errors}


def table(base, name):
    with (base / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(base, name, rows):
    with (base / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_descriptor_is_that_of_the_tables():
    assert DESCRIPTOR.read_text("utf-8") == datapackage_text(FOLDER), (
        f"factors/{FILE_NAME} is stale: run `make docs`"
    )


def test_every_table_and_column_is_described():
    assert [str(message) for message in undescribed(FOLDER)] == []
    taken = set()
    for resource in datapackage(FOLDER)["resources"]:
        paths = resource["path"]
        taken |= {paths} if isinstance(paths, str) else set(paths)
    files = [*FOLDER.rglob("*.csv"), *FOLDER.rglob("*.toml")]
    files = [path for path in files if path.parent.name != "credit_products"]
    assert taken == {path.relative_to(FOLDER).as_posix() for path in files}


def test_an_undescribed_table_or_column_is_named(copy):
    (copy / "strays.csv").write_text("stray,name\nx,y\n", "utf-8")
    sources = (copy / "sources.csv").read_text("utf-8")
    (copy / "sources.csv").write_text(sources.replace("identifier,", "isbn,", 1), "utf-8")
    (copy / "blends.csv").unlink()
    shutil.copy(copy / "parameters" / "gwp.csv", copy / "parameters" / "untitled.csv")
    gone, untitled, changed, stray = undescribed(copy)
    assert "parameters/untitled" in untitled.zh
    assert "blends" in gone.en
    assert "sources.csv" in changed.zh
    assert "identifier、isbn" in changed.zh
    assert "strays.csv" in stray.en


def test_the_tool_of_the_standard_finds_nothing():
    report = Package(str(DESCRIPTOR)).validate()
    errors = [(task.name, each.message) for task in report.tasks for each in task.errors]
    assert errors[:5] == []
    assert report.valid, report.errors


def test_the_tool_reads_every_row_of_every_file():
    package = Package(str(DESCRIPTOR))
    files = sorted((FOLDER / "parameters").glob("*.csv"))
    expected = [row["id"] for path in files for row in table(FOLDER, path.relative_to(FOLDER))]
    rows = package.get_resource("parameters").read_rows()
    assert [row["id"] for row in rows] == expected
    assert all(isinstance(float(row["value"]), float) for row in rows)


SPOILED = [
    ("parameters/gwp.csv", "value", "一千", "type-error"),
    ("parameters/gwp.csv", "value", "", "constraint-error"),
    ("parameters/gwp.csv", "status", "checked", "constraint-error"),
    ("parameters/gwp.csv", "source", "no-such-document", "foreign-key"),
    ("parameters/gwp.csv", "item", "no_such_item", "foreign-key"),
    ("parameters/gwp.csv", "region", "999999", "foreign-key"),
    ("parameters/gwp.csv", "valid_from", "2012", "type-error"),
    ("parameters/gwp.csv", "distribution", "gaussian", "constraint-error"),
    ("items/fuels.csv", "kind", "fule", "constraint-error"),
    ("items/fuels.csv", "general", "no_such_item", "foreign-key"),
    ("regions.csv", "parent", "999999", "foreign-key"),
    ("blends.csv", "mass_fraction", "44", "constraint-error"),
    ("accounts.csv", "name_zh", "", "constraint-error"),
    ("limits/fuels.csv", "maximum", "sixty", "type-error"),
]


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    """A library in which each cell of ``SPOILED`` stands in a row of its own, and what is found.

    The rows as they are after it, and resource, row and kind of every error.
    """
    base = library_in(tmp_path_factory.mktemp("spoiled") / "factors")
    lines = []
    for number, (name, column, value, _) in enumerate(SPOILED):
        rows = table(base, name)
        row = rows[sum(case[0] == name for case in SPOILED[:number])]
        row[column] = value
        rewrite(base, name, rows)
        lines.append(list(row.values()))
    report = Package(str(base / FILE_NAME)).validate()
    return lines, [
        (task.name, each.cells, each.type) for task in report.tasks for each in task.errors
    ]


@pytest.mark.parametrize("number", range(len(SPOILED)), ids=["-".join(case) for case in SPOILED])
def test_a_spoiled_cell_is_found(spoiled, number):
    name, _, _, kind = SPOILED[number]
    lines, found = spoiled
    resource = name.partition("/")[0].removesuffix(".csv")
    assert (resource, lines[number], kind) in found


def test_nothing_is_found_but_what_was_spoiled(spoiled):
    lines, found = spoiled
    assert [each for each in found if each[1] not in lines] == []


def test_a_second_row_with_the_same_key_is_found_across_files(copy):
    first, other = sorted(path.name for path in (copy / "parameters").glob("*.csv"))[:2]
    rows = table(copy, f"parameters/{other}")
    rows[0]["id"] = table(copy, f"parameters/{first}")[0]["id"]
    rewrite(copy, f"parameters/{other}", rows)
    assert ("parameters", "primary-key") in problems(copy)


def test_a_shifted_column_is_found(copy):
    text = (copy / "blends.csv").read_text("utf-8").replace("blend,component", "component,blend", 1)
    (copy / "blends.csv").write_text(text, "utf-8")
    assert "blends" in {resource for resource, _ in problems(copy)}


def test_types_and_constraints_are_those_of_the_records():
    resources = {
        each["name"]: each for each in json.loads(DESCRIPTOR.read_text("utf-8"))["resources"]
    }
    fields = {field["name"]: field for field in resources["parameters"]["schema"]["fields"]}
    assert fields["value"]["type"] == fields["lower"]["type"] == "number"
    assert fields["valid_from"]["type"] == "date"
    assert fields["id"]["constraints"] == {"required": True, "unique": True}
    assert fields["status"]["constraints"]["enum"] == ["verified", "unverified"]
    assert "constraints" not in fields["region"]  # an empty one applies to all
    assert fields["distribution"]["constraints"] == {
        "enum": ["normal", "lognormal", "triangular", "uniform"]
    }
    shares = {field["name"]: field for field in resources["blends"]["schema"]["fields"]}
    assert shares["mass_fraction"]["constraints"] == {"required": True, "minimum": 0, "maximum": 1}
    for resource in resources.values():
        for field in resource.get("schema", {}).get("fields", []):
            assert " / " in field["description"], (resource["name"], field["name"])


def test_licence_and_version_are_those_of_the_project():
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text("utf-8"))["project"]
    package = datapackage(FOLDER)
    assert [licence["name"] for licence in package["licenses"]] == [project["license"]]
    assert package["version"] == project["version"] == VERSION


def test_a_type_that_the_standard_does_not_know_is_refused(copy):
    text = (
        (copy / "columns.csv").read_text("utf-8").replace("maximum,number!,", "maximum,float,", 1)
    )
    (copy / "columns.csv").write_text(text, "utf-8")
    with pytest.raises(CarbonledgerError, match=r"columns\.csv"):
        datapackage(copy)
