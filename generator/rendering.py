"""Renders the templates beside this module."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent / "templates"


def docstring(text: str) -> str:
    """Escape `text` so that it stays inside the docstring that a template puts it into."""
    # Quotes at the end would run into those that close the docstring.
    return re.sub(r'"{3,}|"+\Z', lambda quotes: r"\"" * len(quotes[0]), text.replace("\\", "\\\\"))


def literal(text: str) -> str:
    """Write `text` as a Python literal. JSON's escapes are Python's too, and the quotes are the formatter's."""
    return json.dumps(text, ensure_ascii=False)


FILTERS = {"docstring": docstring, "literal": literal}
"""The filters of the templates."""


def render(template: str, **context: Any) -> str:
    """Render a template, named by its path below `templates/`. Values are escaped in SVG only."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=template.endswith(".svg.jinja"),
    )
    environment.filters |= FILTERS
    return environment.get_template(template).render(**context)
