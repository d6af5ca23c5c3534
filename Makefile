# Two commands: `make run` opens the studio, `make test` checks everything. Both install what they need into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint frontend-check pytest pytest-main pytest-notebooks pytest-torch browsers frontend torch-env notebook-env course docs docker-check clean
.DELETE_ON_ERROR:

run: .venv/installed
	$(BIN)/showtell

test: lint frontend-check pytest

lint: .venv/installed-for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile

# The page's sources: types, tests, and whether the committed bundle is what they give.
frontend-check: node_modules/installed
	npm run --silent check
	npm run --silent test
	npm run --silent build -- --outdir=build/web
	for file in build/web/*; do cmp $$file src/showtell/web/$$(basename $$file) || exit 1; done

# Three runs, which `make -j3` does side by side.
pytest: pytest-main pytest-notebooks pytest-torch

pytest-main: .venv/installed-for-tests browsers
	$(BIN)/pytest --ignore tests/jupyter --ignore tests/torch

pytest-notebooks: .venv/installed-for-tests browsers
	$(BIN)/pytest tests/jupyter

pytest-torch:
	if [ -e build/torch-env/installed ]; then build/torch-env/bin/pytest tests/torch; fi

browsers:
	sh scripts/install_browsers.sh

# For those who change the page: the bundle that is committed.
frontend: node_modules/installed
	npm run --silent build

# PyTorch and Keras, for tests/torch, the rebuild of the bundled network and the docs. In an environment of its own.
torch-env: build/torch-env/installed

build/torch-env/installed: scripts/torch-env.txt pyproject.toml
	$(PYTHON) -m venv build/torch-env
	build/torch-env/bin/pip install --quiet --disable-pip-version-check --requirement $< --editable '.[docs]'
	touch $@

# JupyterLab, Notebook, Voilà and marimo, for the tests of the widgets. In an environment of its own, with an older
# ipykernel beside it.
notebook-env: build/notebook-env/installed

build/notebook-env/installed: pyproject.toml
	$(PYTHON) -m venv build/notebook-env
	build/notebook-env/bin/pip install --quiet --disable-pip-version-check --editable '.[notebook-test]'
	build/notebook-env/bin/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target build/ipykernel6 'ipykernel<7'
	touch $@

# The course's notebooks with their outputs, in build/course: the tests look at them, and the docs show them.
COURSE := $(patsubst src/showtell/course/%,build/course/%,$(wildcard src/showtell/course/*.ipynb))
course: $(COURSE)

build/course/%.ipynb: src/showtell/course/%.ipynb build/torch-env/installed scripts/run_course.py $(shell find src/showtell -name "*.py")
	build/torch-env/bin/python scripts/run_course.py build/course $<

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-for-tests: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

node_modules/installed: package-lock.json
	npm ci --silent --no-audit --no-fund
	touch $@

# The documentation: the course with its outputs, how-tos, reference. Nothing in its pages is loaded from elsewhere.
docs: build/torch-env/installed course
	rm -rf build/docs docs/course
	mkdir docs/course && cp build/course/*.ipynb docs/course
	build/torch-env/bin/sphinx-build -q --fail-on-warning --keep-going --jobs 2 -d build/doctrees docs build/docs
	@echo "Open build/docs/index.html"

# The Dockerfile's lines, as far as they can be tried without Docker.
docker-check:
	$(PYTHON) scripts/try_dockerfile.py

clean:
	rm -rf .venv node_modules build dist
