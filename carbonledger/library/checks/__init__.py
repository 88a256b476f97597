"""Checks of a factor library: every error of a folder at once, before a number is used."""

from carbonledger.library.checks.whole import check_library

__all__ = ["check_library"]
