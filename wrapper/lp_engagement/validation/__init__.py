"""Checking payloads against the spec, with problems that say what to do.

The same check runs before every request and on the command line: see `check`.
"""

from .check import Kind, check, conforms, kinds
from .explain import too_deep
from .problem import Problem

__all__ = ["Kind", "Problem", "check", "conforms", "kinds", "too_deep"]
