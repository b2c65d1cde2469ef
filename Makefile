# Two commands: `make demo` and `make test`. Both make the environment in .venv first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo check test coverage style docs wheel pythons oldest audit bench mutation schemas baseline golden figures clean

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@

demo: .venv/installed
	$(BIN)/cordiale run baseline france_joins_quad dual_use_revealed --worlds 500 --out outputs/demo --replace

QUICK := tests/rules/test_golden.py tests/models tests/files/test_yaml_file.py tests/scenario/test_file.py \
	tests/scenario/test_policy.py tests/study/test_study.py tests/study/test_verify.py tests/output/test_odd.py

check: style  # for daily work: a minute
	$(BIN)/pytest -n auto $(QUICK) "tests/rules/test_reference.py::test_every_scenario_agrees[baseline]"

test: style docs wheel pythons oldest audit
	$(BIN)/pytest -n auto

coverage: .venv/installed
	$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered

style: .venv/installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

docs: .venv/installed  # the documentation, into build/site, with warnings as errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

wheel: .venv/installed
	.ci/wheel $(BIN)/python

pythons:
	.ci/pythons

oldest: .venv/installed
	.ci/oldest $(BIN)

audit: .venv/installed
	$(BIN)/python .ci/audit

bench: .venv/installed
	$(BIN)/python -m benchmarks

mutation: .venv/installed  # two hours on two cores; what it found is in tests/mutation.md
	$(BIN)/python -m tests.mutation

schemas: .venv/installed
	$(BIN)/cordiale pack schema --root . --replace

baseline: .venv/installed
	$(BIN)/cordiale baseline --out docs/baseline.md --replace

golden: .venv/installed
	$(BIN)/python -m tests.golden

figures: demo
	cp outputs/demo/charts/fan.png docs/figures/fan.png

clean:
	rm -rf .venv dist build
