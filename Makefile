# The verbs of this project. `make help` lists them; each installs what it needs and can be run again at any time.
.DEFAULT_GOAL := help
SHELL := /bin/bash
ROOT := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

.PHONY: help setup format lint build test soak fuzz firmware demo sizes clean

help: ## list the verbs
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what building and testing need (Debian packages, Python peers)
	@scripts/setup.sh test

format: ## rewrite all Swift files in the project's format
	@scripts/lint.sh --fix

lint: ## fail on a file that is not in the project's format or breaks a rule of the house
	@scripts/lint.sh

build: ## optimised `muster` executable in .build-release/release
	@scripts/setup.sh build
	@swift build -c release --product muster --scratch-path .build-release
	@echo "Built .build-release/release/muster"

test: ## everything that guards main: lint, unit tests, firmware, sizes, fuzzing, end to end in QEMU
	@scripts/test.sh

soak: ## the full counts of what `make test` samples (hours; see docs/testing.md)
	@scripts/soak.sh

fuzz: ## every decoder under libFuzzer, EACH=20 seconds each
	@scripts/setup.sh build
	@scripts/fuzz.sh $(EACH)

firmware: ## firmware of all boards
	@scripts/setup.sh firmware
	@scripts/firmware.sh

demo: ## the main job on this machine: CA, manager, gateway, two boards under QEMU (ONCE=1: ends by itself)
	@scripts/setup.sh firmware
	@scripts/demo.sh $(if $(ONCE),--once)

sizes: ## flash, RAM, stack and instruction counts of every board, held against its budgets
	@scripts/setup.sh firmware
	@python3 scripts/sizes.py

clean: ## remove everything that was built (keeps .cache with downloaded sources)
	@rm -rf .build .build-* boards/.build-* Fuzz/.build* .demo
