#!/usr/bin/env bash
# Builds what runs here: the browser package (bindings/wasm/dist and the server's page) and the Python package
# (in place, unoptimised: `maturin build --release` makes the wheel). Skips what is newer than all it is made from.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly STAMPS=.cache/build
mkdir -p "$STAMPS"

# True if the output $2 of the step $1 is there and no input is newer than the step's stamp.
fresh() {
  local stamp="$STAMPS/$1"
  [ -f "$stamp" ] && [ -e "$2" ] &&
    [ -z "$(find "${@:3}" -type f -not -path '*/dist/*' -not -path '*/node_modules/*' -newer "$stamp" -print -quit)" ]
}

# Runs a step; its stamp carries the time at which it began, so that a change made meanwhile counts.
step() {
  local stamp="$STAMPS/$1"
  printf 'build: %s\n' "$1" >&2
  touch "$stamp.begun"
  "${@:2}"
  mv "$stamp.begun" "$stamp"
}

browser_inputs=(Cargo.toml Cargo.lock package.json package-lock.json crates/core xtask bindings/wasm)
fresh browser bindings/python/python/jobtrail/_assets/panel.js "${browser_inputs[@]}" ||
  step browser npm run --silent build

python_inputs=(Cargo.toml Cargo.lock pyproject.toml crates bindings/python/Cargo.toml bindings/python/src)
fresh python "$(ls bindings/python/python/jobtrail/_core*.so 2>/dev/null | head -n 1)" "${python_inputs[@]}" ||
  step python env VIRTUAL_ENV="$PWD/.venv" .venv/bin/maturin develop --quiet
