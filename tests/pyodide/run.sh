#!/usr/bin/env bash
# Runs the suite on CPython 3.14 as Pyodide, from packages of npm and of Python; nothing is fetched while it runs.
# Left out: what needs jsonschema, which rests on a compiled package that Pyodide's 3.14 does not have yet; mypy and
# pyright; and the seeds, which need processes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --silent --prefix "$folder" pyodide@314.0.7
wheels=(attrs babel cattrs hypothesis iniconfig markdown-it-py mdurl packaging pluggy Pygments pytest python-dateutil
  rich ruamel.yaml sortedcontainers sybil typing_extensions tzdata)
python -m pip download --quiet --no-deps --only-binary=:all: --dest "$folder/wheels" \
  --constraint "$repository/constraints.txt" --python-version 3.14 --implementation cp --abi cp314 --abi none \
  --platform pyemscripten_2026_0_wasm32 --platform any "${wheels[@]}"
python -m pip wheel --quiet --no-deps --wheel-dir "$folder/wheels" "$repository"

left_out=(problem.py schemas.py typing.py of_the_tests.py)
node "$here/run.mjs" "$folder" "$repository" -q -p no:cacheprovider --hypothesis-profile=quick \
  "${left_out[@]/#/--ignore=tests/test_}" "$@"
