"""A Sphinx extension: replaces the marker in a page by the commands of `lp-engagement`."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import click

from lp_engagement.cli.group import group

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

MARKER = "<!-- the commands -->"
# Outside of code, Sphinx turns the beginning of an option into a dash.
_OPTION = re.compile(r"--[a-z][a-z-]*")


def commands(command: click.Command = group, above: click.Context | None = None) -> Iterator[tuple[click.Context, int]]:
    """The context of each command, and how deep it is: 0 for `lp-engagement` itself."""
    context = click.Context(command, above, info_name="lp-engagement" if above is None else command.name)
    yield context, context.command_path.count(" ")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from commands(child, context)


def page() -> str:
    """The commands as Markdown: for each what it does, and a table of its options."""
    parts = []
    for context, depth in commands():
        if not depth:
            continue
        command = context.command
        help_text = _OPTION.sub(r"`\g<0>`", inspect.cleandoc(command.help or "").replace("\b\n", ""))
        parts.append(f"{'#' * (depth + 1)} `{context.command_path}`\n\n{help_text}\n")
        options = [each for each in command.params if isinstance(each, click.Option)]
        rows = [record for each in options if (record := each.get_help_record(context))]
        usage = " ".join(command.collect_usage_pieces(context))
        parts.append(f"```text\n{context.command_path} {usage}\n```\n")
        if rows:
            parts.append("| Option | Meaning |\n|---|---|\n" + "".join(map(_row, rows)))
    return "\n".join(parts)


def _row(record: tuple[str, str]) -> str:
    option, meaning = (" ".join(each.split()).replace("|", "\\|") for each in record)
    meaning = _OPTION.sub(r"`\g<0>`", meaning.replace("<", "&lt;").replace("*", "&#42;"))
    return f"| `{option}` | {meaning} |\n"


def put_in(_app: Sphinx, _name: str, content: list[str]) -> None:
    """Replace the marker in a page."""
    if MARKER in content[0]:
        content[0] = content[0].replace(MARKER, page())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", put_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
