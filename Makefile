# GNU make 3.81 or newer and a POSIX shell. What may be set on the command line:
#   make lab START=notebooks/01-lanes.ipynb LAB_ARGS="--no-browser --port=9999"
#   make test VENV=.venv-3.13 PYTHON=python3.13 TEST_ARGS="-k lanes --cov" PINS=binder/lock.txt
#   make site BASE=https://example.org/course/
VENV = .venv
PYTHON = python3.12 python3.13 python3.14 python3.11 python3 python
START = notebooks/00-start.ipynb
LAB_ARGS =
TEST_ARGS =
PINS =
BASE =

PY = $(VENV)/bin/python
VIEW = kvmendian/render/view
STYLES = notebooks/gallery.css notebooks/reference
# A classroom may have no network: no news, no search for updates, and no question about either.
QUIET = --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate
ROOT := $(shell test "$$(id -u)" = 0 && echo --allow-root)
define INSTALL
$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[$1]' $(if $(PINS),--constraint $(PINS))
$(PY) -m jupyterlab.labextensions disable --log-level=ERROR @jupyterlab/apputils-extension:announcements
endef

.PHONY: help lab test check lint bench classroom picture solutions record selftest compile slides site binder release clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

lab: $(VENV)/.lab ## install once, then open JupyterLab on the first notebook
	exec $(PY) -m jupyterlab $(START) --ServerApp.root_dir="$(CURDIR)" $(QUIET) $(ROOT) $(LAB_ARGS)

test: lint ## run everything: lint, types, tests, notebooks, a real browser
	$(PY) tests/browser/chromium.py
	$(PY) -m pytest -n 2 --dist loadgroup $(TEST_ARGS)

check: ## is this computer ready for the course? says what is missing, installs nothing
	@for python in $(PY) $(PYTHON); do \
	  $$python -c '' 2>/dev/null && { $$python kvmendian/computer/doctor.py; exit; }; \
	done; \
	echo 'no Python was found; install Python 3.12 from python.org or your system, then make check' >&2; \
	exit 1

lint: $(VENV)/.test ## lint, formatting and types only
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m deno fmt --check --quiet --config $(VIEW)/deno.json $(VIEW) $(STYLES)
	$(PY) -m deno lint --quiet --config $(VIEW)/deno.json $(VIEW)
	$(PY) -m deno check --quiet --config $(VIEW)/deno.json $(VIEW)

bench: $(VENV)/.bench ## measure, print the figures, and keep them in tests/bench/RESULTS.md
	$(PY) tests/bench/results.py

classroom: $(VENV)/.bench ## 5, 10 and 20 learners on a real JupyterHub on this computer (needs npm)
	$(PY) tests/bench/classroom.py

picture: $(VENV)/.lab ## draw the README's picture again
	$(PY) -m kvmendian --arch arm --host big --design be-guests-2013 --value 0x11223344 --svg \
	  > notebooks/pictures/first-access.svg

solutions: $(VENV)/.test ## make notebooks/solutions/ from the lessons
	$(PY) notebooks/build.py solutions

record: ## ask real kernels again: six designs, hosts of both orders (Debian 12; a quarter of an hour, and 2 GB in build/)
	PYTHONPATH=. python3 tests/oracles/kvm/record.py

selftest: ## a test from our vectors in the kernel's own framework, run on six kernels (as record)
	PYTHONPATH=. python3 tests/oracles/kvm/selftest.py

compile: ## the designs and the vectors' checker in C again, by compilers of seven machines (Debian 12, x86-64; a minute)
	PYTHONPATH=.:tests/oracles/kvm python3 tests/oracles/c/cross.py
	PYTHONPATH=.:tests/oracles/kvm python3 tests/oracles/c/checked.py

slides: $(VENV)/.lab ## make notebooks/slides/, a page a lesson, which opens without a network
	$(PY) notebooks/build.py slides

site: $(VENV)/.site ## make notebooks/site/: course and API reference as pages, for any web server
	$(PY) notebooks/gallery.py $(BASE)

binder: $(VENV)/.test ## Binder's base image and our pins in a fresh environment: all notebooks, a browser
	$(PY) tests/elsewhere.py binder

release: $(VENV)/.test ## build sdist and wheel, use the wheel elsewhere, check the papers
	$(PY) tests/elsewhere.py release

clean: ## remove all that make made, .venv too
	rm -rf .venv .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf build notebooks/site notebooks/slides
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamps say what is installed, and when: a second call installs nothing and needs no network.
$(VENV)/.lab: pyproject.toml | $(VENV)/bin/pip
	$(call INSTALL,lab)
	@touch $@

$(VENV)/.site: pyproject.toml | $(VENV)/bin/pip
	$(call INSTALL,site)
	@touch $(VENV)/.lab $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/pip
	$(call INSTALL,test)
	@touch $(VENV)/.lab $(VENV)/.site $@

$(VENV)/.bench: pyproject.toml | $(VENV)/bin/pip
	$(call INSTALL,bench)
	npm install --silent --no-audit --no-fund --prefix $(VENV) configurable-http-proxy
	@touch $(VENV)/.lab $(VENV)/.site $(VENV)/.test $@

# A name on PATH proves nothing: a pyenv shim may point nowhere, and Debian's Python lacks ensurepip.
$(VENV)/bin/pip:
	@make_venv() { \
	  for python in $(PYTHON); do \
	    $$python -c 'import ensurepip, sys, venv; sys.exit(not sys.version_info >= (3, 11))' \
	      2>/dev/null && { $$python -m venv $(VENV); exit; }; \
	  done; \
	}; \
	make_venv; \
	if test -n '$(ROOT)' && command -v apt-get >/dev/null; then \
	  apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install python3-venv && make_venv; \
	fi; \
	echo 'kvmendian needs Python 3.11 or newer with its venv module; none of these is one:' >&2; \
	echo '  $(PYTHON)' >&2; \
	echo 'Install one (Debian, Ubuntu: apt-get install python3-venv)' >&2; \
	echo 'or say where yours is: make PYTHON=/path/to/python3' >&2; \
	exit 1
