#!/usr/bin/env bash
# Installs what the project needs to build and run; with the argument `browser`, also the browser that its tests need.
# Runs again at any time; a warm run takes under a second.
# Wants rustup, Python 3.10+ and Node 20.19+; Debian packages are installed by apt-get when root, else named.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly STAMPS=.cache/setup
mkdir -p "$STAMPS"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# True if the step named $1 was done with exactly these inputs (files or words); `done_with` notes that it was.
key_of() { { for input in "$@"; do if [ -f "$input" ]; then cat "$input"; else echo "$input"; fi; done; } | sha256sum; }
fresh() { [ -f "$STAMPS/$1" ] && [ "$(cat "$STAMPS/$1")" = "$(key_of "${@:2}")" ]; }
done_with() { key_of "${@:2}" >"$STAMPS/$1"; }

# Runs apt-get when that is allowed, else names what is missing.
install_packages() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $*"
    local log="$STAMPS/apt.log"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
      >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "apt-get could not install: $*"; }
  else
    fail "please install: $* (on Debian or Ubuntu: sudo apt-get install $*)"
  fi
}

check_rust() {
  command -v rustup >/dev/null || fail "rustup is missing: see https://rustup.rs"
  local wanted
  wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
  local have
  have=$(rustc --version | cut -d ' ' -f 2)
  [ "$(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ] ||
    fail "Rust $wanted or later is needed, found $have: run rustup update stable"
  fresh rust "$have" && return
  rustup --quiet target add wasm32-unknown-unknown
  rustup --quiet component add rustfmt clippy
  done_with rust "$have"
}

check_node() {
  command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js 20.19 or later (with npm) is missing"
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js 20.19 or later is needed, found $(node --version)"
}

# Prints the first Python of at least 3.10 that can make virtual environments.
find_python() {
  local python
  for python in "${PYTHON:-python3}" python3.13 python3.12 python3.14 python3.11 python3.10; do
    if command -v "$python" >/dev/null &&
      "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
  return 1
}

make_venv() {
  .venv/bin/python -c '' 2>/dev/null && fresh python scripts/requirements-dev.txt && return
  local python
  if ! python=$(find_python); then
    install_packages python3 python3-venv
    python=$(find_python) || fail "Python 3.10 or later is needed; found $(python3 --version 2>&1)"
  fi
  say "Python packages into .venv ($("$python" --version))"
  .venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/requirements-dev.txt
  done_with python scripts/requirements-dev.txt
}

install_npm() {
  [ -d node_modules ] && fresh npm package-lock.json && return
  say "npm packages into node_modules"
  npm ci --no-audit --no-fund --loglevel=error
  done_with npm package-lock.json
}

# A test each runs them for real; where they cannot be installed it says so and is skipped. Debian's redis-server may start a
# service of its own: the test starts another, at a port of its own.
offer_programs() {
  local missing=() program
  for program in logrotate redis-server; do
    [ -x "/usr/sbin/$program" ] || command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || fresh programs "${missing[@]}" && return
  done_with programs "${missing[@]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    (install_packages "${missing[@]}") || say "going on without ${missing[*]}"
  else
    say "not installed: ${missing[*]}; their tests will be skipped"
  fi
}

check_browser() {
  local missing=()
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
  [ -d /usr/share/fonts/truetype/dejavu ] || fc-list 2>/dev/null | grep -q . || missing+=(fonts-dejavu-core)
  # Another browser of that kind can be named with CHROMIUM=/path/to/it.
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
}

if [ "${1:-}" = browser ]; then
  check_browser
else
  check_rust
  check_node
  make_venv
  install_npm
  offer_programs
fi
