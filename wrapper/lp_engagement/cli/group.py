"""The group of commands: imports them, and sets the exit code of every outcome."""

from __future__ import annotations

import logging
import os
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from lp_engagement._common.version import __version__
from lp_engagement.errors import EngagementError

from . import machine
from .failures import INTERNAL, USAGE, one_line, report, report_internal

COMMANDS = (
    "demo",
    "engage",
    "doctor",
    "validate",
    "explain",
    "spec",
    "visits",
    "simulate",
    "replay",
    "lsp",
    "completion",
)
"""Each is the `command` of the module of its name."""

_INTERRUPTED = 128 + 2  # as shells count the end by SIGINT


class LazyGroup(click.Group):
    """Imports a command only when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f".{cmd_name}", __package__).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the one that was meant."""
        near = [] if args[0] in COMMANDS else get_close_matches(args[0].lower(), COMMANDS, 1)
        if near and not ctx.resilient_parsing:
            raise click.UsageError(f"No such command {args[0]!r}. Did you mean {near[0]!r}?", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line. A failure of the machine, such as a full disk, is one sentence and exit code 2."""
        problem = machine.missing_output()
        if problem is None:
            try:
                return super().main(*args, **extra)
            except OSError as error:
                problem = machine.in_words(error)
                machine.give_up_output()
        click.echo(problem, err=True)
        raise SystemExit(USAGE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn exceptions into a message and an exit code."""
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        # A command says on its own what a log would repeat. Without any handler Python would print warnings.
        logging.getLogger("lp_engagement").addHandler(logging.NullHandler())
        try:
            try:
                return super().invoke(ctx)
            finally:
                machine.flush_output()
        except EngagementError as error:
            ctx.exit(report(error))
        except KeyboardInterrupt:
            click.echo(err=True)
            ctx.exit(_INTERRUPTED)
        except click.ClickException as error:
            # It can name a file or repeat an argument.
            vars(error)["message"] = one_line(error.message)
            raise
        except (click.exceptions.Exit, click.Abort, OSError):
            raise
        except MemoryError:
            click.echo("Error: there is not enough memory for this input.", err=True)
            ctx.exit(USAGE)
        except Exception as error:  # noqa: BLE001 - every failure has an exit code and shows no value
            report_internal(error)
            ctx.exit(INTERNAL)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine; 1 the server or the payload said no; 2 usage; 3 internal error.",
)
@click.version_option(__version__)
def group() -> None:
    """LivePerson's App Engagement API on the shell. Unofficial; not affiliated with LivePerson."""
