#!/usr/bin/env bash
# Write the hashed lock files: `lock.sh [--upgrade]`; what they pin stays where it fits, unless told so.
# Without index addresses: they would tie the files to one mirror.
set -euo pipefail
cd "$(dirname "$0")/.."

[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv

compile() {
    .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
        --no-header --python-version 3.12 "$@"
}

compile "$@" --extra service pyproject.toml -o requirements.lock
compile "$@" --extra service --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
