#!/usr/bin/env bash
# Fetches DuckDB's C header and shared library from npm (pinned, checked by sha512) into build/deps/duckdb:
#   include/duckdb.h   lib/libduckdb.so   LICENSE
# Does nothing when they are there already; a broken download leaves nothing behind.
#   usage: tools/fetch_duckdb.sh [FOLDER]        (needs npm, tar, openssl)
set -euo pipefail

header_package=duckdb@1.4.4
header_sha512=hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog==
library_package=@duckdb/node-bindings-linux-x64@1.5.6-r.1
library_sha512=IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==
pins="$header_package $header_sha512 $library_package $library_sha512"

root=$(cd "$(dirname "$0")/.." && pwd)
target=${1:-$root/build/deps/duckdb}

if [[ -f $target/pins && $(cat "$target/pins") == "$pins" ]]; then
  exit 0
fi
if [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "this script knows only Linux on x86_64; put include/duckdb.h and lib/libduckdb.so into $target yourself" >&2
  exit 1
fi

mkdir -p "$(dirname "$target")"
fresh=$(mktemp -d "$target.fetching-XXXXXX")
trap 'rm -rf "$fresh"' EXIT

# unpack PACKAGE SHA512 PATHS_IN_PACKAGE...: downloads, checks and unpacks only these paths.
unpack() {
  local package=$1 expected=$2 archive actual
  shift 2
  archive=$fresh/$(cd "$fresh" && npm pack --silent "$package" | tail -n 1)
  actual=$(openssl dgst -sha512 -binary "$archive" | openssl base64 -A)
  if [[ $actual != "$expected" ]]; then
    echo "$package: sha512 is $actual when it should be $expected" >&2
    exit 1
  fi
  tar -xzf "$archive" -C "$fresh" "${@/#/package/}"
  rm "$archive"
}

unpack "$header_package" "$header_sha512" src/duckdb/src/include/duckdb.h LICENSE
unpack "$library_package" "$library_sha512" libduckdb.so

mkdir "$fresh/include" "$fresh/lib"
mv "$fresh/package/src/duckdb/src/include/duckdb.h" "$fresh/include/"
mv "$fresh/package/libduckdb.so" "$fresh/lib/"
mv "$fresh/package/LICENSE" "$fresh/"
rm -r "$fresh/package"
echo "$pins" > "$fresh/pins"
chmod 755 "$fresh"
rm -rf "$target"
mv "$fresh" "$target"
echo "fetched DuckDB into $target"
