"""What is handed to the ledger: a finished run, its decisions, and the files behind it."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from carbonledger.engine.results import Results
from carbonledger.errors import CarbonledgerError
from carbonledger.files import sha256_file

__all__ = ["Original", "Submission"]

_SHA256 = re.compile(r"[0-9a-f]{64}")

# When and on what it was computed: no part of what the compilers hand in.
_CIRCUMSTANCES = {"started", "seconds", "engine", "versions"}
# Follows from the postings and the quotation; its last digits depend on the order of addition.
_FOLLOWS = {"computed", "difference", "percent"}


class Original(NamedTuple):
    """A file that the run was computed from, with its SHA-256 (hex) as the run read it."""

    name: str
    path: Path
    sha256: str


class Submission(NamedTuple):
    """``run.json`` as far as the ledger has columns for it; what is missing is None.

    ``identity`` says what was computed. ``digest`` (SHA-256, hex) covers all that was decided:
    ``run.json`` without its circumstances, ``problems.csv``, names and digests of the originals.
    """

    identity: str
    digest: str
    inventory: str
    title_zh: str | None
    title_en: str | None
    region: str | None
    periods: str | None
    profile: str | None
    gwp: str | None
    code: str | None
    started: str | None
    seconds: float | None
    text: str

    @classmethod
    def read(cls, results: Results, originals: Sequence[Original]) -> "Submission":
        """Read ``run.json``, of which only the identity is indispensable.

        Raises:
            CarbonledgerError: it is unreadable, its identity or the digest of an original is not a
                SHA-256 in hex, or ``problems.csv`` has gone.
        """
        _refuse_malformed(originals)
        try:
            info: Any = results.info
            problems = sha256_file(results.folder / "problems.csv")
        except (ValueError, OSError):
            info = None
        identity = info.get("identity") if isinstance(info, dict) else None
        if not isinstance(identity, str) or not _SHA256.fullmatch(identity):
            raise CarbonledgerError(
                f"结果目录“{results.folder}”的 run.json 或 problems.csv 无法读取，"
                "或没有有效的运行编号（identity）。没有保存。请重新运行一次。",
                f"run.json or problems.csv in '{results.folder}' cannot be read, or there is no "
                "valid identity. Nothing was stored. Run again.",
            )
        title = info.get("title")
        both = title if isinstance(title, dict) else {"zh": title, "en": title}
        return cls(
            identity=identity,
            digest=_digest(info, problems, originals),
            inventory=_text(info.get("inventory")) or "",
            title_zh=_text(both.get("zh")),
            title_en=_text(both.get("en")),
            region=_text(info.get("region")),
            periods=_text(info.get("periods")),
            profile=_text(info.get("profile")),
            gwp=_text(info.get("gwp")),
            code=_text(info.get("code")),
            started=_text(info.get("started")),
            seconds=_seconds(info.get("seconds")),
            text=json.dumps(info, ensure_ascii=False),
        )


def _refuse_malformed(originals: Sequence[Original]) -> None:
    """Refuse input files whose digest is none: it becomes a file name."""
    for original in originals:
        if not _SHA256.fullmatch(original.sha256):
            raise CarbonledgerError(
                f"输入文件“{original.name}”的摘要“{original.sha256}”不是 SHA-256。"
                "没有保存。请重新运行一次。",
                f"The digest '{original.sha256}' of the input file '{original.name}' is no "
                "SHA-256. Nothing was stored. Run again.",
            )


def _digest(info: dict[str, Any], problems: str, originals: Sequence[Original]) -> str:
    kept = {name: value for name, value in info.items() if name not in _CIRCUMSTANCES}
    published = kept.get("published")
    if isinstance(published, list):
        kept["published"] = [_quotation(row) for row in published]
    named = sorted((original.name, original.sha256) for original in originals)
    content = json.dumps([kept, problems, named], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _quotation(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    return {name: value for name, value in row.items() if name not in _FOLLOWS}


def _seconds(value: object) -> float | None:
    """The duration of the run, of the timings step by step or as one number."""
    total = value.get("total") if isinstance(value, dict) else value
    return float(total) if isinstance(total, int | float) else None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
