# carbonledger: `make run` computes the worked inventory, `make test` tests the project.
# Everything is installed into .venv, once; a step repeats only when what it depends on changed.

PYTHON    ?= python3
INVENTORY ?= inventories/fujian-2012
OUT       ?= results/$(notdir $(INVENTORY))
LEDGER    ?= ledger

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip
# Stamps are written after a step has succeeded, so an interrupted installation is taken up again.
MADE := $(VENV)/made
RUN  := $(VENV)/installed-run
DEV  := $(VENV)/installed-dev
BENCH := $(VENV)/installed-bench

# An environment keeps its own address: one that was copied or moved along with the checkout, or
# whose interpreter is gone, is made anew. The address travels by environment, so it may have
# blanks and quotes.
export PLACE := $(CURDIR)
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(MADE)),$(PLACE))
REMAKE := remake
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint docs bench lock clean remake

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile
	@echo '  PYTHON=python3.12  INVENTORY=... OUT=... LEDGER=...  may be given'

run: $(RUN) ## set up and compute INVENTORY (Fujian 2012) into OUT and LEDGER
	$(BIN)/carbonledger run "$(INVENTORY)" --out "$(OUT)" --ledger "$(LEDGER)"

test: $(DEV) ## set up and run the tests with coverage
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

lint: $(DEV) ## style, types and the floors of the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

docs: $(RUN) ## write docs/library and factors/datapackage.json anew from the tables
	$(BIN)/python -m carbonledger.reports.library_pages

bench: $(BENCH) ## measure; results go to docs/performance.md
	$(BIN)/python -m benchmarks

lock: ## resolve the requirements anew (needs uv)
	.ci/lock

clean: ## remove the environment, caches and coverage data; results and ledger stay
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(MADE): $(REMAKE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo '需要 Python 3.11 或更新版本，例如：make run PYTHON=python3.11'; \
	  echo 'Python 3.11 or newer is needed, for example: make run PYTHON=python3.11'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo '这个 Python 缺少 venv 模块，Debian/Ubuntu 请先安装 python3-venv。'; \
	  echo 'This Python has no venv module; on Debian/Ubuntu install python3-venv first.'; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@printf '%s' "$$PLACE" > $@

$(RUN): $(MADE) requirements/run.txt pyproject.toml
	$(PIP) install --quiet -r requirements/run.txt
	$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	$(PIP) install --quiet -r requirements/dev.txt
	@touch $@

$(BENCH): $(RUN) requirements/bench.txt
	$(PIP) install --quiet -r requirements/bench.txt
	@touch $@
