#!/usr/bin/env bash
# Installs with apt what is missing to build, test and run Coterie on Debian 12, and fetches DuckDB.
# Quick where everything is there: apt-get runs only for what is missing. Needs root or sudo then.
#   usage: tools/install_dependencies.sh [--test | --fuzz]     (--test: also Chromium, for make test; --fuzz: also clang)
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
packages=(g++ cmake ninja-build pkg-config python3 postgresql openssl ca-certificates zstd
  libfmt-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev libeigen3-dev libboost-math-dev
  libgtest-dev libbenchmark-dev libzstd-dev zlib1g-dev libxxhash-dev libsqlite3-dev libpq-dev libzip-dev libpugixml-dev libssl-dev)
[[ ${1:-} == --test ]] && packages+=(chromium)
[[ ${1:-} == --fuzz ]] && packages+=(clang libclang-rt-14-dev)

if ! command -v dpkg-query >/dev/null; then
  echo "this is no Debian; these must be there under their names here: ${packages[*]} npm" >&2
else
  installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package} ' "${packages[@]}" 2>/dev/null || true)"
  missing=()
  for package in "${packages[@]}"; do
    [[ $installed == *" ii $package "* ]] || missing+=("$package")
  done
  # Whoever has npm from elsewhere (nvm, NodeSource) keeps it.
  command -v npm >/dev/null || missing+=(npm)
  if ((${#missing[@]})); then
    as_root=()
    if ((EUID != 0)); then
      command -v sudo >/dev/null || { echo "missing: ${missing[*]}; install them as root, or install sudo" >&2; exit 1; }
      as_root=(sudo)
    fi
    echo "installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  fi
fi

"$root/tools/fetch_duckdb.sh"
