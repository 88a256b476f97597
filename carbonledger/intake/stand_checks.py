"""What is wrong with the rows of a sub-compartment table: each kind of problem with all its rows.

Grades are those of every input: A must be corrected, B explained, C confirmed, D is a hint. A row
with a problem of grade A cannot be computed.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import pandas as pd

from carbonledger.errors import Text
from carbonledger.intake.stand_codes import AGE_CLASSES, age_limits, code_names
from carbonledger.intake.stand_plausible import densities, sizes
from carbonledger.intake.stand_table import RowFinding, StandTable
from carbonledger.model.problem import Grade

__all__ = ["KEY", "check_stands", "counties"]

KEY = ["county", "township", "village", "compartment", "number"]
_TOTAL = ("合计", "小计", "总计", "总和")
_UNSTOCKED = frozenset({"unstocked", "shrub"})


def check_stands(table: StandTable, bamboo: Collection[str]) -> list[RowFinding]:
    """All findings about the rows of a table, those of its reading first.

    Args:
        table: the table as read.
        bamboo: the species that are bamboo: they have culms, and no volume of their own.
    """
    frame = table.frame
    is_bamboo = frame["species"].isin(list(bamboo)).to_numpy()
    found = list(table.findings)
    unread = {
        field: np.concatenate([each.rows for each in found if each.field == field])
        for field in {each.field for each in found}
    }
    groups = (
        _identity(frame),
        _areas(frame, unread.get("area", np.array([], dtype=int))),
        _species(frame),
        _volumes(frame, is_bamboo),
        sizes(frame),
        densities(frame),
        _ages(frame),
        _codes(table),
    )
    found += [finding for group in groups for finding in group if len(finding.rows)]
    return found


def counties(
    frame: pd.DataFrame, region: str, find: Callable[[str], tuple[str, ...]]
) -> tuple[np.ndarray, list[RowFinding]]:
    """The region of each row: its county, or that of the table where no column names one.

    Args:
        frame: the rows.
        region: the region of the table.
        find: the codes that a spelling may mean.

    Returns:
        Codes (empty where the county is not known), and the rows that it is not known of.
    """
    written, names = pd.factorize(frame["county"])
    codes = [find(str(name)) if name else (region,) for name in names]
    single = np.array([found[0] if len(found) == 1 else "" for found in codes], dtype=object)
    regions = single[written] if len(names) else np.array([], dtype=object)
    rows = _where(regions == "")
    messages = _each(
        rows,
        lambda row: Text(
            f"不认识县名“{frame.at[row, 'county']}”。",
            f"The county '{frame.at[row, 'county']}' is not known.",
        ),
    )
    remedy = Text(
        "请写县的全名或 6 位行政区划代码。", "Write its full name or its code of six digits."
    )
    found = RowFinding("stand-unknown-county", Grade.A, "county", rows, messages, remedy)
    return regions, [found] if len(rows) else []


def _where(mask: "pd.Series[bool] | np.ndarray") -> np.ndarray:
    return np.flatnonzero(np.asarray(mask))


def _each(rows: np.ndarray, message: Callable[[int], Text]) -> Sequence[Text]:
    return [message(int(row)) for row in rows]


def _identity(frame: pd.DataFrame) -> Iterator[RowFinding]:
    """Rows without a number, total rows, numbers that stand twice."""
    texts = frame[KEY]
    total = texts.isin(_TOTAL).any(axis=1)
    yield RowFinding(
        "stand-total-row",
        Grade.A,
        "number",
        _where(total),
        [Text("这一行像是合计行，会被重复计算。", "This looks like a row of totals.")],
        Text("请从表中删去合计行。", "Delete the row of totals from the table."),
    )
    blank = frame["number"].eq("") & ~total
    yield RowFinding(
        "stand-no-number",
        Grade.A,
        "number",
        _where(blank),
        [Text("没有小班号。", "There is no number of the sub-compartment.")],
        Text("请填写小班号。", "Enter the number."),
    )
    copies = texts.duplicated(keep=False) & ~blank & ~total
    first = texts[copies].groupby(KEY, sort=False)["number"].transform("size")
    rows = _where(copies)
    sizes = dict(zip(rows.tolist(), first.tolist(), strict=True))
    yield RowFinding(
        "stand-duplicate",
        Grade.A,
        "number",
        rows,
        _each(
            rows,
            lambda row: Text(
                f"小班号“{frame.at[row, 'number']}”在同一林班出现 {sizes[row]} 次。",
                f"The number '{frame.at[row, 'number']}' stands {sizes[row]} times in one "
                "compartment.",
            ),
        ),
        Text(
            "请删去重复行，或改正小班号；县、乡、村、林班和小班号合起来必须唯一。",
            "Delete the copy or correct the number: county, township, village, compartment and "
            "number must be unique together.",
        ),
    )


def _areas(frame: pd.DataFrame, unread: np.ndarray) -> Iterator[RowFinding]:
    area = frame["area"]
    blank = area.isna().to_numpy().copy()
    blank[unread] = False
    yield RowFinding(
        "stand-no-area",
        Grade.A,
        "area",
        _where(blank),
        [Text("没有面积。", "There is no area.")],
        Text("请填写面积。", "Enter the area."),
    )
    yield RowFinding(
        "stand-area-not-positive",
        Grade.A,
        "area",
        _where(area <= 0),
        [Text("面积必须大于 0。", "The area must be above 0.")],
        Text("请按小班图改正面积。", "Correct the area by the map."),
    )


def _species(frame: pd.DataFrame) -> Iterator[RowFinding]:
    """Stands whose species is blank or in no list."""
    carries = (frame["stock"].fillna(0) > 0) | (frame["culms"].fillna(0) > 0)
    blank = frame["species_text"].eq("")
    yield RowFinding(
        "stand-stock-without-species",
        Grade.A,
        "species",
        _where(blank & carries),
        [Text("有蓄积或株数，却没有树种。", "There is a stock, but no species.")],
        Text("请填写优势树种。", "Enter the dominant species."),
    )
    unknown = frame["species"].eq("") & ~blank
    for mask, grade in ((unknown & carries, Grade.A), (unknown & ~carries, Grade.C)):
        rows = _where(mask)
        yield RowFinding(
            "stand-unknown-species",
            grade,
            "species",
            rows,
            _each(
                rows,
                lambda row: Text(
                    f"不认识树种“{frame.at[row, 'species_text']}”。",
                    f"The species '{frame.at[row, 'species_text']}' is not known.",
                ),
            ),
            Text(
                "请在字段对应文件的 [species] 里写明它算作哪个树种，例如 “杂阔” = “阔叶树”。",
                "Say in [species] of the mapping which species it counts as.",
            ),
        )
    forest = ~frame["land_type"].isin(_UNSTOCKED) & blank & ~carries
    yield RowFinding(
        "stand-blank",
        Grade.C,
        "species",
        _where(forest),
        [Text("树种、蓄积和株数都是空白。", "Species, stock and culms are all blank.")],
        Text(
            "确实没有林木的，请在地类中写明。", "If there are no trees, let the land type say so."
        ),
    )


def _volumes(frame: pd.DataFrame, is_bamboo: np.ndarray) -> Iterator[RowFinding]:
    """Volumes and culms that are negative, missing, or of the wrong kind of stand."""
    stock, culms = frame["stock"], frame["culms"]
    for field, values in (("stock", stock), ("culms", culms)):
        yield RowFinding(
            "stand-negative",
            Grade.A,
            field,
            _where(values < 0),
            [Text("蓄积和株数不能是负数。", "A stock cannot be negative.")],
            Text("请改正。", "Correct it."),
        )
    trees = frame["species"].ne("") & ~is_bamboo & ~frame["land_type"].isin(_UNSTOCKED)
    grown = trees & stock.isna() & ~(frame["age_class"].isin(["", "young"]))
    yield RowFinding(
        "stand-no-stock",
        Grade.B,
        "stock",
        _where(grown),
        [Text("中龄以上的乔木林没有蓄积，碳储量会偏低。", "A grown stand has no stock.")],
        Text("请补填蓄积，或说明原因。", "Enter the stock, or say why there is none."),
    )
    yield RowFinding(
        "stand-bamboo-by-culms",
        Grade.C,
        "culms",
        _where(is_bamboo & (culms > 0) & ~(stock > 0)),
        [
            Text(
                "竹林没有蓄积，按株数计算碳储量。",
                "Bamboo has no volume: its carbon is computed by culms.",
            )
        ],
        Text("请核实株数。", "Confirm the number of culms."),
    )
    yield RowFinding(
        "stand-bamboo-without-culms",
        Grade.B,
        "culms",
        _where(is_bamboo & ~(culms > 0)),
        [Text("竹林没有株数，不能计算碳储量。", "Bamboo without culms cannot be computed.")],
        Text("请补填立竹株数。", "Enter the number of culms."),
    )
    yield RowFinding(
        "stand-bamboo-with-stock",
        Grade.B,
        "stock",
        _where(is_bamboo & (stock > 0)),
        [
            Text(
                "竹林小班有蓄积（可能是混生林木）：树种不明，这部分蓄积不计算碳储量。",
                "A stand of bamboo has a volume (trees among it): their species is not known, so "
                "it is left out of the carbon.",
            )
        ],
        Text("请把混生林木列为单独一行并写明树种。", "Enter the trees as a row of their own."),
    )


def _ages(frame: pd.DataFrame) -> Iterator[RowFinding]:
    """Ages that are impossible, and age classes that contradict the age."""
    age = frame["age"]
    yield RowFinding(
        "stand-age",
        Grade.B,
        "age",
        _where((age < 0) | (age > 500)),
        [Text("林龄不合理（小于 0 或大于 500 年）。", "The age is below 0 or above 500 years.")],
        Text("请改正林龄。", "Correct the age."),
    )
    limits = age_limits()
    expected = np.full(len(frame), "", dtype=object)
    for (item, origin), bounds in limits.items():
        mask = _where(frame["species"].eq(item) & frame["origin"].eq(origin) & (age >= 0))
        classes = np.searchsorted(bounds, age.to_numpy()[mask], side="right")
        expected[mask] = np.array(AGE_CLASSES, dtype=object)[classes]
    rows = _where((expected != "") & frame["age_class"].ne("") & (expected != frame["age_class"]))
    names = code_names("age_class")
    yield RowFinding(
        "stand-age-class",
        Grade.B,
        "age_class",
        rows,
        _each(
            rows,
            lambda row: Text(
                f"龄组“{frame.at[row, 'age_class_text']}”与林龄 {age[row]:g} 年不符："
                f"按通用划分应为{names[expected[row]]}。",
                f"The age class does not fit the age of {age[row]:g} years: by the usual division "
                f"it is {expected[row]}.",
            ),
        ),
        Text(
            "请核对林龄、起源和龄组；本地另有划分标准的请说明。",
            "Check age, origin and age class; say so if a local division applies.",
        ),
    )


def _codes(table: StandTable) -> Iterator[RowFinding]:
    """Origins, age classes and land types in no list; spellings of lists that nobody checked."""
    frame = table.frame
    for field in ("origin", "age_class", "land_type"):
        rows = _where(frame[field].eq("") & frame[f"{field}_text"].ne(""))
        yield RowFinding(
            "stand-unknown-code",
            Grade.B,
            field,
            rows,
            _each(
                rows,
                lambda row, field=field: Text(  # type: ignore[misc]  # bound for each field
                    f"不认识“{frame.at[row, f'{field}_text']}”。",
                    f"'{frame.at[row, f'{field}_text']}' is not known.",
                ),
            ),
            Text(
                f"请在字段对应文件的 [{field}] 里写明它的含义。",
                f"Say in [{field}] of the mapping what it means.",
            ),
        )
    for field, texts in table.doubtful.items():
        yield RowFinding(
            "stand-code-unverified",
            Grade.C,
            field,
            _where(frame[f"{field}_text"].isin(texts)),
            [
                Text(
                    f"这些代码按未核对的代码表读取：{'、'.join(sorted(texts)[:20])}（含义见代码页）。",
                    f"These codes were read by a list that was not checked: "
                    f"{', '.join(sorted(texts)[:20])} (see the sheet of codes).",
                )
            ],
            Text(
                f"请对照本地代码表核实，并写进字段对应文件的 [{field}]。",
                f"Check them against your own list and write them into [{field}] of the mapping.",
            ),
        )
