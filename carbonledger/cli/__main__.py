"""``python -m carbonledger.cli``."""

from carbonledger.cli import main

main()
