# lectopt: `make lab` opens the course, `make test` checks all of it; both install what they need first.
# Another Python: make lab PYTHON=python3.13    More arguments: make test ARGS="-k momentum"

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/lectopt-installed
PEERS := $(VENV)/lectopt-peers-installed
PIP_INSTALL = $(PY) -m pip install --disable-pip-version-check --constraint constraints.txt
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help lab test portable notebooks bench lint fresh clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

lab: $(INSTALLED) ## open the course in JupyterLab
	$(PY) -m jupyterlab $(AS_ROOT) $(ARGS) notebooks/00_welcome.ipynb

test: $(INSTALLED) ## run everything: unit tests, doctests, every notebook against its stored outputs
	$(PY) -m pytest $(ARGS)

# NumPy, OpenBLAS and torch then use no instruction younger than 2008.
portable: $(INSTALLED) ## the same as `test`, as an old processor would do it
	export NPY_DISABLE_CPU_FEATURES="$$($(PY) -c \
		'import numpy; print(*numpy.show_config("dicts")["SIMD Extensions"].get("found", ()))')" && \
	OPENBLAS_CORETYPE=Nehalem ATEN_CPU_CAPABILITY=default OMP_NUM_THREADS=1 $(PY) -m pytest $(ARGS)

notebooks: $(INSTALLED) ## execute all notebooks and store their outputs, the references of the tests
	$(PY) tools/canonical.py $(or $(ARGS),notebooks)
	$(PY) tools/readme_picture.py

bench: $(PEERS) ## compare speed and memory with torch.optim and JAX
	$(PY) -m benchmarks $(ARGS)

lint: $(INSTALLED) ## check style, formatting, and the canonical form of the notebooks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) tools/canonical.py --check notebooks

fresh: ## clone what is committed into an empty folder; run `make lab` and `make test` there
	tools/fresh.sh

clean: ## remove the environment and everything generated
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} + -o -name .ipynb_checkpoints -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "lectopt needs Python 3.11 or newer. Say which one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "This Python can't make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP_INSTALL) --editable '.[test,dev]'
	@touch $@

$(PEERS): $(INSTALLED)
	$(PIP_INSTALL) --editable '.[bench]'
	@touch $@
