# newsmill: make run, make test, make fuzz, make lint, make lock, make clean
PYTHON ?= python3
INPUT ?= seeds/articles
WAREHOUSE ?= warehouse/data
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

SEED ?= 1
INPUTS ?= 20000

.PHONY: run test fuzz lint lock clean install
.DEFAULT_GOAL := run

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "newsmill needs Python 3.11 or newer: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP)
	$(BIN)/newsmill ingest "$(INPUT)" --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report overview --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report speakers --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report events --warehouse "$(WAREHOUSE)"

test: $(STAMP)
	$(BIN)/python -m pytest

# Many more damaged files than the tests throw at the readers: make fuzz SEED=2 INPUTS=100000 (inputs a kind).
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz_readers $(SEED) $(INPUTS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Pins every dependency for all platforms and Python versions, with hashes. Needs uv.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
