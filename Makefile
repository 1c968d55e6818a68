# Two commands are all you need: `make reproduce` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help reproduce test extras lab site tables check refresh claims bench lock clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || echo missing)."; \
	  echo "If you have a newer one under another name: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python has no venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) from requirements.lock (once, about a minute) ..."
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

reproduce: $(READY)  ## execute every notebook on the embedded tables; print the verdicts
	@$(BIN)/python -m compendium run

test: $(READY)  ## run all tests
	@$(BIN)/python -m pytest -n 2

extras: $(VENV)/.extras  ## install what only Dimensions, Spark and the check of types need (half a gigabyte)

$(VENV)/.extras: $(READY) requirements-extras.lock
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-extras.lock
	@touch $@

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir=notebooks

site: $(READY)  ## build the HTML site of the last run
	@$(BIN)/python -m compendium site

tables: $(READY)  ## raw files to tables (COMPENDIUM_RAW names their folder; what is missing is fetched)
	@$(BIN)/python -m compendium tables

check: $(READY)  ## execute everything again in a clean folder; compare with what is committed
	@$(BIN)/python -m compendium check

refresh: $(READY)  ## execute everything and commit-ready replace notebooks, results and figures together
	@$(BIN)/python -m compendium refresh

claims: $(READY)  ## print the claims and their verdicts
	@$(BIN)/python -m compendium claims

bench: $(READY)  ## measure speed and memory as ratios (see benchmarks/README.md)
	@$(BIN)/python benchmarks/tables.py
	@$(BIN)/python benchmarks/run_ratio.py
	@$(BIN)/python benchmarks/multiverse.py

# Versions stay as they are locked, for figures depend on them. Newer ones: make lock NEWER=--upgrade
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet $(NEWER)
lock:  ## bring both lock files up to pyproject.toml (needs uv)
	@$(LOCK) --extra dev --output-file requirements.lock
	@$(LOCK) --extra dev --extra dimensions --extra spark --extra tools --constraints requirements.lock \
	  --output-file requirements-extras.lock

clean:  ## remove what runs have made (not the virtual environment)
	@rm -rf build data/records
