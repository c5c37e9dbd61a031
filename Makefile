# Polder. Every target does its own set-up; `make` alone says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
READY := $(VENV)/.ready
ASSETS := node_modules/.package-lock.json
RUN := PYTHONDONTWRITEBYTECODE= PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
CODE := models rules workflows activities store runtime acts web cli worker.py tests $(wildcard benchmarks)
PYTEST_ARGS ?=

.PHONY: help setup demo test check screenshots bench lock clean programs

help: ## what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(READY) $(ASSETS) ## the locked packages of Python and of the pages (once, and again when a lock changes)

$(READY): requirements-dev.txt pyproject.toml scripts/venv
	@scripts/venv $(VENV)
	@echo "Installing the locked packages (about 300 MB the first time)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements-dev.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $(READY)

$(ASSETS): package-lock.json .npmrc
	@scripts/programs npm=npm
	@npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $(ASSETS)

demo: setup ## a whole covenant, launch to entry into force, in skipped time
	@$(RUN) scripts/fresh state/demo
	@$(RUN) POLDER_STATE=state/demo polder play garments-textile

programs: setup # Debian programs the tests look with, a browser among them; nothing is fetched when they are there
	@scripts/programs pdfsig=poppler-utils chromium-headless-shell=chromium-headless-shell \
	  soffice=libreoffice-writer-nogui /usr/lib/python3/dist-packages/uno.py=python3-uno \
	  softhsm2-util=softhsm2

test: programs ## the whole test suite (PYTEST_ARGS="-k signing" for a part)
	@$(RUN) pytest -n 3 --dist worksteal $(PYTEST_ARGS)

check: setup ## ruff, mypy strict, import-linter
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy $(CODE)
	@$(RUN) lint-imports

screenshots: programs ## every page at phone and desktop width, into state/screenshots
	@$(RUN) python scripts/screenshots.py state/screenshots

bench: setup ## measure, and print the table of the README
	@$(RUN) python benchmarks/run.py

lock: ## renew requirements*.txt from pyproject.toml, for Debian 12's Python and later (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv; nothing else does" >&2; exit 1; }
	@uv pip compile pyproject.toml --upgrade --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.txt
	@uv pip compile pyproject.toml --group dev --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-header --quiet -c requirements.txt -o requirements-dev.txt
	@! grep -n '://' requirements.txt requirements-dev.txt

clean: ## remove the virtual environment, the caches and the demo's state
	@rm -rf $(VENV) node_modules state/demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
