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
.PHONY: help run web test browser screenshots lint docs bench lock clean remake

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo '  PYTHON=python3.12  INVENTORY=... OUT=... LEDGER=...  may be given'

run: $(RUN) ## set up and compute INVENTORY (Fujian 2012) into OUT and LEDGER
	$(BIN)/carbonledger run "$(INVENTORY)" --out "$(OUT)" --ledger "$(LEDGER)"

web: $(RUN) ## open the pages on this machine
	$(BIN)/carbonledger web --ledger "$(LEDGER)"

test: $(DEV) browser ## set up and run the tests with coverage
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --cov --cov-report=term

# The journeys in a browser use the one of this machine; as root on Debian it is installed. Where
# there is none they are reported as not run (in CI they fail).
browser:
	@command -v chromium chromium-browser google-chrome microsoft-edge > /dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && { apt-get update -qq; \
	  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk > /dev/null; }; } || \
	  echo '没有浏览器，网页流程的测试不运行 / no browser: the journeys in the pages are not run'

screenshots: $(DEV) browser ## pictures of the pages for the user guide, into docs/screenshots
	$(BIN)/python -m benchmarks.screenshots

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
