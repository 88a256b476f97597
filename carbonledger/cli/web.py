"""``carbonledger web``: the pages on this machine, in the browser."""

import importlib.util
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from carbonledger.cli.common import Lang, default_language, say
from carbonledger.cli.results import LedgerOption
from carbonledger.errors import CarbonledgerError, Text
from carbonledger.services.place import default_ledger

__all__ = ["add_web_command", "settings"]

HERE = "127.0.0.1"
_SAMPLE = "demo-county"
_TRIED_PORTS = 20
_FONTS = "'Microsoft YaHei', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"


def settings(port: int, *, browser: bool) -> list[str]:
    """The options of Streamlit: this machine only, nothing sent out, no inner details shown."""
    from carbonledger.services.uploads import MAX_UPLOAD_MB

    options = {
        "server.address": HERE,
        "server.port": port,
        "server.headless": not browser,
        "server.maxUploadSize": MAX_UPLOAD_MB,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableXsrfProtection": True,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": HERE,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "viewer",
        "client.disableDataExport": True,
        "global.developmentMode": False,
        "theme.font": _FONTS,
        "theme.primaryColor": "#2f6db3",
        "theme.base": "light",
        "theme.headingFontSizes": '["1.8rem","1.3rem","1.1rem","1rem","1rem","1rem"]',
        "theme.metricValueFontSize": "1.7rem",
    }
    return [
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in options.items()
    ]


def web(
    ledger: LedgerOption = None,
    port: Annotated[int, typer.Option(help="端口 / port [8501]", min=1, max=65535)] = 8501,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="打开浏览器 / open the browser")
    ] = True,
    sample: Annotated[
        bool,
        typer.Option(
            "--sample/--no-sample",
            help="账本为空时先算一个示例县 / fill an empty ledger with the sample county",
        ),
    ] = True,
    lang: Lang = None,  # type: ignore[assignment]  # the callback puts the locale's language
) -> None:
    """在本机打开网页 / Open the pages on this machine."""
    if importlib.util.find_spec("streamlit") is None:
        raise CarbonledgerError(
            "没有安装网页所需的组件。请运行：pip install 'carbonledger[web]'",
            "What the pages need is not installed. Run: pip install 'carbonledger[web]'",
        )
    place = (ledger or default_ledger()).resolve()
    _prepare(place, sample=sample, lang=lang)
    chosen = _free_port(port)
    address = f"http://{HERE}:{chosen}"
    say(
        Text(
            f"网页：{address}（只在本机可见；按 Ctrl+C 停止）。账本：{place}",
            f"Pages: {address} (this machine only; Ctrl+C stops them). Ledger: {place}",
        ),
        lang,
    )
    script = Path(__file__).resolve().parents[1] / "web" / "app.py"
    own = {"CARBONLEDGER_LEDGER": str(place), "CARBONLEDGER_WEB_ADDRESS": address,
           "CARBONLEDGER_LANG": lang or default_language()}  # fmt: skip
    command = [sys.executable, "-m", "carbonledger.web.server", "run", str(script)]
    command += settings(chosen, browser=browser)
    environment = os.environ | own
    if sys.platform != "win32":  # the server takes the place of this process, and its signals
        os.execve(sys.executable, command, environment)  # noqa: S606
    raise typer.Exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


def add_web_command(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(web)


def _prepare(place: Path, *, sample: bool, lang: str) -> None:
    """See that the ledger can be held, and that there is something in it to see.

    Raises:
        CarbonledgerError: another process holds it, or it cannot be written.
    """
    from carbonledger.ledger.store import Ledger
    from carbonledger.services.running import run_and_store

    with Ledger.open(place) as opened:
        empty = opened.runs().empty
    if empty and sample:
        say(
            Text(
                "账本是空的：先算一个示例县（虚构数据），约需半分钟……",
                "The ledger is empty: computing the sample county (invented figures) first ...",
            ),
            lang,
        )
        run_and_store(_SAMPLE, place)


def _free_port(wanted: int) -> int:
    """The wanted port, or the next one that is free.

    Raises:
        CarbonledgerError: none of the next ports is free.
    """
    for port in range(wanted, min(wanted + _TRIED_PORTS, 65536)):
        with socket.socket() as probe:
            if probe.connect_ex((HERE, port)) != 0:
                return port
    raise CarbonledgerError(
        f"端口 {wanted} 及其后的端口都被占用，请用 --port 另选。",
        f"Port {wanted} and those after it are in use: choose another with --port.",
    )
