"""Texts from the templates beside this module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parent / "templates"


def docstring(text: str) -> str:
    """Escape `text` so that it stays inside the docstring that a template puts it into."""
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def literal(text: str) -> str:
    """Write `text` as a Python literal. JSON's escapes are Python's too, and the quotes are the formatter's."""
    return json.dumps(text, ensure_ascii=False)


def render(template: str, **context: Any) -> str:
    """The text of a template, named by its path below `templates/`; values are escaped in SVG only."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=template.endswith(".svg.jinja"),
    )
    environment.filters |= {"docstring": docstring, "literal": literal}
    return environment.get_template(template).render(**context)
