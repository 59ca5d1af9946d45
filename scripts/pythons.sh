#!/usr/bin/env bash
# Builds the Python package in place for every Python from 3.10 on that is installed here and runs the tests of the logger
# with each: the guards of the fast path look at what differs from version to version. Arguments go to pytest.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly TESTS=(bindings/python/tests/test_{fast,fast_random,fast_faults,cpython,logging,processes,faults}.py)

# Prints the newest Python of each minor version that is on the PATH or that pyenv has.
find_pythons() {
  local python
  for python in $(compgen -c python3. | grep -E '^python3\.[0-9]+$' | sort -u) "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3; do
    "$python" -c 'import sys, venv; v = sys.version_info; v >= (3, 10) and print(v.minor, v.micro, sys.executable)' 2>/dev/null
  done | sort -k1,1n -k2,2nr | awk '!seen[$1]++ { print $3 }'
}

failed=()
for python in $(find_pythons); do
  version=$("$python" -c 'import platform; print(platform.python_version())')
  venv=.cache/pythons/$version
  printf '\n== Python %s\n' "$version"
  if [ ! -x "$venv/bin/pytest" ]; then
    "$python" -m venv --clear "$venv" &&
      "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $(grep -E '^(pytest|maturin)==' scripts/requirements-dev.txt)
  fi
  present=()
  for test in "${TESTS[@]}"; do [ -f "$test" ] && present+=("$test"); done
  VIRTUAL_ENV="$PWD/$venv" "$venv/bin/maturin" develop --quiet >/dev/null &&
    "$venv/bin/python" -m pytest -q "${present[@]}" "$@" ||
    failed+=("$version")
done
printf '\npythons: %d failed %s\n' "${#failed[@]}" "${failed[*]}"
[ ${#failed[@]} = 0 ]
