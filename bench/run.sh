#!/usr/bin/env bash
# Measures jobtrail beside its peers in one run and prints the tables. BENCH_MB: the size of the logs (default 100).
# Peers that cannot be installed here are left out of the tables.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly MEGABYTES=${BENCH_MB:-100}
readonly FOLDER=.cache/bench

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v rg && command -v jq; } >/dev/null; then
  apt-get install -y -qq --no-install-recommends ripgrep jq >/dev/null || echo "bench: no ripgrep or jq here" >&2
fi
if ! cmp -s bench/requirements.txt "$FOLDER/requirements.txt"; then
  .venv/bin/python -m venv --clear --system-site-packages "$FOLDER/venv"
  "$FOLDER/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
  cp bench/requirements.txt "$FOLDER/requirements.txt"
fi
if ! cmp -s bench/peers/package.json "$FOLDER/npm/package.json"; then
  mkdir -p "$FOLDER/npm"
  cp bench/peers/package.json "$FOLDER/npm/"
  npm install --silent --no-audit --no-fund --prefix "$FOLDER/npm" || rm "$FOLDER/npm/package.json"
fi
cargo build --quiet --release -p jobtrail-cli -p jobtrail-bench -p jobtrail-redactor-bench -p jobtrail-writer-bench
rm -rf "$FOLDER/wheel"
.venv/bin/maturin build --quiet --release --out "$FOLDER/wheel"
"$FOLDER/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall \
  "$FOLDER"/wheel/jobtrail-*.whl

printf '%s, %s, %s\n\n' "$(nproc) cores" "$(rustc --version)" "$("$FOLDER/venv/bin/python" --version)"
"$FOLDER/venv/bin/python" bench/reading.py "$FOLDER" "$MEGABYTES" target/release/jobtrail
echo
"$FOLDER/venv/bin/python" bench/scanning.py "$FOLDER" "$MEGABYTES" target/release/jobtrail-bench
echo
target/release/jobtrail-redactor-bench "$FOLDER/${MEGABYTES}mb-"*.log
echo
"$FOLDER/venv/bin/python" bench/redacting.py "$FOLDER" "$MEGABYTES"
echo
target/release/jobtrail-writer-bench "$FOLDER"
echo
"$FOLDER/venv/bin/python" bench/writing.py
echo
"$FOLDER/venv/bin/python" bench/redis_logs.py
echo
"$FOLDER/venv/bin/python" bench/job_events.py "$FOLDER" 100
echo
node bench/wasm.mjs "$(ls "$FOLDER/${MEGABYTES}mb-"*json.log)"
echo
node bench/redacting.mjs "$FOLDER" "$FOLDER/${MEGABYTES}mb-"*.log
