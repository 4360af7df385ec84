# newsmill: make run, make test, make lint, make bench, make lock, make clean; long forms: test-long, fuzz, torture,
# year, backfill, bench-*
PYTHON ?= python3
INPUT ?= seeds/articles
WAREHOUSE ?= warehouse/data
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NEWEST := $(VENV)/newest

SEED ?= 1
INPUTS ?= 20000
KILLS ?= 200
HOURS ?= 8760
KEPT ?= 30
WITHOUT ?= 864
ARTICLES ?= 1000000
BENCH ?=

.PHONY: run test test-long fuzz year backfill torture bench bench-reports bench-language lint lock clean install
.DEFAULT_GOAL := run

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "newsmill needs Python 3.11 or newer: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	# As a constraint, too: where an extra is asked for, pip else takes the newest version.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock \
		-c requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: $(STAMP)
	$(BIN)/newsmill ingest "$(INPUT)" --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report overview --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report speakers --warehouse "$(WAREHOUSE)"
	@$(BIN)/newsmill report events --warehouse "$(WAREHOUSE)"

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long"

# What takes long: more kills, more ways to fail, whole schedules and backfills.
test-long: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m long

# Many more damaged files than the tests throw at the readers: make fuzz SEED=2 INPUTS=100000 (inputs a kind).
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz_readers $(SEED) $(INPUTS)

# A year of hourly runs into one warehouse with nightly maintenance, and weeks without: make year HOURS=960 KEPT=10.
year: $(STAMP)
	$(BIN)/python -m tests.long_maintenance $(HOURS) $(KEPT) $(WITHOUT)

# An archive of twenty years of made-up articles through backfill, with memory and rate: make backfill ARTICLES=20000.
backfill: $(STAMP)
	$(BIN)/python -m tests.long_backfill $(ARTICLES)

# Rates beside spaCy and textacy, start-up, memory, discovery, in one sitting: make bench BENCH="rates --texts FOLDER".
bench: $(STAMP) $(NEWEST)/.installed
	$(BIN)/python -m tests.bench --newest $(NEWEST)/bin/python $(BENCH)

$(NEWEST)/.installed: tests/bench/newest.txt
	$(PYTHON) -m venv $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# The language stage against plain spaCy, in one sitting, with a check that annotations are the same: make bench-language.
bench-language: $(STAMP)
	$(BIN)/python -m tests.bench.language $(BENCH)

# Reports over a million made-up articles, in seconds and against read_parquet: make bench-reports ARTICLES=200000.
bench-reports: $(STAMP)
	$(BIN)/python -m tests.bench.reports $(ARTICLES) $(BENCH)

# Kills ingest at random and at named instants, and compares the tables with those of an undisturbed run.
torture: $(STAMP)
	$(BIN)/python -m tests.torture $(KILLS) $(SEED)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/audit $(BIN)/pip-audit requirements.lock

# Pins every dependency for all platforms and Python versions, with hashes. Needs uv.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
