"""How findings are told: one module for each format, and a table of them by name."""

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
}

FORMATS = tuple(_CLASSES)
"""The formats by the names that the command line knows them by."""


def report_class(name: str) -> type[Report]:
    """The report of a format; its module is imported only now."""
    module, _, cls = _CLASSES[name].partition(".")
    report: type[Report] = getattr(import_module(f".{module}", __name__), cls)
    return report
