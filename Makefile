# make demo and make test are all a newcomer needs: each sets up what it needs by itself.
# make test PYTHON=/path/to/python3.12 uses that Python.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint format types contracts lexicon evaluate wheel check requirements clean

VENV ?= .venv
BIN := $(VENV)/bin
export VENV PYTHON
export MAKE_GOAL = $(firstword $(MAKECMDGOALS))
PYTEST_ARGS ?=

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: ## set up, then read the sample reports into a ledger on the terminal
	@scripts/setup.sh run
	@$(BIN)/reportedly demo

test: ## set up, then run the tests
	@scripts/setup.sh dev
	@$(BIN)/python -m pytest tests --ignore=tests/evaluation --numprocesses=auto $(PYTEST_ARGS)

lint: ## style: ruff's checks and its format
	@scripts/setup.sh dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: ## rewrite the files in ruff's format
	@scripts/setup.sh dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: ## mypy --strict
	@scripts/setup.sh dev
	@$(BIN)/mypy

contracts: ## who may import whom (pyproject.toml, [tool.importlinter])
	@scripts/setup.sh dev
	@$(BIN)/lint-imports

lexicon: ## test every row of the lexicon against its examples
	@scripts/setup.sh dev
	@$(BIN)/reportedly lexicon check

evaluate: ## measure against the development data beside the project; skipped where there is none
	@scripts/setup.sh dev
	@if [ -d ../shared/data ]; then $(BIN)/python -m pytest tests/evaluation -rA $(PYTEST_ARGS); \
	else echo "evaluation skipped: no ../shared/data beside the project"; fi

wheel: ## build the wheel into dist/
	@scripts/setup.sh dev
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	@ls dist/*.whl

check: ## everything that a change must pass (.ci/run)
	@.ci/run

requirements: ## pin requirements/*.in again, with hashes and without an index's address
	@uv=$$(scripts/setup.sh uv) && cd requirements && for name in run build uv dev spark; do \
	  "$$uv" pip compile --quiet --no-config --universal --python-version 3.12 --generate-hashes --no-header \
	    --no-emit-index-url --no-emit-find-links $(UPGRADE) $$name.in --output-file $$name.txt >/dev/null || exit 1; \
	  echo "requirements/$$name.txt"; done

clean: ## remove what set-up, tests and builds have made
	rm -rf $(VENV) .setup build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
