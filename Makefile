# The set-up, the main job and the tests. `make help` lists what can be done.
# Only Python 3.11 or newer, pip and make are needed; everything else goes into .venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; exit; fi; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.emsim-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test lint scenarios benchmark faults notebooks readme clean

help:
	@echo 'make run        set up .venv and run the main job: four simulated weeks, audited, with a report'
	@echo 'make test       set up .venv and run the whole test suite'
	@echo 'make scenarios  set up .venv, run the scenarios and loads that ship, and show what of the policy they cover'
	@echo 'make lint       set up .venv and check style (ruff) and types (mypy)'
	@echo 'make benchmark  set up .venv and measure speed and memory (some minutes)'
	@echo 'make faults     set up .venv and print which planted faults are caught, by what (half an hour)'
	@echo 'make notebooks  set up .venv and execute the notebooks anew, in place (some minutes)'
	@echo 'make readme     write the readings and assumptions into README.md anew'
	@echo 'make setup      set up .venv only; then .venv/bin/emsim --help'
	@echo 'make clean      remove .venv and caches; run folders stay'

setup: $(STAMP)

# The build tools come first, so that nothing is fetched besides the versions of constraints.txt.
$(STAMP): constraints.txt pyproject.toml sim/start.py
	@test -n '$(PYTHON)' || { echo 'emsim needs Python 3.11 or newer: none was found as python3 or python3.11 to python3.14' >&2; exit 2; }
	@echo 'Setting up $(VENV) (about a minute the first time) …' >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install -c constraints.txt hatchling editables
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $@

run: $(STAMP)
	@$(BIN)/emsim run four_weeks --force

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2

scenarios: $(STAMP)
	@$(BIN)/python -m pytest scenarios -n 2 --emsim-coverage --emsim-fail-under=100

lint: $(STAMP)
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy

benchmark: $(STAMP)
	@$(BIN)/python tests/benchmarks/measure.py

faults: $(STAMP)
	@$(BIN)/emsim faults

notebooks: $(STAMP)
	@$(BIN)/jupyter-execute --inplace notebooks/*.ipynb

readme: $(STAMP)
	@$(BIN)/python -m tests.test_readme

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
