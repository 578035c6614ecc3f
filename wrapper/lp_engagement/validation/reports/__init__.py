"""Report formats: one module for each, and a table by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Report

__all__ = ["FORMATS", "report_class"]

_CLASSES = {
    "text": "text.TextReport",
    "json": "json_report.JsonReport",
    "github": "github.GitHubReport",
    "sarif": "sarif.SarifReport",
    "junit": "junit.JUnitReport",
    "gitlab": "gitlab.GitLabReport",
    "rdjson": "rdjson.RdjsonReport",
}

FORMATS = tuple(_CLASSES)
"""The names of the formats on the command line."""


def report_class(name: str) -> type[Report]:
    """Return the report class of a format, and import its module."""
    module, _, cls = _CLASSES[name].partition(".")
    report: type[Report] = getattr(import_module(f".{module}", __name__), cls)
    return report
