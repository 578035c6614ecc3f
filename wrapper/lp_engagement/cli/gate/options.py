"""The options that decide which problems count, and their defaults from the settings file."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from lp_engagement.cli.failures import one_line

from .baseline import Baseline, BaselineError
from .filtering import Filter
from .globs import Globs
from .rules import rule_ids
from .settings import FileSettings, SettingsError, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lp_engagement.validation.checker import Finding
    from lp_engagement.validation.reports.base import Report

_SETTINGS, _ORDER = "lp_engagement.gate.settings", "lp_engagement.gate.order"
_SCREENFUL = 10
"""Problems that fill a screen."""
_OPTIONS = (
    click.option("--select", multiple=True, metavar="RULE", help="Check only these rules: ids or names; repeatable."),
    click.option("--ignore", multiple=True, metavar="RULE", help="Leave out these rules; repeatable."),
    click.option(
        "--exclude", multiple=True, metavar="GLOB", help="Leave out files, by .gitignore's patterns; repeatable."
    ),
    click.option("--baseline", metavar="FILE", help="Report only problems that are not in this baseline."),
    click.option("--write-baseline", metavar="FILE", help="Write all problems to a baseline, and exit with 0."),
    click.option(
        "--max-problems", type=click.IntRange(min=1), metavar="N", help="Report N problems; count the others."
    ),
    click.option("--statistics", is_flag=True, help="Add the number of problems by rule."),
    click.option(
        "--config",
        metavar="FILE",
        help="Read settings from this file.  [default: the nearest lp-engagement.toml or pyproject.toml]",
    ),
    click.option("--no-config", is_flag=True, help="Read no settings from files."),
)


Decorated = TypeVar("Decorated", bound="Callable[..., Any]")


def add_options(command: Decorated, options: Sequence[Callable[[Any], Any]]) -> Decorated:
    """Add options to a command, in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def gate_options(command: Decorated) -> Decorated:
    """Add these options to a command."""
    return add_options(command, _OPTIONS)


class GateCommand(click.Command):
    """A command whose options have the settings file's values as defaults."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the settings that the arguments name, then the arguments."""
        # Which --output belongs to which --format is a matter of their order, and click keeps it from commands.
        given, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [param.name for param in order]
        if not ctx.resilient_parsing and not given.get("no_config") and not given.get("help"):
            try:
                settings = load(given.get("config") if isinstance(given.get("config"), str) else None)
            except SettingsError as error:
                raise click.UsageError(f"{error}.", ctx) from None
            ctx.meta[_SETTINGS] = settings
            ctx.default_map = settings.options
        return super().parse_args(ctx, args)


def option_order(ctx: click.Context) -> list[str]:
    """List the names of the options in the order of the command line."""
    order: list[str] = ctx.meta[_ORDER]
    return order


@dataclass(frozen=True, slots=True)
class _Given:
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    exclude: tuple[str, ...]
    baseline: str | None
    write_baseline: str | None
    max_problems: int | None
    statistics: bool
    config: str | None
    no_config: bool


class Gate:
    """The files, rules and known problems that a run leaves out, by its options and settings.

    Args:
        ctx: the context of the command.
        options: the values of the command's options; those of this module are removed from it.

    Raises:
        click.UsageError: a rule, a pattern or the baseline cannot be used.
    """

    def __init__(self, ctx: click.Context, options: dict[str, Any]) -> None:
        self._given = given = _Given(**{field.name: options.pop(field.name) for field in fields(_Given)})
        settings: FileSettings = ctx.meta.get(_SETTINGS, FileSettings())
        from_file = ctx.get_parameter_source("exclude") == ParameterSource.DEFAULT_MAP
        try:
            self.exclude: Globs = Globs(given.exclude, settings.folder if from_file else os.curdir)
            self._select, self._ignore = rule_ids(given.select), rule_ids(given.ignore)
            self._by_path = [
                (Globs([pattern], settings.folder), rule_ids(rules))
                for pattern, rules in settings.per_path_ignores.items()
            ]
            self._baseline = self._known_problems()
        except (ValueError, BaselineError) as error:
            raise click.UsageError(f"{str(error).rstrip('.')}.") from None
        if not given.write_baseline:
            return
        if ctx.get_parameter_source("baseline") == ParameterSource.COMMANDLINE:
            raise click.UsageError(
                "--baseline and --write-baseline exclude each other: a baseline is written as a whole."
            )

    @property
    def collects(self) -> bool:
        """Whether the run writes a baseline."""
        return bool(self._given.write_baseline)

    @property
    def own_files(self) -> tuple[str | None, str | None]:
        """The baselines that are read or written."""
        return self._given.baseline, self._given.write_baseline

    def _known_problems(self) -> Baseline | None:
        name = self._given.write_baseline or self._given.baseline
        if name is None:
            return None
        baseline = Baseline(name)
        if not self._given.write_baseline:
            baseline.read()
        return baseline

    def filter(self, reports: Iterable[Report]) -> Filter:
        """Put a filter before reports."""
        return Filter(
            reports,
            self.admits,
            baseline=self._baseline,
            collects=self.collects,
            most=self._given.max_problems,
        )

    def finish(self, checked: Filter, *, to_stderr: bool, quiet: bool) -> None:
        """Write the baseline, if that was requested, and print what the reports do not say.

        The number of problems by rule is printed on request, and below a report that is longer than a screen.

        Raises:
            click.UsageError: the baseline cannot be written.
        """
        if self._baseline is not None and self._given.write_baseline:
            try:
                self._baseline.write()
            except OSError as error:
                raise click.UsageError(f"{self._baseline.name} cannot be written: {error.strerror}.") from None
        is_long = checked.new.total() > _SCREENFUL and not to_stderr and not quiet
        for line in checked.notes(statistics=self._given.statistics or is_long):
            click.echo(one_line(line), err=to_stderr)

    def admits(self, finding: Finding) -> bool:
        """Whether a problem counts, by its rule and file."""
        rule = finding.problem.rule
        if rule in self._ignore or (self._select and rule not in self._select):
            return False
        return not any(rule in rules and globs.matches(finding.file) for globs, rules in self._by_path)
