# The commands of the house. `make` alone sets everything up; `make run` plans the reference scenario.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROBLEM ?= examples/washington-2024
PLAN ?= build/washington-2024
# `make run SERVE=no` ends when everything is ready; PORT is where it serves else.
SERVE ?= yes
PORT ?= 8000
KILLS ?= 100

# As many processes as cores; the tests of a file stay together.
PARALLEL ?= -n auto --dist loadfile

.DEFAULT_GOAL := setup
.PHONY: setup run test check check-walls check-killed bench docs lock clean
.DELETE_ON_ERROR:

# Each stamp says that a step is done and is older than nothing it came from: a second `make setup` does nothing.
setup: $(VENV)/.warm

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "OneRoof needs Python 3.11 or later; $(PYTHON) is older. Name another: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python can't make $(VENV). On Debian: apt-get install python3-venv"; rm -rf $(VENV); exit 2; }
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

# Borders for maps come from a package of npm. Without npm everything works, and maps lack their background.
$(VENV)/.boundaries: package.json package-lock.json frontend/make_boundaries.py $(VENV)/.installed
	@if command -v npm >/dev/null; then \
		npm ci --silent --no-audit --no-fund && $(BIN)/python frontend/make_boundaries.py; \
	else echo "npm is not here: maps go without borders. Install nodejs and npm, then run make setup again."; fi
	@touch $@

# Styles and scripts of the pages are built from frontend/ and npm packages; without npm pages work, unstyled.
$(VENV)/.assets: $(VENV)/.boundaries $(wildcard frontend/*.js frontend/*.css)
	@if command -v npm >/dev/null; then npm run --silent build; \
	else echo "npm is not here: pages go without styles and maps. Install nodejs and npm, then run make setup again."; fi
	@touch $@

# The Ukrainian of the pages, from its parts.
$(VENV)/.translations: frontend/make_translations.py $(wildcard src/oneroof/locale/*/parts/*.po) \
		$(wildcard src/oneroof/locale/*/LC_MESSAGES/*.po) $(VENV)/.installed
	@$(BIN)/python frontend/make_translations.py
	@touch $@

# The first plan translates the inner loops to machine code and keeps them; this plan is that first one.
$(VENV)/.warm: $(VENV)/.assets $(VENV)/.translations $(wildcard src/oneroof/planning/*.py)
	@$(BIN)/oneroof plan examples/one-hub-winter --out build/warm --force --json >/dev/null
	@touch $@

# Prepares a house for demonstration in ONEROOF_HOME (var, if nothing else is named) and serves it until Ctrl-C.
run: export ONEROOF_DEMONSTRATION = True
run: export ONEROOF_PORT = $(PORT)
run: export ONEROOF_ADDRESS = http://127.0.0.1:$(PORT)
run: setup
	$(BIN)/oneroof plan $(PROBLEM) --out $(PLAN) --force
	@$(BIN)/oneroof demonstrate --plan $(PLAN)
	@test "$(SERVE)" != no || echo "Everything is ready. make run serves it, or: ONEROOF_DEMONSTRATION=True $(BIN)/oneroof serve"
	@test "$(SERVE)" = no || { \
		echo "Now the server runs until Ctrl-C, and this command does not end before. To prepare alone: make run SERVE=no"; \
		exec $(BIN)/oneroof serve; }

test: setup check
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || \
		echo "chromium is not here: the tests that look at pages are skipped."
	$(BIN)/python -m pytest $(PARALLEL)
	$(BIN)/python -m tests.on_postgresql $(PARALLEL)

# The server killed a hundred times under load, on both databases: minutes, not part of `make test`, which kills it five times.
check-killed: setup
	$(BIN)/python -m tests.house.killing --kills $(KILLS)
	$(BIN)/python -m tests.on_postgresql --run tests.house.killing --kills $(KILLS)

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.asvs
	@missing=$$(find src/oneroof -type d ! -name __pycache__ -exec sh -c \
		'ls "$$1"/*.py >/dev/null 2>&1 && test ! -f "$$1"/__init__.py' _ {} \; -print); \
		test -z "$$missing" || { echo "No __init__.py in: $$missing"; exit 1; }

# Takes out each filter in turn; for the night. Broken off, it goes on where it was.
check-walls: setup
	$(BIN)/python -m tests.house.mutants

bench: setup
	$(BIN)/python bench/run.py

docs: $(VENV)/.installed
	$(BIN)/python -c 'from oneroof.planning.schema import as_markdown; print(as_markdown(), end="")' > docs/fields.md
	$(BIN)/python -m tests.commands.tutorial

# Versions and hashes of everything that setup installs, for Python 3.11 and later on any machine, without addresses.
lock:
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra server --extra test --extra build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
		-o requirements.lock
	@! grep -nE '://|--index|--find-links' requirements.lock

clean:
	rm -rf $(VENV) build dist node_modules src/oneroof/briefings/boundaries src/oneroof/static .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
