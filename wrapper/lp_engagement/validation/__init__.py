"""Validating payloads against the spec, with a fix for every problem.

The same `check` runs before every request and on the command line.
"""

from typing import TYPE_CHECKING
from typing import Any as _Any

from .check import Kind, check, conforms, kinds
from .problem import Problem

if TYPE_CHECKING:
    from .explain import too_deep

__all__ = ["Kind", "Problem", "check", "conforms", "kinds", "too_deep"]


def __getattr__(name: str) -> _Any:
    if name == "too_deep":
        # Only what is invalid is explained.
        from .explain import too_deep

        return too_deep
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
