#!/usr/bin/env bash
# Fetches what web/ needs from npm, as pinned and hashed in web/package-lock.json. Does nothing when it is there already.
# Its parts that run are esbuild's and rollup's own binaries, which come as packages: no install script is run.
set -euo pipefail
cd "$(dirname "$0")/../web"

mark=node_modules/.package-lock.json
if [[ ! -f $mark || package-lock.json -nt $mark ]]; then
  npm ci --loglevel=error --ignore-scripts --no-audit --no-fund
  touch "$mark"
fi
