"""Reading JSON files for command options."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from lp_engagement.validation.documents import read_json

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

STDIN = "-"


def read_list(path: str | None, option: str) -> list[Any] | None:
    """Read a JSON array of objects; a single object counts as an array of one.

    Raises:
        click.BadParameter: the file cannot be read, or contains neither.
    """
    if path is None:
        return None
    value = _read(path, option)
    if not isinstance(value, list | dict):
        raise click.BadParameter("must be a JSON array of objects, or one object", param_hint=option)
    return value if isinstance(value, list) else [value]


def read_object(path: str | None, option: str) -> dict[str, Any] | None:
    """Read a JSON object.

    Raises:
        click.BadParameter: the file cannot be read, or contains none.
    """
    if path is None:
        return None
    value = _read(path, option)
    if not isinstance(value, dict):
        raise click.BadParameter("must be a JSON object", param_hint=option)
    return value


def _read(path: str, option: str) -> Any:
    try:
        with opened(path) as source:
            document = read_json(source.read())
    except OSError as error:
        raise not_readable(path, option, error) from None
    # The errors of the parser are errors here too; their messages show no value.
    for problem, span in document.faults:
        if problem.level == "error":
            place = document.place(span)
            where = f"line {place.line}, column {place.column}"
            raise click.BadParameter(f"{_named(path)}, {where}: {problem.message}. {problem.hint}", param_hint=option)
    return document.value


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """Open a file, or stdin for `-`."""
    if path != STDIN:
        return open(path, "rb")  # noqa: PTH123 - the caller closes it
    if sys.stdin is None:  # None if the process was started without it
        raise click.UsageError("standard input is closed.")
    return nullcontext(sys.stdin.buffer)


def not_readable(path: str, option: str, error: OSError) -> click.BadParameter:
    """Make the error for a file that cannot be read."""
    return click.BadParameter(f"{_named(path)} cannot be read: {error.strerror}", param_hint=option)


def _named(path: str) -> str:
    return "stdin" if path == STDIN else f"'{path}'"
