# Every target works in a fresh clone: set-up runs first and ends at once when nothing has changed.
PYTHON ?= python3
RUN = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench acceptance-full tour texts draft format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Set everything up: virtual environment, pinned packages, front end
	@$(PYTHON) tools/setup.py

demo: setup ## Watch a simulated floor at work in the terminal
	@.venv/bin/paceline demo

test: setup ## Run every check and every test, as CI does
	@$(RUN) -m tools.checks all

check: setup ## The same without integration and acceptance tests
	@$(RUN) -m tools.checks quick

bench: setup ## Compare pacing methods (benchmark-results/report.html), measure the figures in docs/benchmarks.md
	@.venv/bin/paceline benchmark --short
	@$(RUN) -m benchmarks

acceptance-full: setup ## Dial all 4,521 clients of the real list through the laboratory
	@$(RUN) -m benchmarks.full_list

tour: setup ## Take pictures of every page, on a desk and a telephone (build/tour/index.html)
	@$(RUN) -m tests.acceptance.tour

texts: setup ## Bring the catalogues of the pages' texts up to date (agent_console/locale)
	@$(RUN) -m tools.texts

draft: setup ## Write the migration of a new entity: make draft entity=supplier
	@$(RUN) -m tools.migration_draft $(entity)

format: setup ## Format the code and mend what the linter can
	@$(RUN) -m ruff format .
	@$(RUN) -m ruff check --fix .
