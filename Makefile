# make run   sets up, extracts the repository's corpus with the shipped models, prints the scores, writes the report
# make test  sets up and runs every check
# make benchmark  speed against Stanza and dateparser as ratios, with memory and the split by stage (a quarter of an hour)

PYTHON ?= python3
BIN := .venv/bin
# A CPU build of torch, where PyPI's is a CUDA one: make run TORCH="--index-url https://download.pytorch.org/whl/cpu"
TORCH ?=

.PHONY: run test benchmark setup setup-dev clean

run: setup
	$(BIN)/peristiwa run corpus/id/dev corpus/id/test -o outputs/corpus --fresh
	$(BIN)/peristiwa evaluate events corpus/id/dev outputs/corpus
	$(BIN)/peristiwa evaluate events corpus/id/test outputs/corpus
	$(BIN)/peristiwa report outputs/corpus --gold corpus/id/dev --gold corpus/id/test

test: setup-dev
	$(BIN)/ruff check pipeline tests
	$(BIN)/ruff format --check pipeline tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

benchmark: setup-dev
	$(BIN)/python tests/benchmarks/speed.py --json outputs/speed.json
	$(BIN)/python tests/benchmarks/dates.py

setup: .venv/run.done
setup-dev: .venv/dev.done

.venv/torch.done: constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet $(TORCH) "$$(grep '^torch==' constraints.txt)"
	touch $@

.venv/run.done: .venv/torch.done pyproject.toml
	$(BIN)/pip install --quiet -c constraints.txt -e .
	touch $@

.venv/dev.done: .venv/torch.done pyproject.toml
	$(BIN)/pip install --quiet -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
