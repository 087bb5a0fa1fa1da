# The two commands: `make run` and `make test`. Everything else serves them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; exit; }; done; \
	command -v python3 || echo python3)
PORT ?= 8000
BIN := .venv/bin
JOBS ?= 2
# Each is a browser, its site and the test: more at once than cores make slow machines miss what they wait for.
BROWSERS ?= 2
# Compiled files are kept: each of the many processes of a test run would compile everything again.
unexport PYTHONDONTWRITEBYTECODE
export GRADUS_TEST_REDIS_URL ?= redis://127.0.0.1:6379/0
POSTGRES := $(or $(GRADUS_TEST_DATABASE_URL),postgres://postgres@127.0.0.1:5432/gradus)
ENGINES := var/bench/engines
PYTEST := $(BIN)/pytest -q --dist loadgroup

.PHONY: help install run reset test guard lint types contracts checks prepared-sqlite prepared-postgres tests-sqlite tests-services tests-browser chromium bench format

help:  ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

install:  ## Set up the virtual environment from requirements.lock
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Gradus needs Python 3.11 or newer, and none was found. Install it, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) platform/gradus/project/bootstrap.py

run: guard install  ## Start the site and its worker, with the demo academy (PORT=8000)
	@exec $(BIN)/gradus serve --port $(PORT)

reset: install  ## Delete the data of this checkout and start over
	@$(BIN)/gradus startover

test: guard install  ## Everything a change must pass
	@$(MAKE) -j 2 types lint contracts checks prepared-sqlite prepared-postgres
	@$(MAKE) tests-sqlite tests-services tests-browser
	@echo "All checks passed."

guard:  ## The layout: names that would shadow the standard library or django-rules
	@! ls platform/*.py >/dev/null 2>&1 || { echo "platform/ must hold no Python file: it would shadow the standard library's platform."; exit 1; }
	@test "$$(ls platform | grep -v __pycache__)" = gradus || { echo "platform/ must hold gradus/ and nothing else."; exit 1; }
	@test -z "$$(find rules fixtures -name '*.py')" || { echo "rules/ and fixtures/ hold data, no Python: $$(find rules fixtures -name '*.py' | head -3)"; exit 1; }

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint platform workflows cms analytics

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports --no-cache

checks:
	GRADUS_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') PAYMENTS_MODE=stripe GRADUS_URL=https://academy.example \
		$(BIN)/gradus check --deploy --fail-level WARNING --settings gradus.project.settings.production
	$(BIN)/gradus makemigrations --check --dry-run

prepared-sqlite:
	env -u GRADUS_TEST_DATABASE_URL $(BIN)/python -m tests.prepared

prepared-postgres:
	GRADUS_TEST_DATABASE_URL=$(POSTGRES) $(BIN)/python -m tests.prepared

tests-sqlite:  ## The tests that need no service
	env -u GRADUS_TEST_DATABASE_URL $(PYTEST) -n $(JOBS) --ignore tests/browser -m "not postgres and not redis"

tests-services:  ## The tests that need PostgreSQL and Redis
	GRADUS_TEST_DATABASE_URL=$(POSTGRES) $(PYTEST) -n $(JOBS) --ignore tests/browser -m "postgres or redis or both_databases"

tests-browser: chromium  ## The tests in headless Chromium
	env -u GRADUS_TEST_DATABASE_URL $(PYTEST) -n $(BROWSERS) tests/browser

chromium:
	@command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
			echo "Installing Chromium from the distribution ..."; apt-get update -qq; export DEBIAN_FRONTEND=noninteractive; \
			apt-get install -y -qq chromium-headless-shell >/dev/null 2>&1 || apt-get install -y -qq chromium >/dev/null; \
		else echo "Browser tests need Chromium; install your distribution's package (Debian: sudo apt-get install chromium-headless-shell). They are skipped now."; fi; }

bench: install $(ENGINES)  ## The benchmarks; results as JSON under var/bench/
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

$(ENGINES): benchmarks/requirements.txt
	@rm -rf $@ && $(BIN)/python -m pip install -q --target $@ -r $< && touch $@

format: install  ## Put the code into the house's format
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/djlint --quiet --reformat platform workflows cms analytics
