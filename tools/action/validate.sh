#!/usr/bin/env bash
# What the composite action runs: its own environment, then the check of the files named in $FILES.
set -euo pipefail

files=()
while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [ -z "$line" ] || files+=("$line")
done <<<"$FILES"
if [ "${#files[@]}" -eq 0 ]; then
    echo "::error title=lp-engagement::the input «files» names no file"
    exit 2
fi

venv=${VENV_OF_ACTION:-$(mktemp -d)/venv}
if [ ! -x "$venv/bin/lp-engagement" ]; then
    "$PYTHON" -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check "$HOME_OF_ACTION[cli]"
fi

options=(--format github --kind "$KIND")
[ "$STRICT" != true ] || options+=(--strict)
exec "$venv/bin/lp-engagement" validate "${options[@]}" -- "${files[@]}"
