"""The group of commands: finds them, and gives every way of ending its exit code."""

from __future__ import annotations

import errno
import logging
import os
from importlib import import_module
from pathlib import Path
from traceback import extract_tb
from typing import Any

import click

from lp_engagement.errors import EngagementError

from .failures import INTERNAL, report

COMMANDS = ("demo", "engage", "validate", "explain", "spec", "visits", "simulate")
"""Each is the `command` of the module of its name."""

_INTERRUPTED = 128 + 2  # as shells count the end by SIGINT


class LazyGroup(click.Group):
    """Imports a command when it is asked for, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}", __package__).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what it raises into words and an exit code."""
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        # A command says on its own what a log would repeat. Without any handler Python would print warnings.
        logging.getLogger("lp_engagement").addHandler(logging.NullHandler())
        try:
            return super().invoke(ctx)
        except EngagementError as error:
            ctx.exit(report(error))
        except KeyboardInterrupt:
            click.echo(err=True)
            ctx.exit(_INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read the output has left; click knows how to go quietly
            last = extract_tb(error.__traceback__)[-1]
            # Not its text: that can hold anything, values included.
            click.echo(
                f"Internal error: {type(error).__name__} in {Path(last.filename).name}, line {last.lineno}. "
                "This is a mistake of lp-engagement; please report it.",
                err=True,
            )
            ctx.exit(INTERNAL)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine; 1 the server or the payload said no; 2 usage; 3 internal error.",
)
@click.version_option(package_name="lp-engagement")
def group() -> None:
    """LivePerson's App Engagement API on the shell. Unofficial; not affiliated with LivePerson."""
