"""The command line."""

from carbonledger.cli.commands import app, main

__all__ = ["app", "main"]
