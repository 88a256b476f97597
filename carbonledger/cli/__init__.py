"""The command line."""

from carbonledger.cli.commands import app, main, start

__all__ = ["app", "main", "start"]
