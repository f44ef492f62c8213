#!/usr/bin/env bash
# Write a migration from what the models have and an up-to-date empty database lacks.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -n "${1:-}" ] || { echo 'usage: make migration m="what changed"' >&2; exit 2; }
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
export DATABASE_URL="sqlite:///$folder/current.db"
.venv/bin/python -m alembic upgrade head
.venv/bin/python -m alembic revision --autogenerate -m "$1"
