#!/usr/bin/env bash
# Runs the suite on CPython 3.14 as Pyodide, from packages of npm and of Python; nothing is fetched while it runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --silent --prefix "$folder" pyodide@314.0.7
wheels=(attrs cattrs hypothesis iniconfig markdown-it-py mdurl packaging pluggy Pygments pytest python-dateutil rich
  sortedcontainers sybil typing_extensions tzdata)
python -m pip download --quiet --no-deps --only-binary=:all: --dest "$folder/wheels" \
  --constraint "$repository/constraints.txt" --python-version 3.14 --implementation cp --abi cp314 --abi none \
  --platform pyemscripten_2026_0_wasm32 --platform any "${wheels[@]}"

node "$here/run.mjs" "$folder" "$repository" -q -p no:cacheprovider --hypothesis-profile=quick "$@"
