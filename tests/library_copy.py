"""A copy of the factor library to plant errors in, and what the checks find there."""

import csv
import re
import shutil

from factor_tables import FOLDER

from carbonledger.library.checks import check_library
from carbonledger.methods.registry import methods
from carbonledger.model.problem import Grade

NCV = "ipcc-2006/t1.2/crude_oil/ncv"
PARAMETERS = "parameters"
# The tables and profiles that the cases change, with what stands beside them: a third of the
# whole library, which the first test checks.
CHANGED = {
    "aviation_ipcc2006", "ceads", "chemicals_ipcc2006", "electricity", "fuels_cn_enterprise",
    "fuels_cn_provincial", "fuels_cn_statistics", "fuels_ipcc2006", "gwp", "stationary_ipcc2006",
    "cn-provincial-2011", "sinks-cn",
}  # fmt: skip


class Copy:
    """A copy of the library in which single cells and texts can be changed and put back."""

    def __init__(self, folder):
        self.folder = folder
        self.changed = {}
        self.before = found_in(folder)

    def text(self, name):
        return (self.folder / name).read_text("utf-8")

    def write(self, name, content):
        path = self.folder / name
        if name not in self.changed:
            self.changed[name] = path.read_bytes() if path.exists() else None
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, "utf-8", newline="")

    def table(self, name):
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def put(self, name, lines):
        with_commas = [",".join(quoted(cell) for cell in line) + "\n" for line in lines]
        self.write(name, "".join(with_commas))

    def place(self, key, table=PARAMETERS):
        """The file and the row (as a spreadsheet counts) of a key."""
        paths = [self.folder / table] if table.endswith(".csv") else None
        for path in paths or sorted((self.folder / table).glob("*.csv")):
            name = path.relative_to(self.folder).as_posix()
            for number, line in enumerate(self.table(name), start=1):
                if line and line[0] == key:
                    return name, number
        raise KeyError(key)

    def set(self, key, table=PARAMETERS, **cells):
        name, number = self.place(key, table)
        lines = self.table(name)
        for column, cell in cells.items():
            lines[number - 1][lines[0].index(column)] = cell
        self.put(name, lines)
        return name, number

    def add_like(self, key, table=PARAMETERS, **cells):
        """Append a row like another, with other cells."""
        name, number = self.place(key, table)
        lines = self.table(name)
        new = list(lines[number - 1])
        for column, cell in cells.items():
            new[lines[0].index(column)] = cell
        self.put(name, [*lines, new])
        return name, len(lines) + 1

    def line(self, key, change, table=PARAMETERS):
        """Change the cells of a row as a list."""
        name, number = self.place(key, table)
        lines = self.table(name)
        lines[number - 1] = change(lines[number - 1])
        self.put(name, lines)
        return name, number

    def restore(self):
        for name, data in self.changed.items():
            if data is None:
                (self.folder / name).unlink()
            else:
                (self.folder / name).write_bytes(data)
        self.changed.clear()

    def new_problems(self):
        return [
            each for each in check_library(self.folder, METHODS) if key(each) not in self.before
        ]


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) else cell


def key(problem):
    return problem.code, problem.file, problem.row, problem.message


def found_in(folder):
    return {key(each) for each in check_library(folder, METHODS)}


METHODS = set(methods())


def part_of_library(folder):
    """A copy of what the cases change."""
    shutil.copytree(FOLDER, folder)
    for path in [*(folder / PARAMETERS).glob("*.csv"), *(folder / "profiles").glob("*.toml")]:
        if path.stem not in CHANGED:
            path.unlink()
    (folder / "conflicts.csv").write_text(conflicts_of(folder), "utf-8")
    return Copy(folder)


def conflicts_of(folder):
    """The conflicts between rows that the folder has."""
    tables = [*(folder / PARAMETERS).glob("*.csv"), *(folder / "prices").glob("*.csv")]
    known = {line.partition(",")[0] for path in tables for line in path.read_text().splitlines()}
    with (folder / "conflicts.csv").open(encoding="utf-8", newline="") as file:
        first, *rows = csv.reader(file)
    kept = [row for row in rows if known.issuperset(row[1].split("|"))]
    return "".join(",".join(map(quoted, row)) + "\n" for row in [first, *kept])


def caught(copy, place, *codes, says=()):
    """The findings that are new: exactly these codes, all at one place, in both languages."""
    found = copy.new_problems()
    graver = [each for each in found if each.grade is not Grade.D]
    listed = [f"{each.code} {each.where}: {each.message.en}" for each in graver]
    assert sorted({each.code for each in graver}) == sorted(f"factor-{code}" for code in codes), (
        listed
    )
    assert {(each.file, each.row) for each in graver} == {place}, listed
    for each in graver:
        for text in (each.message, each.remedy):
            assert re.search("[一-鿿]", text.zh)
            assert text.en
    told = " ".join(f"{each.message.en} {each.remedy.en} {each.message.zh}" for each in graver)
    for words in says:
        assert words in told
    return graver


def swapped(a, b):
    def change(line):
        line[a], line[b] = line[b], line[a]
        return line

    return change


PROFILE = "profiles/cn-provincial-2011.toml"
