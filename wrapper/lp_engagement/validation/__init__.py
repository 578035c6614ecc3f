"""Validating payloads against the spec, with a fix for every problem.

The same `check` runs before every request and on the command line.
"""

from .check import Kind, check, conforms, kinds
from .problem import Problem

__all__ = ["Kind", "Problem", "check", "conforms", "kinds"]
