"""Fixing what has one right answer: which change a problem needs, and the edits of the file that make it."""

from __future__ import annotations

from .edits import Fix, TextChange
from .propose import Fixes

__all__ = ["Fix", "Fixes", "TextChange"]
