# Every command that a user or developer needs; `make help` lists them.
# Set-up happens by itself: scripts/setup.sh makes .venv from the hashed lock files.

SHELL := /bin/sh
MEDIA ?= $(or $(PROVENANCE_TEST_MEDIA),../shared/media)
.DEFAULT_GOAL := help
# Else each process of a desk and of the tests would compile all code anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run demo test test-all lint format lock bench quality speed first screenshots migration image clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: ## Set up and start the service on 127.0.0.1:8000 (Ctrl-C ends it)
	@./scripts/setup.sh run
	@exec .venv/bin/python scripts/foreground.py .venv/bin/provenance up

demo: ## Play the model case through HTTP with real clips, on a temporary folder
	@./scripts/setup.sh run demo
	@exec .venv/bin/python scripts/demo.py

test: ## Run the tests of every day, two at once (a part: make test ARGS="tests/core -x")
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

test-all: ## Run every test: also the long ones, and all that has a database on PostgreSQL, too
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m pytest -n 2 --dist worksteal --all $(ARGS)

lint: ## Check style, types, import contracts and the Dockerfile
	@./scripts/setup.sh dev
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports
	.venv/bin/hadolint Dockerfile

format: ## Format the code and fix what can be fixed
	@./scripts/setup.sh dev
	.venv/bin/python -m ruff check --fix .
	.venv/bin/python -m ruff format .

lock: ## Write the hashed lock files for pyproject.toml, keeping versions that fit (newer ones: ARGS=--upgrade)
	@./scripts/setup.sh dev
	@./scripts/lock.sh $(ARGS)

bench: ## Find edited copies of real clips and print a table (clips: PROVENANCE_TEST_MEDIA)
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m benchmarks.variants --media "$(MEDIA)" $(ARGS)

quality: ## Find edits of any clips, kind by kind (ARGS="--per-edit 2 --side fit")
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m benchmarks.quality --media "$(MEDIA)/clips" $(ARGS)

speed: ## Time each step of an upload's way beside a bare decode: make speed CLIP=clip.mp4
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m benchmarks.pipeline "$(CLIP)" $(ARGS)

first: ## Time the first and the full answer at the real service: make first CLIP=clip.mp4
	@./scripts/setup.sh dev
	@exec .venv/bin/python -m benchmarks.first_answer "$(CLIP)" $(ARGS)

screenshots: ## Show every page of the desk, in build/screenshots (three clips: CLIPS="a.mp4 b.mp4 c.mp4")
	@./scripts/setup.sh dev
	@exec .venv/bin/python scripts/screenshots.py $(or $(CLIPS),$(wildcard $(MEDIA)/clips/0*.mp4))

migration: ## Write a migration for changed tables: make migration m="what changed"
	@./scripts/setup.sh dev
	@./scripts/migration.sh "$(m)"

image: ## Build the container image (needs docker or podman)
	@$$(command -v docker || command -v podman) build -t provenance-desk .

clean: ## Remove the environment and caches; the data folder stays
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
