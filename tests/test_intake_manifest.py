"""The manifest: faults are explained, and what it asks must make sense."""

import pytest
from intake_sample import MANIFEST, NAMES, write_sample
from inventory_cases import codes, edit

from carbonledger.intake.inventory import ManifestError, read_inventory
from carbonledger.intake.manifest import parse_manifest


@pytest.fixture
def folder(tmp_path):
    return write_sample(tmp_path / "清单")


def manifest_codes(text):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ManifestError) as caught:
        parse_manifest(data)
    assert caught.value.text.zh
    return [problem.code for problem in caught.value.problems], caught.value.text.zh


def test_a_byte_order_mark_is_no_fault():
    assert parse_manifest(b"\xef\xbb\xbf" + MANIFEST.encode()).profile == "ipcc-2006"


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('region = "泉州市"\n', "", "manifest-missing", "region"),
        ('region = "泉州市"', "region = 350500", "manifest-value", "引号"),
        ("periods = [2012]", "periods = []", "manifest-value", "至少有一项"),
        ("periods = [2012]", "periods = 2012", "manifest-value", "列表"),
        ("periods = [2012]", 'periods = ["甲"]', "manifest-value", "periods[1]"),
        ("periods = [2012]", "periods = [12]", "manifest-period", "12"),
        ("periods = [2012]", "periods = [2012, 2012]", "manifest-period", "重复"),
        ("profile =", "profil =", "manifest-unknown-key", "profile"),
        ('sheet = "工业"', 'sheets = "工业"', "manifest-unknown-key", "tables[2].sheets"),
        ('file = "energy.csv"', 'file = ""', "manifest-value", "tables[1].file"),
        ("title = {", "title = 5 #", "manifest-value", "title"),
        ("[[tables]]", "[tables]", "manifest-syntax", "tables"),
        ('"泉州市"', "“泉州市”", "manifest-syntax", "中文标点"),
        ("periods = [", "periods = ", "manifest-syntax", "第 3 行"),
    ],
)
def test_faults_of_the_manifest_are_explained(old, new, code, says):
    found, text = manifest_codes(MANIFEST.replace(old, new, 1))
    assert code in found
    assert says in text


def test_several_faults_come_together():
    found, _ = manifest_codes(MANIFEST.replace("profile", "profil").replace("sheet =", "shet ="))
    assert sorted(found) == ["manifest-missing", "manifest-unknown-key", "manifest-unknown-key"]


def test_a_manifest_in_gbk_is_named_as_such():
    found, text = manifest_codes(MANIFEST.encode("gb18030"))
    assert found == ["manifest-encoding"]
    assert "第 1 行" in text
    assert "UTF-8" in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('region = "泉州市"', 'region = "泉洲市"', "region-unknown"),
        ('region = "泉州市"', 'region = "鼓楼区"', "region-ambiguous"),
        ('file = "energy.csv"', 'file = "energy.csv"\nregion = "广东省"', "table-outside"),
        ('file = "energy.csv"', 'file = "energy.csv"\nperiod = 2013', "table-outside"),
        ('file = "energy.csv"', 'file = "energy.csv"\nlayout = "entrys"', "layout-unknown"),
        ('file = "energy.csv"', 'file = "book.xlsx"\nsheet = "工业"', "table-twice"),
        ('file = "energy.csv"', 'file = "inventory.toml"', "file-extension"),
    ],
)
def test_what_the_manifest_asks_must_make_sense(folder, old, new, code):
    edit(folder, "inventory.toml", old, new)
    assert code in codes(read_inventory(folder, NAMES), "A")
