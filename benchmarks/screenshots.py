"""Pictures of the pages for the user guide: ``python -m benchmarks.screenshots [folder]``.

Starts the application on a ledger of its own with the worked inventories, opens every page in both
languages at 1366 x 768, and writes small PNG files. Needs a browser, like the tests of journeys.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from carbonledger.cli.web import settings
from carbonledger.services.drafts import Drafts
from carbonledger.services.running import run_and_store

ROOT = Path(__file__).resolve().parents[1]
SIZE = {"width": 1366, "height": 768}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
COLOURS = 64


def main() -> None:
    """Write the pictures into ``docs/screenshots`` or the folder named."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("没有浏览器，无法截图 / no browser: no pictures")
    with tempfile.TemporaryDirectory() as scratch:
        ledger = Path(scratch) / "ledger"
        runs = {
            name: run_and_store(name, ledger).identity[:12]
            for name in ("garze-2010-gep", "fujian-2012", "demo-county")
        }
        draft = Drafts(ledger).copy("fujian-2012").identifier
        server, address = _serve(ledger)
        try:
            _shoot(address, browser, target, _views(runs, draft))
        finally:
            server.terminate()
            server.wait(20)


def _views(runs: dict[str, str], draft: str) -> dict[str, str]:
    fujian = f"run={runs['fujian-2012']}"
    return {
        "start": f"?run={runs['demo-county']}",
        "inventory": f"inventory?draft={draft}",
        "results": f"results?{fujian}",
        "trace": f"trace?{fujian}&account=1.A.2.k&measure=CO2&item=diesel",
        "sinks": "sinks?sink=fujian-mangrove-2025",
        "gep": f"gep?run={runs['garze-2010-gep']}",
        "factors": f"factors?{fujian}&parameter=carbon_content&item=raw_coal",
        "calculator": f"calculator?{fujian}&method=energy.combustion.co2",
    }


def _serve(ledger: Path) -> tuple["subprocess.Popen[bytes]", str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "carbonledger.web.server", "run", str(ROOT / "app.py")]
    server = subprocess.Popen(
        [*command, *settings(port, browser=False)],
        env=os.environ | {"CARBONLEDGER_LEDGER": str(ledger), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()  # noqa: S310
            break
        except OSError:
            time.sleep(0.2)
    return server, address


def _shoot(address: str, browser: str, target: Path, views: dict[str, str]) -> None:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(locale="zh-CN", viewport=SIZE).new_page()
        page.set_default_timeout(120_000)
        for name, path in views.items():
            for lang in ("zh", "en"):
                mark = "&" if "?" in path else "?"
                page.goto(f"{address}/{path}{mark}lang={lang}")
                _settle(page)
                picture = Image.open(io.BytesIO(page.screenshot()))
                small = picture.convert("RGB").quantize(COLOURS)
                small.save(target / f"{name}_{lang}.png", optimize=True)
        chromium.close()


def _settle(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()
    for _ in range(2):
        page.wait_for_timeout(800)
        page.wait_for_function(
            "document.querySelector('[data-test-script-state=running]') === null"
        )


if __name__ == "__main__":
    main()
