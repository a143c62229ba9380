# Everything a newcomer needs is `make run` and `make test`; the rest is for daily work.
# uv is the only tool behind them: scripts/uv finds it, or fetches it into .tools/.

UV := scripts/uv
RUN := $(UV) run --no-sync
# Browser and crash tests start real processes, so more workers than this only wait for each other.
TEST_WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help run test lint bench chaos sync system-packages

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: sync ## Start Atelier: screens, API, unattended work and the sandbox
	@$(RUN) atelier up

test: system-packages lint ## Check the code and run every test, on SQLite, on PostgreSQL and in a browser
	@$(RUN) pytest -n logical --maxprocesses $(TEST_WORKERS) --dist worksteal

lint: sync ## Check style, types and the direction of imports
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy
	@$(RUN) lint-imports --no-logo

bench: sync ## Measure speed against the limits of this machine
	@$(RUN) python -m benchmarks

chaos: sync ## Kill processes at random for a while and count what was lost or doubled
	@$(RUN) python -m tests.chaos
	@$(RUN) python -m tests.chaos_sales
	@$(RUN) python -m tests.chaos_generation

sync:
	@$(UV) sync --locked --quiet

system-packages:
	@scripts/system_packages
