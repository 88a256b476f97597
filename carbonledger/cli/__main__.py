"""``python -m carbonledger.cli``."""

from carbonledger.cli import start

start()
