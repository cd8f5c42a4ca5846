#!/bin/sh
# Makes the benchmark's Python environment under build/bench-venv (once) and runs end_to_end.py in it.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv="$root/build/bench-venv"
stamp="$venv/.requirements"
if ! cmp -s "$root/bench/requirements.txt" "$stamp"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement "$root/bench/requirements.txt"
  cp "$root/bench/requirements.txt" "$stamp"
fi
exec "$venv/bin/python" "$root/bench/end_to_end.py" "$@"
