"""Reading the JSON that a command is given."""

from __future__ import annotations

import json
from typing import Any

import click

STDIN = "-"


def read_list(path: str | None, option: str) -> list[Any] | None:
    """Read a JSON list of objects; a lone object counts as a list of one.

    Raises:
        click.BadParameter: it is neither.
    """
    if path is None:
        return None
    value = _read(path, option)
    if not isinstance(value, list | dict):
        raise click.BadParameter("takes a JSON list of objects, or one object", param_hint=option)
    return value if isinstance(value, list) else [value]


def read_object(path: str | None, option: str) -> dict[str, Any] | None:
    """Read a JSON object.

    Raises:
        click.BadParameter: it is none.
    """
    if path is None:
        return None
    value = _read(path, option)
    if not isinstance(value, dict):
        raise click.BadParameter("takes a JSON object", param_hint=option)
    return value


def _read(path: str, option: str) -> Any:
    # The parser's own errors hold the whole text, which can be personal data: only the place is passed on.
    try:
        with click.open_file(path, "rb") as source:
            return json.loads(source.read().decode("utf-8-sig"))
    except OSError as error:
        raise click.BadParameter(f"{_named(path)} cannot be read: {error.strerror}", param_hint=option) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except UnicodeDecodeError as error:
        place = f"byte {error.start} is not UTF-8"
    except (ValueError, RecursionError):
        place = "a number with too many digits, or too many levels"
    raise click.BadParameter(f"{_named(path)} is not JSON ({place})", param_hint=option)


def _named(path: str) -> str:
    return "stdin" if path == STDIN else f"'{path}'"
