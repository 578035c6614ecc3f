#!/usr/bin/env bash
# What the composite action and the template of GitLab run: a venv of its own, then the check of the files in $FILES.
#
# The working folder holds the files to check, and may be a stranger's pull request. So no Python starts without -I:
# it ignores modules of the working folder, PYTHONPATH and the user's site-packages.
set -euo pipefail

# On GitHub, the report is annotations. Elsewhere, it is text beside a file in another format.
report=${REPORT:-github}

fail() {
    if [ "$report" = github ]; then echo "::error title=lp-engagement::$1"; else echo "Error: $1" >&2; fi
    exit 2
}

files=()
while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    [ -z "$line" ] || files+=("$line")
done <<<"$FILES"
[ "${#files[@]}" -gt 0 ] || fail "The input «files» names no file. Write one name or pattern on each line."

venv=${VENV_OF_ACTION:-}
if [ -z "$venv" ]; then
    # pip on an older Python would look for versions that fit, for a quarter of an hour.
    version=$("$PYTHON" -I -c 'import sys; print("%d.%d" % sys.version_info[:2] + " too old" * (sys.version_info < (3, 11)))' \
        2>/dev/null) || fail "The input «python» names no Python 3.11 or newer. Add actions/setup-python before this step."
    [ "${version%too old}" = "$version" ] ||
        fail "lp-engagement needs Python 3.11 or newer, not ${version%% *}. Add actions/setup-python before this step."

    python=$(command -v "$PYTHON")
    case $python in /*) ;; *) python=$PWD/$python ;; esac
    setup=$(mktemp -d)
    venv=$setup/venv
    (
        cd "$setup"
        "$python" -I -m venv "$venv"
        # Wheels only: building an sdist would run code that no hash of a wheel covers.
        "$venv/bin/python" -I -m pip install -q --disable-pip-version-check --no-input \
            --require-hashes --only-binary :all: -r "$HOME_OF_ACTION/requirements/cli.txt"
        # Both packages run from the action's own folder, so nothing has to be built.
        site=$("$venv/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
        printf '%s\n' "$HOME_OF_ACTION/wrapper" "$HOME_OF_ACTION/generated_client" >"$site/lp-engagement.pth"
    )
fi

options=(--kind "$KIND")
if [ "$report" = github ]; then
    options+=(--format github)
else
    options+=(--format text --format "$report" "--output=$REPORT_FILE")
fi
[ "$STRICT" != true ] || options+=(--strict)
[ -z "${BASELINE:-}" ] || options+=("--baseline=$BASELINE")
[ -z "${SARIF:-}" ] || options+=(--format sarif "--output=$SARIF")
summary=
if [ -n "${GITHUB_OUTPUT:-}" ]; then
    summary=$(mktemp)
    options+=(--format json "--output=$summary")
fi
code=0
"$venv/bin/python" -I -m lp_engagement.cli validate "${options[@]}" -- "${files[@]}" || code=$?
if [ -n "$summary" ] && [ "$code" -lt 2 ]; then
    # Numbers alone: nothing that a payload or a file name says can become an output.
    "$venv/bin/python" -I -c 'import json, sys
summary = json.load(open(sys.argv[1], encoding="utf-8"))["summary"]
for name in ("errors", "warnings", "documents"):
    print(f"{name}={int(summary[name])}")' "$summary" >>"$GITHUB_OUTPUT"
    [ -z "${SARIF:-}" ] || printf 'sarif=%s\n' "${SARIF//$'\n'/}" >>"$GITHUB_OUTPUT"
fi
exit "$code"
