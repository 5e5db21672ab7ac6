.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[develop]"
	touch .venv/ready

install: .venv/ready  ## make .venv with everything in it

demo: install  ## train on the built-in digits for three minutes
	$(BIN)/zerosum train digits --minutes 3 --new

test: install lint  ## run everything: lint, types, layers, all tests
	$(BIN)/pytest --numprocesses 2

check: install lint  ## run the fast checks: lint, types, layers, unit tests
	$(BIN)/pytest --numprocesses 2 -m "not slow"

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache

bench: install  ## measure training speed; writes benchmarks/results/
	$(BIN)/python benchmarks/training_speed.py

.PHONY: help install demo test check lint bench
