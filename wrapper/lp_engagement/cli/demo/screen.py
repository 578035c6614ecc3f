"""The output of the demo: numbered steps, requests and responses from the wire, and checked facts."""

from __future__ import annotations

import json
import sys
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from lp_engagement.simulator import Entry

WIDTH = 100
_SIGNS = {"request": "→", "answer": "←", "fact": "✓", "failed": "✗", "rule": "─"}
_PLAIN_SIGNS = {"request": "->", "answer": "<-", "fact": "ok", "failed": "failed", "rule": "-"}
_INDENT = " " * 6


class StepFailed(Exception):  # noqa: N818 - what the demo found out
    """A step of the demo failed."""


class Screen:
    """Prints the demo step by step, and remembers which step it is in."""

    def __init__(self) -> None:
        try:
            "".join(_SIGNS.values()).encode(sys.stdout.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            self._signs = _PLAIN_SIGNS
        else:
            self._signs = _SIGNS
        self.steps: int = 0

    @contextmanager
    def step(self, title: str, *expected: type[Exception]) -> Generator[None]:
        """Head a step; a fact that does not hold, or one of the `expected` errors, is reported and ends the demo."""
        self.steps += 1
        click.secho(f"\n{self.steps}  {title}", bold=True)
        caught: tuple[type[Exception], ...] = (StepFailed, *expected)
        try:
            yield
        except caught as error:
            what = str(error) if isinstance(error, StepFailed) else f"{type(error).__name__}: {error}"
            click.secho(f'\n{self._signs["failed"]} Step {self.steps}, "{title}": {what}', fg="red", err=True)
            raise click.exceptions.Exit(1) from None

    def fact(self, holds: object, text: str) -> None:
        """State a fact that was checked.

        Raises:
            StepFailed: it does not hold.
        """
        if not holds:
            raise StepFailed(f"this did not happen: {text}")
        sign = click.style(f"{self._signs['fact']:<2}", fg="green")
        click.echo(f"   {sign} {_wrapped(text, _INDENT).lstrip()}")

    def request(self, entry: Entry, *, body: bool = True) -> None:
        """Show a request as the server received it, with its body unless that has been shown."""
        target = f"{entry.path}?{urlencode(entry.query)}"
        if len(_INDENT) + len(entry.method) + len(target) >= WIDTH:
            target = target.replace("?", f"\n{_INDENT}{' ' * len(entry.method)} ?")
        click.secho(f"   {self._signs['request']:<2} {entry.method} {target}", fg="cyan")
        if body:
            self.json(entry.body)

    def answer(self, entry: Entry) -> None:
        """Show the answer that the server gave."""
        click.secho(f"   {self._signs['answer']:<2} {entry.status}", fg="yellow")
        if entry.answer is not None and entry.answer.body:
            self.json(entry.answer.json())
        else:
            self.say("(empty)")

    def json(self, value: Any) -> None:
        """Show a JSON value in few lines."""
        self.say(json.dumps(value))

    def table(self, rows: Mapping[str, object]) -> None:
        """Show names and values."""
        widest = max(map(len, rows))
        for name, value in rows.items():
            click.echo(f"{_INDENT}{name:<{widest}}  {value}")

    def say(self, text: str) -> None:
        """Print something, line by line."""
        for line in text.splitlines():
            click.echo(_wrapped(line, _INDENT))

    def frame(self, text: str) -> None:
        """Print lines in a frame."""
        rule = self._signs["rule"] * WIDTH
        click.echo(f"\n{rule}\n{_wrapped(text, '')}\n{rule}")


def _wrapped(text: str, indent: str) -> str:
    deeper = indent + " " * (len(text) - len(text.lstrip()))
    return textwrap.fill(
        text.strip(),
        WIDTH,
        initial_indent=deeper,
        subsequent_indent=deeper,
        break_long_words=False,
        break_on_hyphens=False,
    )
