"""The generated pages: the library in ``docs/library/``, the methods in ``docs/methods/``.

``python -m carbonledger.reports.library_pages`` (``make docs``) writes them and
``factors/datapackage.json`` anew.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from carbonledger.errors import CarbonledgerError, Text
from carbonledger.library.datapackage import FILE_NAME, datapackage_text, undescribed
from carbonledger.model.records import Parameter
from carbonledger.paths import factors_dir
from carbonledger.reports.library_shelf import BLENDS, Shelf, editions_of, read_shelf, tally
from carbonledger.reports.library_subject import MARK, both, formatted, subject_page
from carbonledger.reports.markdown import code, escape, table
from carbonledger.reports.method_pages import method_documents

__all__ = ["documents", "main"]

_COUNTS = ["行 Rows", "已核对 Verified", f"{MARK} 未核对 Unverified", "已核对占比 Share verified"]

_READING = f"""\
## 怎样读一行 / How to read a row

- **键 / Keys**：品种、细目、科目、气体、地区。空着表示适用于全部；科目和地区的值也适用于其下级。 / Item, detail, account, gas, region. An empty one applies to all; the value of an account or a region also serves those below it.
- **版本 / Edition**：同一份文件（族）的值。口径（`factors/profiles/`）规定各版本的先后；互相矛盾的值并存，不混用。 / The values of one document (family). A profile orders the editions; values that disagree stand side by side and are not mixed.
- **状态 / Status**：已核对指在公开转录中见到，转录写明了文件和表号，或有两份互不相干的转录；没有打开过印刷原页。{MARK} 未核对：凭记忆、来历不全或有矛盾，备注写明是哪一种；能用，用到之处都有标记。 / Verified means seen in a public transcription that names document and table, or in two independent ones; no printed page was opened. {MARK} unverified: recalled, seen without its document, or contradicted; the remark says which. Such values work and are marked wherever they appear.
- **括号 / Parentheses**：不确定性区间。备注写明区间本身是否核对过。 / The range of uncertainty; the remark says where the range itself was not checked.
- **位置 / Place**：表、公式或页。引用数值时请引原文件。 / Table, equation or page. To cite a value, cite its document.
- **有效期 / Validity**：空着表示各年都能用。 / Empty: it serves every year.
"""  # noqa: E501  # one paragraph is one line of Markdown


def documents(base: Path) -> dict[str, str]:
    """Every generated text of the library in ``base``, by its path below the checkout.

    Raises:
        CarbonledgerError: if a table is not valid, or if a conflict names a row that does not
            exist.
    """
    shelf = read_shelf(base)
    subjects = [*shelf.subjects, BLENDS]
    pages = {subject: subject_page(shelf, subject) for subject in subjects}
    pages |= {"index": _index(shelf), "conflicts": _conflicts(shelf), "sources": _sources(shelf)}
    texts = {f"docs/library/{name}.md": page for name, page in pages.items()}
    return {f"factors/{FILE_NAME}": datapackage_text(base), **texts, **method_documents(shelf)}


def main() -> None:
    """Write the texts into the checkout, and remove pages whose subject is gone."""
    base = factors_dir()
    root = base.parent
    if not (root / "docs").is_dir():
        raise CarbonledgerError(
            "这里没有 docs 文件夹：请在源代码目录中运行 make docs。",
            "There is no folder docs here: run make docs in a checkout of the source.",
        )
    texts = documents(base)
    for name in ("library", "methods"):
        folder = root / "docs" / name
        folder.mkdir(exist_ok=True)
        for page in folder.glob("*.md"):
            if f"docs/{name}/{page.name}" not in texts:
                page.unlink()
    for path, text in texts.items():
        (root / path).write_text(text, "utf-8", newline="\n")
    size = sum(len(text.encode()) for text in texts.values())
    for message in undescribed(base):
        sys.stderr.write(f"{message}\n")
    sys.stdout.write(f"{len(texts)} files, {size // 1000} kB\n")


def _index(shelf: Shelf) -> str:
    everything = tally(shelf.rows)
    return "\n".join([
        "# 因子库 / The factor library\n",
        f"共 {everything.rows} 行参数，已核对 {everything.verified} 行"
        f"（{everything.share}），未核对 {everything.unverified} 行；另有由组分推算的混合制冷剂 "
        f"{len(shelf.derived)} 个值。[来源之间的矛盾与取舍](conflicts.md) · [来源文件](sources.md) "
        "· [表的结构](../../factors/README.md)\n",
        f"{everything.rows} parameters: {everything.verified} verified ({everything.share}), "
        f"{everything.unverified} unverified; besides, {len(shelf.derived)} values of refrigerant "
        "blends are derived from their components. [Conflicts and choices](conflicts.md) · "
        "[documents](sources.md) · [structure of the tables](../../factors/README.md)\n",
        "由 `make docs` 从 `factors/` 的表生成，请勿手改。 / Generated from the tables of "
        "`factors/` by `make docs`; do not edit.\n",
        _READING,
        "## 主题 / Subjects\n",
        _subjects(shelf),
        "## 版本 / Editions\n",
        _editions(shelf),
        "## 参数 / Parameters\n",
        _parameters(shelf),
    ])  # fmt: skip


def _counted(rows: list[Parameter]) -> list[str]:
    count = tally(rows)
    return [str(count.rows), str(count.verified), str(count.unverified), count.share]


def _subjects(shelf: Shelf) -> str:
    rows = [
        [
            f"[{both(shelf.title(subject))}]({subject}.md)",
            *_counted(list(rows)),
            ", ".join(_in_edition(rows, edition) for edition in editions_of(rows)),
        ]
        for subject, rows in shelf.subjects.items()
    ]
    rows.append([f"[{both(shelf.title(BLENDS))}]({BLENDS}.md)", "", "", "", "", "推算 derived"])
    rows.append(["**合计 Total**", *_counted(shelf.rows), ""])
    return table(["主题 Subject", *_COUNTS, "版本：已核对/行 Editions: verified/rows"], rows)


def _in_edition(rows: Sequence[Parameter], edition: str) -> str:
    count = tally([row for row in rows if row.edition == edition])
    return f"{code(edition)} {count.verified}/{count.rows}"


def _editions(shelf: Shelf) -> str:
    return table(
        ["版本 Edition", "名称 Title", *_COUNTS],
        (
            [
                code(edition),
                both(shelf.name("edition", edition)),
                *_counted([row for row in shelf.rows if row.edition == edition]),
            ]
            for edition in sorted(editions_of(shelf.rows))
        ),
    )


def _parameters(shelf: Shelf) -> str:
    of_parameter: dict[str, list[Parameter]] = {}
    for row in shelf.rows:
        of_parameter.setdefault(row.parameter, []).append(row)
    return table(
        ["参数 Parameter", "名称 Name", "单位 Units", *_COUNTS],
        (
            [
                code(parameter),
                both(shelf.name("parameter", parameter)),
                _units(rows),
                *_counted(rows),
            ]
            for parameter, rows in sorted(of_parameter.items())
        ),
    )


def _units(rows: list[Parameter]) -> str:
    units = list(dict.fromkeys(row.unit for row in rows))
    return ", ".join(map(escape, units[:6])) + (" …" if len(units) > 6 else "")


def _conflicts(shelf: Shelf) -> str:
    known = {row.id: row for row in (*shelf.rows, *shelf.derived)}
    parts = [
        "# 来源之间的矛盾与取舍 / Where sources disagree, and what was chosen\n",
        "[目录 Index](index.md) · 数据 Data: `factors/conflicts.csv`\n",
        f"互相矛盾的值都保留为行。{MARK} 未核对。 / Values that disagree are all kept as rows. "
        f"{MARK} unverified.\n",
    ]
    by_subject: dict[str, list[Mapping[str, str]]] = {}
    for row in shelf.conflicts:
        by_subject.setdefault(row["subject"], []).append(row)
    for subject, rows in by_subject.items():
        parts.append(f"## {escape(subject)}\n")
        parts += [_conflict(shelf, row, known) for row in rows]
    return "\n".join(parts)


def _conflict(shelf: Shelf, row: Mapping[str, str], known: Mapping[str, Parameter]) -> str:
    ids = row["parameters"].split("|")
    missing = [text for text in ids if text not in known]
    if missing:
        raise CarbonledgerError(
            f"factors/conflicts.csv 中“{row['subject']}”提到的行不存在：{'、'.join(missing)}。"
            "请改正 parameters 一列的 id，或补上该行。",
            f"factors/conflicts.csv, '{row['subject']}' names rows that do not exist: "
            f"{', '.join(missing)}. Correct the ids in the column parameters, or add the rows.",
        )
    values = table(
        ["行 Row", "参数 Parameter", "版本 Edition", "数值 Value", "来源 Source", "位置 Place"],
        (_rival(shelf, known[text]) for text in ids),
    )
    return "\n".join([
        f"{escape(row['what_zh'])}\n",
        f"{escape(row['what_en'])}\n",
        values,
        f"**取舍**：{escape(row['chosen_zh'])}\n",
        f"**Chosen**: {escape(row['chosen_en'])}\n",
    ])  # fmt: skip


def _rival(shelf: Shelf, row: Parameter) -> list[str]:
    return [
        code(row.id),
        both(shelf.measured(row)),
        code(row.edition),
        formatted(row),
        both(shelf.name("source", row.source)),
        escape(row.locator),
    ]


def _sources(shelf: Shelf) -> str:
    of_source: dict[str, list[Parameter]] = {}
    for row in shelf.rows:
        of_source.setdefault(row.source, []).append(row)
    listed = [
        [
            code(each.source),
            both(Text(each.title, each.title_en or each.title)),
            escape(each.publisher),
            str(each.year or ""),
            escape(each.identifier),
            escape(each.note),
            *_counted(of_source.get(each.source, [])),
        ]
        for each in shelf.sources
    ]
    heads = ["代码 Key", "文件 Document", "发布机构 Publisher", "年份 Year", "编号 Identifier"]
    return "\n".join([
        "# 来源文件 / Documents\n",
        "[目录 Index](index.md) · 数据 Data: `factors/sources.csv`\n",
        "没有参数的文件是分类、口径等所依据的。 / Documents without parameters are those of "
        "classifications, profiles and the like.\n",
        table([*heads, "看到什么 What was seen", *_COUNTS], listed),
    ])  # fmt: skip


if __name__ == "__main__":
    try:
        main()
    except CarbonledgerError as error:
        sys.exit(str(error))
