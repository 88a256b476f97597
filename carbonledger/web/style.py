"""What the framework shows of its own: its menu hidden, its words in the reader's language."""

from carbonledger.services.uploads import MAX_UPLOAD_MB
from carbonledger.web.words import t

__all__ = ["style"]

_ALWAYS = """
.stMainBlockContainer{padding:3rem 1.5rem}
[data-testid="stMainMenu"],[data-testid="stStatusWidget"]{display:none}
"""
# The framework has no words of ours for its field of files: ours stand over them.
_FILES = """
[data-testid="stFileUploaderDropzone"]>span button p,
[data-testid="stFileUploaderDropzoneInstructions"] span{font-size:0}
[data-testid="stFileUploaderDropzone"]>span button p::after{content:"%s";font-size:1rem}
[data-testid="stFileUploaderDropzoneInstructions"] span::after{content:"%s";font-size:.875rem}
"""


def style() -> str:
    """The style sheet of every page."""
    button = t("选择文件", "Choose files")
    hint = t(
        f"或把文件拖到这里，单个不超过 {MAX_UPLOAD_MB} MB",
        f"or drop them here, at most {MAX_UPLOAD_MB} MB each",
    )
    return f"<style>{_ALWAYS}{_FILES % (button, hint)}</style>"
