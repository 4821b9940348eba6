#!/usr/bin/env bash
# Writes requirements.lock (what the program needs) and requirements-dev.lock (that and the tools).
# Universal: one file serves Linux, Windows and macOS and Python 3.11 to 3.14, by markers.
# Where the packages come from is this machine's own configuration and is not written down.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-annotate "$@"
}
compile --output-file requirements.lock
compile --group dev --constraint requirements.lock --output-file requirements-dev.lock
printf '%s: %s packages\n' \
    requirements.lock "$(grep -c '^[a-zA-Z]' requirements.lock)" \
    requirements-dev.lock "$(grep -c '^[a-zA-Z]' requirements-dev.lock)"
