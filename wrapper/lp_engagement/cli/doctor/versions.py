"""The versions of the package, of Python and of what the extras install."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from lp_engagement._common.version import __version__

if TYPE_CHECKING:
    from .diagnosis import Diagnosis

_LIBRARIES = ("httpx", "jsonschema-rs", "redis", "cryptography")
"""The first two are always needed; the others belong to extras."""
_OLDEST = (3, 11)


def examine(diagnosis: Diagnosis) -> None:
    """Report the versions. They are the first question in any report of a mistake."""
    found = {name: _version(name) for name in _LIBRARIES}
    text = ", ".join(f"{name} {known or 'not installed'}" for name, known in found.items())
    text = f"lp-engagement {__version__}, Python {platform.python_version()} on {sys.platform}, {text}."
    if sys.version_info < _OLDEST:
        diagnosis.add("versions", "fail", text, "Use Python 3.11 or later.")
    else:
        diagnosis.add("versions", "ok", text)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
