"""The first journeys in a browser, as a person makes them: clicks, keys, downloads opened again.

Where no browser is found the tests are reported as not run, except in CI, where they fail.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import web_sample as sample
from openpyxl import load_workbook

from carbonledger.cli.web import settings

playwright = pytest.importorskip("playwright.sync_api")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
WAIT = 180_000
PRESS = 120  # ms: a click without any delay may be swallowed while a text box is left
REST = 400  # ms
QUIET = """rest => {
  const app = document.querySelector('[data-test-script-state]');
  const idle = app !== null && app.dataset.testScriptState !== 'running'
    && document.querySelector('[data-test-connection-state=CONNECTED]') !== null
    && document.querySelector('[data-stale=true]') === null;
  if (!idle) { window.idleSince = undefined; return false; }
  window.idleSince = window.idleSince ?? performance.now();
  return performance.now() - window.idleSince >= rest;
}"""
filled = sample.filled


def browser_path() -> str:
    """The browser on this machine; without one a failure in CI, elsewhere a test not run."""
    found = os.environ.get("CARBONLEDGER_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), ""
    )
    if not found and os.environ.get("CI"):
        pytest.fail("no browser: install chromium")
    if not found:
        pytest.skip("no browser on this machine: the journeys were not run")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(filled: Path) -> Iterator[str]:
    browser_path()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "carbonledger.web.server", "run", str(sample.APP)]
    server = subprocess.Popen(
        [*command, *settings(port, browser=False)],
        env=os.environ | {"CARBONLEDGER_LEDGER": str(filled), "CARBONLEDGER_WEB_ADDRESS": address,
                          "PYTHONPATH": str(sample.ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + sample.PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()  # noqa: S310
                break
            except OSError:
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def chromium() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: "playwright.Browser", served: str) -> Iterator["playwright.Page"]:
    """A window; at the end nothing that it asked for may have been elsewhere."""
    context = chromium.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, accept_downloads=True
    )
    context.set_default_timeout(WAIT)
    page = context.new_page()
    outside: set[str] = set()

    def asked(request: "playwright.Request") -> None:
        if not request.url.startswith((served, "data:", "blob:", served.replace("http", "ws"))):
            outside.add(request.url)

    context.on("request", asked)
    yield page
    context.close()
    assert outside == set()


def visit(page: "playwright.Page", served: str, path: str) -> None:
    page.goto(f"{served}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    settle(page)


def settle(page: "playwright.Page") -> None:
    """Wait until the script has run, and has stayed at rest: a click takes a while to arrive."""
    page.wait_for_timeout(200)
    page.wait_for_function(QUIET, arg=REST, timeout=WAIT, polling=50)


def press(page: "playwright.Page", name: str) -> None:
    page.get_by_role("button", name=name).first.click(delay=PRESS)
    settle(page)


def open_tab(page: "playwright.Page", name: str) -> None:
    tab = page.get_by_role("tab", name=re.compile(name))
    tab.click(delay=PRESS)
    settle(page)
    if tab.get_attribute("aria-selected") != "true":  # the page was just then drawn anew
        tab.click(delay=PRESS)
        settle(page)


def choose(page: "playwright.Page", label: str, text: str) -> None:
    """Choose from a list by typing a part of what it shows."""
    box = page.get_by_role("combobox", name=re.compile(label)).first
    box.click()
    box.press_sequentially(text, delay=30)
    page.get_by_role("option", name=re.compile(re.escape(text))).first.click(delay=PRESS)
    settle(page)


def fill(page: "playwright.Page", label: str, text: str, *, exact: bool = False) -> None:
    page.get_by_role("textbox", name=label if exact else re.compile(label)).first.fill(text)


def downloaded(page: "playwright.Page", name: str, folder: Path, key: str = "") -> Path:
    """The file that a button gives; ``key`` is that of the table, where several have the name."""
    settle(page)
    with page.expect_download() as waiting:
        button = page.get_by_role("button", name=name)
        if key:
            button = page.locator(f".st-key-download_{key}").get_by_role("button", name=name)
        button.first.click(delay=PRESS)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_first_journey(page: "playwright.Page", served: str, tmp_path: Path) -> None:
    """Fujian 2012 from a workbook: messages, one cell corrected, results, trace, download."""
    workbook = tmp_path / sample.BALANCE
    workbook.write_bytes(sample.balance_workbook(C24="0.1吨", O7=3.477444, O5=3.477444))
    visit(page, served, "")
    page.get_by_text("随软件提供的清单").wait_for()
    page.get_by_role("link", name="录入与校验").click(delay=PRESS)
    settle(page)
    choose(page, "地区（可输入", "福建省")
    fill(page, "年份", "2012")
    press(page, "新建")
    page.locator("input[type=file]").set_input_files(str(workbook))
    page.get_by_text(re.compile("能源平衡表2012|福建2012")).first.wait_for()
    settle(page)
    open_tab(page, "校验")
    page.get_by_text("有 A 级问题").wait_for()
    written = sample.balance_rows()[23][2]  # what the table that comes with the program says
    fill(page, "单元格", f"{sample.BALANCE}/{sample.SHEET}!C24", exact=True)
    fill(page, "改为", str(written), exact=True)
    fill(page, "理由", "单位写进了单元格，数也抄错了")
    press(page, "保存更正")
    open_tab(page, "校验")
    page.get_by_text("已作的决定").wait_for()
    assert page.get_by_text("有 A 级问题").count() == 0
    open_tab(page, "计算")
    press(page, "确认并计算")
    page.get_by_text("已计算并入账").first.wait_for()
    page.get_by_role("link", name="清单结果").click(delay=PRESS)
    settle(page)
    path = downloaded(page, "下载 Excel", tmp_path)
    assert path.name == "福建省 2012 年分部门结果.xlsx"
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    (total,) = (row for row in rows if row[0] == "1.A")
    # CEADs, doi:10.1038/sdata.2017.201: 212.8 Mt CO2; ours in 10 000 t.
    assert total[2] == pytest.approx(21280, rel=0.03)
    page.get_by_role("link", name="溯源").click(delay=PRESS)
    settle(page)
    choose(page, "科目", "1.A.2.k")
    choose(page, "品种", "原煤")
    page.get_by_text(f"{sample.BALANCE} / {sample.SHEET} ! C24").first.wait_for()
    paper = downloaded(page, "下载审计底稿", tmp_path)
    texts = {str(cell) for sheet in load_workbook(paper) for row in
             sheet.iter_rows(values_only=True) for cell in row if cell is not None}  # fmt: skip
    assert f"{sample.BALANCE}/{sample.SHEET}!C24" in texts
    assert str(written) in texts
    terms = load_workbook(paper).worksheets[0]
    assert terms.cell(terms.max_row, 4).value.startswith("=SUM(")
    assert any(re.search("表.*[0-9]|Table [0-9]", text) for text in texts)  # tables of documents


def test_audit_journey(page: "playwright.Page", served: str) -> None:
    """A reference from a report leads to the figure; a link shows another the same."""
    visit(page, served, "results")
    run = re.search(r"run=([0-9a-f]{12})", page.url)
    assert run is not None
    visit(page, served, "trace")
    page.get_by_text("按引用编号回查").click(delay=PRESS)
    fill(page, "引用编号", f"{run[1]}/350000/2012/1.A.3/CO2/diesel")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_text("1.A.3 交通运输 · CO₂").wait_for()
    assert "account=1.A.3" in page.url
    other = page.context.new_page()
    other.goto(f"{page.url}&lang=en")
    other.get_by_text("1.A.3 Transport · CO₂").wait_for()


def test_factor_journey(page: "playwright.Page", served: str, tmp_path: Path) -> None:
    """Look a factor up, see why it wins, try another value, before and after, apply."""
    visit(page, served, "")
    page.locator(".st-key-copy_fujian-2012 button").click(delay=PRESS)
    page.get_by_text("已另存为草稿").wait_for()
    settle(page)
    page.get_by_role("link", name="因子库").click(delay=PRESS)
    settle(page)
    fill(page, "查找", "原煤 含碳量")
    page.keyboard.press("Enter")
    page.get_by_text("因子库检索").wait_for()
    settle(page)
    open_tab(page, "哪个值适用")
    choose(page, "^参数", "（carbon_content）")
    choose(page, "^品种", "（raw_coal）")
    page.get_by_text("为什么：").wait_for()
    page.get_by_text("相竞争的各行").wait_for()
    open_tab(page, "试用自己的值")
    choose(page, "^品种", "（raw_coal）")
    fill(page, "值和单位", "25.0 t C/TJ")
    fill(page, "来源文件", "实验室报告")
    fill(page, "页码", "第3页")
    press(page, "试算")
    page.get_by_text("改动前后").wait_for()
    path = downloaded(page, "下载 Excel", tmp_path)
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    moved = [row for row in rows if row[0] == "1.A"]
    assert moved
    assert moved[0][5] != moved[0][6]
    press(page, "应用到草稿")
    page.get_by_text("已写入草稿").wait_for()


def test_two_windows_and_a_command_beside(
    page: "playwright.Page", served: str, filled: Path
) -> None:
    """Windows side by side; a command is told who holds the ledger and may read a snapshot."""
    visit(page, served, "results")
    other = page.context.new_page()
    visit(other, served, "calculator")
    command = [sys.executable, "-m", "carbonledger.cli", "ledger", "log", "--ledger", str(filled)]
    env = os.environ | {"PYTHONPATH": str(sample.ROOT), "PYTHONIOENCODING": "utf-8"}
    held = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert held.returncode == 1
    assert "网页服务占用" in held.stderr
    assert served in held.stderr
    assert "--snapshot" in held.stderr
    read = subprocess.run(
        [*command, "--snapshot"], capture_output=True, text=True, env=env, check=False
    )
    assert read.returncode == 0
    assert "fujian-2012" in read.stdout
    page.reload()
    page.get_by_role("heading", name="清单结果").wait_for()


def test_mangrove_journey(page: "playwright.Page", served: str, tmp_path: Path) -> None:
    """675 ha of mangrove: hectares beside mu, a schedule, methods with ranges, what is left out."""
    visit(page, served, "sinks")
    fill(page, "总面积", "675")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_text("是公顷还是亩").wait_for()
    fill(page, "总面积", "675 公顷")
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"675 公顷 = 10,125 亩")).wait_for()
    fill(page, "测算到哪一年", "2030")
    fill(page, "年度进度", "2021 100\n2022 150\n2023 150\n2024 150\n2025 125")
    fill(page, "保存率", "80%")
    page.get_by_role("button", name="估算", exact=True).click(delay=PRESS)
    page.get_by_text("请先回答：与已有估算的地块是否重叠").wait_for()
    for answer in page.get_by_text("有重叠：本估算与它不得相加").all():  # of each neighbour
        answer.click(delay=PRESS)
        settle(page)
    page.get_by_role("button", name="估算", exact=True).click(delay=PRESS)
    page.get_by_text("结果为事前估算，不等于可交易减排量").wait_for()
    page.get_by_text("包括什么、不包括什么").wait_for()
    told = page.get_by_test_id("stAlertContentInfo")
    told.get_by_text(re.compile("675 公顷的碳汇估算.*不得相加")).wait_for()
    settle(page)
    rows = list(
        load_workbook(downloaded(page, "下载 Excel", tmp_path, "methods")).active.iter_rows(
            values_only=True
        )
    )
    found = [row for row in rows if row[0] and str(row[0]).startswith("S.2.1.a")]
    assert len({row[1] for row in found}) > 1  # several methods for the same pool
    ranged = [row for row in found if isinstance(row[4], float | int)]
    assert ranged
    assert all(row[4] <= row[3] <= row[5] for row in ranged)
    fill(page, "保存率情景", "60% 95%")
    press(page, "比较情景")
    page.get_by_text("不同保存率的情景").wait_for()
    rows = list(
        load_workbook(downloaded(page, "下载 Excel", tmp_path, "survival")).active.iter_rows(
            values_only=True
        )
    )
    assert [row[0] for row in rows if str(row[0]).endswith("%")] == ["60%", "95%"]
    page.get_by_text("计入土地利用").first.click(delay=PRESS)
    settle(page)
    page.get_by_role("button", name="加入", exact=True).click(delay=PRESS)
    page.get_by_text("已加入草稿").wait_for()
    settle(page)
    page.get_by_role("link", name="打开草稿，校验并计算").click(delay=PRESS)
    settle(page)
    open_tab(page, "计算")
    press(page, "确认并计算")
    page.get_by_text("已计算并入账").first.wait_for()


def test_gep_journey(page: "playwright.Page", served: str, tmp_path: Path) -> None:
    """The account of Garzê 2010 read on the screen and in the download."""
    visit(page, served, "gep")
    press(page, "计算甘孜州 2010 年账户")
    page.get_by_text("GEP 实物量与价值量").wait_for()
    path = downloaded(page, "下载 Excel", tmp_path)
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    (whole,) = (row for row in rows if row[0] == "G")
    parts = [row for row in rows if row[0] in {"G.1", "G.2", "G.3"}]
    head = next(row for row in rows if str(row[0]).startswith("科目"))
    column = next(place for place, cell in enumerate(head) if str(cell).startswith("现价值"))
    values = [row[column] for row in (whole, *parts)]
    assert values[0] == pytest.approx(sum(values[1:]))
    open_tab(page, "价格")
    page.get_by_text("所用价格").wait_for()
