# Two commands: `make demo` and `make test`. Both make the environment in .venv first: the demo with what cordiale needs
# to run, everything else with the extras and the developers' tools too.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo check test coverage style docs wheel pythons oldest audit bench mutation schemas baseline claims forecasts answers golden figures clean

INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

.venv/core: pyproject.toml
	$(PYTHON) -m venv .venv
	$(INSTALL) -e .
	touch $@

.venv/dev: .venv/core
	$(INSTALL) -e ".[dev]"
	touch $@

demo: .venv/core
	$(BIN)/cordiale run baseline france_joins_quad dual_use_revealed --worlds 500 --out outputs/demo --replace

ALL_CORES := -n auto --dist worksteal  # files stay together, so that what their tests share is made once

QUICK := tests/rules/test_golden.py tests/models tests/files/test_yaml_file.py tests/scenario/test_file.py \
	tests/scenario/test_policy.py tests/study/test_study.py tests/study/test_verify.py tests/output/test_odd.py

check: style  # for daily work: a minute
	$(BIN)/pytest -n auto $(QUICK) "tests/rules/test_reference.py::test_every_scenario_agrees[baseline]"

test: .venv/dev  # what installs or asks a service waits more than it works, so two of these run at once
	$(MAKE) --no-print-directory --jobs=2 --output-sync=target style docs wheel pythons oldest audit
	CORDIALE_SITE=build/site $(BIN)/pytest $(ALL_CORES)

coverage: .venv/dev
	$(BIN)/pytest $(ALL_CORES) --cov --cov-report=term:skip-covered

style: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: .venv/dev  # the documentation, into build/site, with warnings as errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

wheel: .venv/dev
	.ci/wheel $(BIN)/python

pythons: .venv/dev
	.ci/pythons $(BIN)

oldest: .venv/dev
	.ci/oldest $(BIN)

audit: .venv/dev
	$(BIN)/python .ci/audit

bench: .venv/dev
	$(BIN)/python -m benchmarks

mutation: .venv/dev  # two hours on two cores; what it found is in tests/mutation.md
	$(BIN)/python -m tests.mutation

SEALED := docs/sealed
CASE := scenarios/indo_pacific_2018

forecasts: .venv/core  # seals; whoever looks at an answer afterwards runs `cordiale score` with --page docs/score.md
	mkdir -p $(SEALED)
	$(BIN)/cordiale forecast baseline $(CASE)/questions.yaml --worlds 1000 --beside $(CASE)/first_form.csv --out $(SEALED)/questions.json
	for year in 2006 2010 2014 2018; do $(BIN)/cordiale panel --from $$year --worlds 1000 --out $(SEALED)/panel_$$year.json; done

schemas: .venv/core
	$(BIN)/cordiale pack schema --root . --replace

baseline: .venv/core
	$(BIN)/cordiale baseline --worlds 1000 --out docs/baseline.md --replace

claims: .venv/core  # judges and records all claims, and writes their page; a stopped run goes on: cordiale claims --resume outputs/claims
	$(BIN)/cordiale claims --pack indo_pacific_2018 --record --out outputs/claims --replace
	sed 's,(charts/,(figures/,' outputs/claims/claims.md > docs/claims.md
	cp outputs/claims/charts/claims-board.svg outputs/claims/charts/claims-score.svg docs/figures/

answers: .venv/core  # what the page and the class show first, in 500 worlds; beside the scenarios
	$(BIN)/cordiale answers --pack indo_pacific_2018 --record

golden: .venv/dev
	$(BIN)/python -m tests.golden

figures: demo
	cp outputs/demo/charts/fan.png docs/figures/fan.png

clean:
	rm -rf .venv dist build
