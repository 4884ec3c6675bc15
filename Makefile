# Everything that is done with the project; `make help` lists it. CI runs each of these targets.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench docs recovery screenshot lock

PORT ?= 8501
HOST ?= localhost
STORE ?= $(or $(PLUMBLINE_STORE),store)
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: .venv/tested ## Make .venv with the locked packages for running and testing

run: .venv/installed ## Start the app on PORT (8501); the first start builds the sample shop in STORE
	@test -e "$(STORE)/CURRENT" || $(BIN)/python cli.py sample --store "$(STORE)"
	@port=$(PORT); \
	while (exec 3<>"/dev/tcp/127.0.0.1/$$port") 2>/dev/null; do port=$$((port + 1)); done; \
	test $$port = $(PORT) || echo "Port $(PORT) is taken."; \
	echo "Plumbline opens at http://$(HOST):$$port   (Ctrl+C stops it)"; \
	PLUMBLINE_STORE="$(STORE)" exec $(BIN)/streamlit run app.py \
		--server.address "$(HOST)" --server.port $$port --server.headless true

test: setup ## Run all tests, those in a real browser and on Spark included
	@.ci/system
	$(BIN)/pytest -n 2 --dist loadfile

check: setup ## Lint, check the format and the types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup ## Measure what is fast beside its peers; ONLY=import takes the files whose name has it
	$(BIN)/python benchmarks/run.py $(ONLY)

docs: .venv/installed ## Write the pages of docs/ that come from declarations: tables, metrics, commands, the sample shop
	$(BIN)/python docs/write.py

recovery: .venv/installed ## Measure how well methods find planted truths over SEEDS (10) shops: docs/recovery.md
	$(BIN)/python cli.py recover --seeds $(or $(SEEDS),10) --markdown > .venv/recovery.md && mv .venv/recovery.md docs/recovery.md

screenshot: setup ## Take docs/overview.png, the README's picture, of the sample shop
	$(BIN)/python docs/screenshot.py

lock: setup ## Pin every package anew, as far as requirements.txt and requirements-dev.txt allow
	$(BIN)/python .ci/lock.py

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Plumbline needs Python 3.11 or newer, and none is on the PATH." \
		"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment." \
		"On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing packages into .venv; this happens once and when requirements.lock changes."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.lock
	@touch $@

.venv/tested: requirements-dev.lock .venv/installed
	@echo "Installing what the tests need; this happens once and when requirements-dev.lock changes."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements-dev.lock
	@touch $@
