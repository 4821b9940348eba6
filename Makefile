# Every target sets up what it needs first; see packaging/bootstrap/setup.sh.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo tour pictures keys test pytest alone together lint bench soak package lock format clean setup setup-test setup-package

PYTHON := .venv/bin/python
PROGRAM := $(PYTHON) -m clinic_desk
DEMO := build/demo
TOUR := build/tour
# Two workers suit the two cores of a small machine; more only if asked for.
WORKERS ?= 2
export PYTHONUTF8 := 1
# The tests start many processes: where byte code may not be kept, each compiles the program anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest -q

help:
	@echo "make run      start Clinic Desk on a demo clinic (no display: make the tour instead)"
	@echo "make test     lint, types, layers and all tests"
	@echo "make tour     drive the real program offscreen; pictures in $(TOUR)/"
	@echo "make pictures the tour's pictures for the README and the guide, to docs/images/"
	@echo "make keys     the guide's list of keys, from the program's own tables"
	@echo "make bench    measure, as ratios against a floor measured in the same run"
	@echo "make soak     the long tests: eight processes, kills, many random clinics"
	@echo "make package  build dist/clinic-desk/ and try it out"
	@echo "make lint     only the checks that read the code"
	@echo "make format   let the formatter rewrite the code"
	@echo "make lock     choose the newest allowed packages and write the lock files"
	@echo "make clean    remove everything that was built, .venv included"

setup:
	@packaging/bootstrap/setup.sh run

setup-test:
	@packaging/bootstrap/setup.sh test

setup-package:
	@packaging/bootstrap/setup.sh package

run demo: setup
	@if $(PYTHON) -m clinic_desk.app.display; then \
	    $(PROGRAM) demo --data $(DEMO); \
	else \
	    echo "There is no display here, so Clinic Desk cannot open its window."; \
	    echo "Making the tour instead: the real program, driven offscreen, pictures in $(TOUR)/."; \
	    $(PROGRAM) tour --out $(TOUR); \
	fi

tour: setup
	@$(PROGRAM) tour --out $(TOUR)

# The pictures of the README and the guide are those of the tour, by their names.
pictures: setup
	@$(PROGRAM) tour --out $(TOUR) --everything
	@$(PYTHON) packaging/pictures.py $(TOUR) docs/images

keys: setup
	@$(PYTHON) packaging/keys.py docs/guide/keys.md

lint: setup-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

# The lint needs one core and so do the tests of "alone": both at once, each told when it is over.
test: setup-test
	@$(MAKE) --no-print-directory -j2 --output-sync=target lint alone
	@$(MAKE) --no-print-directory together

pytest: setup-test
	@$(MAKE) --no-print-directory alone
	@$(MAKE) --no-print-directory together

# What is timed or drives a display of its own has no other test beside it: two would disturb.
alone: setup-test
	$(PYTEST) -n 0 -m "alone and not soak"

# In the order of tests/conftest.py, the longest files first: no worker waits for the other's last.
together: setup-test
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not alone and not soak"

bench: setup-test
	@mkdir -p build/bench
	QT_QPA_PLATFORM=offscreen $(PYTHON) -m tests.benchmarks --out build/bench

soak: setup-test
	CLINIC_DESK_SOAK=1 $(PYTEST) -s -m "soak" --timeout 3600
	CLINIC_DESK_SOAK=1 $(PYTEST) -n $(WORKERS) --timeout 3600 \
	    tests/unit/availability tests/store/test_guards_fuzz.py

package: setup-package
	@packaging/build.sh

format: setup-test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock: setup-test
	@packaging/bootstrap/lock.sh

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache .benchmarks
	find clinic_desk migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
