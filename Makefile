# Every target does its own set-up (scripts/setup.sh: quick when nothing is missing).

.DEFAULT_GOAL := help
SHELL := bash

.PHONY: help setup browser build demo test test-more test-pythons soak bench size check screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the project needs: WASM target, Python environment, npm packages
	@scripts/setup.sh

browser: ## Install the browser that tests and screenshots need
	@scripts/setup.sh browser

build: setup ## Build the browser package and the Python package, in place
	@scripts/build.sh

demo: build ## A host and two workers at work, their lines live in a web page (DEMO_SECONDS=30 stops by itself)
	@.venv/bin/python demo/run.py

test: build browser ## All tests: Rust, WASM in Node, Python, the demo in a browser
	@scripts/check test

test-more: build browser ## What takes longer: formatting, lints, types, docs, sizes, module arrows, the panel in a browser
	@scripts/check more

test-pythons: setup ## The logger's tests on every Python from 3.10 on that is installed here
	@scripts/pythons.sh

soak: build ## The logger long and hard: 8 processes, 150 kills, ten million lines, a thousand set-ups (some minutes)
	@.venv/bin/python tests/soak/logger.py

check: build browser ## Everything a change has to pass, tests included
	@scripts/check all

bench: build ## Measure jobtrail beside its peers (BENCH_MB=500 for larger logs)
	@bench/run.sh

size: build ## Print the sizes of what is shipped and compare them with the budget
	@scripts/check size

screenshots: build browser ## Take docs/images/panel-light.png and panel-dark.png from the demo
	@node scripts/screenshots.mjs

clean: ## Remove what was built and installed here
	rm -rf target node_modules .venv .cache bindings/wasm/dist bindings/python/python/jobtrail/_assets
