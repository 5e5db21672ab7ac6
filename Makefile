.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[develop]"
	touch .venv/ready

install: .venv/ready  ## make .venv with everything in it

demo: install  ## train on the built-in digits for three minutes
	$(BIN)/zerosum train digits --minutes 3 --new

test: install lint  ## run everything: lint, types, layers, all tests
	$(BIN)/pytest --numprocesses 2 --dist worksteal

check: install lint  ## run the fast checks: lint, types, layers, unit tests
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m "not slow and not browser"

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache
	@if [ -x node_modules/.bin/tsc ]; then node_modules/.bin/tsc --project jsconfig.json; \
	else echo "JavaScript was not type-checked: make browsers installs the checker"; fi

browsers:  ## install Debian's chromium and firefox, and the checkers of pages
	(command -v chromium && command -v firefox-esr) || (apt-get update --quiet && apt-get install --yes --quiet chromium firefox-esr)
	npm ci --silent --no-audit --no-fund

browser-test: install browsers  ## install browsers, and run the tests of all pages in them
	$(BIN)/pytest --numprocesses 2 --dist worksteal -m browser

bench: install  ## measure training speed; writes benchmarks/results/
	$(BIN)/python benchmarks/training_speed.py

.PHONY: help install demo test check lint browsers browser-test bench
