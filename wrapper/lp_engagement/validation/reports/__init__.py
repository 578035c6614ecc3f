"""How findings are told: one module for each format, and a table of them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .github import GitHubReport
from .json_report import JsonReport
from .junit import JUnitReport
from .sarif import SarifReport
from .text import TextReport

if TYPE_CHECKING:
    from .base import Report

__all__ = ["REPORTS"]

REPORTS: dict[str, type[Report]] = {
    "text": TextReport,
    "json": JsonReport,
    "github": GitHubReport,
    "sarif": SarifReport,
    "junit": JUnitReport,
}
"""The formats by the names that the command line knows them by."""
