# `make demo` and `make test` do all the set-up themselves, the first time and after an update.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Only errors: pip warns of every place in a user's pip.conf that lacks a package, hundreds of lines in all.
PIP = .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check
RUN = .venv/bin/python
# As many tests at once as there are cores, and two more: there are always some that wait for a process or a page.
AT_ONCE ?= $(shell expr $$(nproc 2>/dev/null || sysctl -n hw.ncpu) + 2)
PYTEST = $(RUN) -m pytest -n $(AT_ONCE)
# What finds and describes faces where nothing else was chosen; once for all homes of this checkout.
PACK = models/opencv_zoo/facepass.json

.PHONY: help demo up test test-fast lint scripts openapi lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.installed $(PACK)  ## FacePass with an event: the one that comes along, or your own (PHOTOS=~/Pictures/party)
	@exec $(RUN) manage.py up --demo $${PHOTOS:+--photos "$$PHOTOS"}

up: .venv/.installed $(PACK)  ## FacePass as it is
	@exec $(RUN) manage.py up

test: lint $(PACK)  ## everything that must hold before a change is merged
	$(PYTEST) --durations=25

test-fast: .venv/.installed-dev $(PACK)  ## without browsers, live processes and what is slow; three cases of each test
	$(PYTEST) -m "not browser and not live and not slow" --few-cases=3

lint: .venv/.installed-dev scripts  ## style, types and imports: what takes no database
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports --no-cache

scripts:  ## checks the types of the pages' scripts, where Node.js is installed; `make test` runs their tests
	@if ! command -v npm >/dev/null; then echo "Node.js (npm) is not installed: the pages' scripts are not checked" >&2; \
	elif ! { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --silent; }; then \
		echo "TypeScript was not installed: the pages' scripts are not checked" >&2; \
	else echo "npm run check" && npm run --silent check; fi

openapi: .venv/.installed-dev  ## what is made from the code of the API: docs/openapi.json, docs/errors.md, parts of the clients
	$(RUN) manage.py api_docs
	$(RUN) clients/generate.py

lock:  ## pins every version that requirements*.in ask for
	uv pip compile --universal --python-version 3.11 --quiet --no-header requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --quiet --no-header requirements-dev.in -o requirements-dev.txt

clean:  ## what can be made again; the data in FACEPASS_HOME stay
	rm -rf models/opencv_zoo .venv .mypy_cache .ruff_cache .pytest_cache deploy/opencv-python/build deploy/opencv-python/*.egg-info node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "FacePass needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "FacePass needs Python 3.11 or newer; $(PYTHON) is older or missing." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv

.venv/.installed: requirements.txt deploy/opencv-python/pyproject.toml | .venv/bin/pip
	@echo "Installing Python packages into .venv (once; a few minutes on a slow line)"
	@$(PIP) -r requirements.txt
	@touch $@

$(PACK): recognition/packs/catalogue.py | .venv/.installed
	@echo "Installing the face models into models/opencv_zoo (once; about 80 MB to download)"
	@$(RUN) manage.py install_models opencv_zoo --update
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing the packages for the tests"
	@$(PIP) -r requirements-dev.txt
	@touch $@
