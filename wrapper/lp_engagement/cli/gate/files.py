"""The files to check: names, patterns and folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from lp_engagement.cli.patterns import matching
from lp_engagement.validation.pieces import STDIN
from lp_engagement.validation.readers.formats import IN_FOLDERS

from .globs import Globs, relative
from .repository import surrounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pathspec import GitIgnoreSpec

    _Rules = tuple[str, GitIgnoreSpec]

# Names that are text: reports show them as they were given, and Path would change them.
# ruff: noqa: PTH110, PTH112, PTH118

_OTHER_PROGRAMS = (
    "node_modules/",
    "venv/",
    "__pycache__/",
    "angular.json",
    "appsettings.json",
    "appsettings.*.json",
    "biome.json",
    "bower.json",
    "codecov.yml",
    "compose.y*ml",
    "composer.json",
    "deno.json",
    "docker-compose*.y*ml",
    "firebase.json",
    "jest.config.json",
    "jsconfig*.json",
    "lerna.json",
    "manifest.json",
    "mkdocs.yml",
    "nx.json",
    "openapi.json",
    "openapi.y*ml",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "pubspec.yaml",
    "pyrightconfig.json",
    "renovate.json",
    "serverless.yml",
    "swagger.json",
    "swagger.y*ml",
    "tsconfig*.json",
    "turbo.json",
    "vercel.json",
)
"""Files and folders of well-known programs, which contain no payload. Names that a payload could have are not here."""


def files(
    arguments: Iterable[str], exclude: Globs, *, own: Iterable[str | None] = (), stdin_name: str | None = None
) -> list[str]:
    """List the files that the arguments stand for, without those that are excluded, each once.

    Args:
        arguments: names, patterns and folders; `-` is standard input.
        exclude: the patterns of what to leave out.
        own: files that the run itself reads or writes, such as the baseline, which are no payloads.
        stdin_name: the name of standard input for patterns.

    Raises:
        click.UsageError: an argument stands for no file.
    """
    arguments = list(arguments)
    if arguments.count(STDIN) > 1:
        raise click.UsageError("- is standard input, which can be read only once.")
    if stdin_name is not None and STDIN not in arguments:
        raise click.UsageError("--stdin-filename names standard input: pass - as a file too.")
    names = dict.fromkeys(name for argument in arguments for name in _of(argument))
    taken = {os.path.abspath(name) for name in own if name}  # noqa: PTH100 - links stay as they are
    return [
        name
        for name in names
        if not exclude.matches((name == STDIN and stdin_name) or name) and os.path.abspath(name) not in taken  # noqa: PTH100
    ]


def _of(argument: str) -> list[str]:
    if os.path.isdir(argument):
        found = list(_in_folder(argument))
        if not found:
            raise click.UsageError(
                f"{argument} contains no file that can hold payloads ({', '.join(IN_FOLDERS)}), "
                "apart from ignored ones. Pass the files by name."
            )
        return found
    if argument == STDIN or os.path.exists(argument):
        return [argument]
    found = matching(argument)
    if not found:
        raise click.UsageError(f"{argument} matches no file.")
    return found


def _in_folder(top: str) -> Iterator[str]:
    """Yield the files below a folder that can hold payloads, sorted by name; hidden ones are skipped."""
    from pathspec import GitIgnoreSpec

    top = os.path.normpath(top)
    folders = surrounding(top)
    rules: list[_Rules] = [(folders[-1], GitIgnoreSpec.from_lines(_OTHER_PROGRAMS))]
    for folder in reversed(folders[1:]):
        rules += _ignored_in(folder)
    yield from _walk(top, rules)


def _walk(top: str, rules: list[_Rules]) -> Iterator[str]:
    # With a stack of its own: folders can be nested more deeply than calls.
    waiting: list[tuple[str, list[_Rules] | None]] = [(top, rules)]
    while waiting:
        name, rules_of_folder = waiting.pop()
        if rules_of_folder is None:
            yield name
        else:
            waiting += reversed(list(_entries(name, [*rules_of_folder, *_ignored_in(name)])))


def _entries(folder: str, rules: list[_Rules]) -> Iterator[tuple[str, list[_Rules] | None]]:
    """Yield the files of a folder, and with the rules above them, the folders."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = entry.name if folder == os.curdir else os.path.join(folder, entry.name)
        if entry.name.startswith("."):
            continue
        # A link to a folder could lead out of the repository, or in circles.
        if entry.is_dir(follow_symlinks=False):
            if not _is_ignored(f"{name}/", rules):
                yield name, rules
        elif os.path.splitext(name)[1].lower() in IN_FOLDERS and entry.is_file() and not _is_ignored(name, rules):  # noqa: PTH122
            yield name, None


def _ignored_in(folder: str) -> list[_Rules]:
    """Read the `.gitignore` of a folder, if it has one."""
    from pathspec import GitIgnoreSpec

    name = os.path.join(folder, ".gitignore")
    if not os.path.isfile(name):  # noqa: PTH113
        return []
    with open(name, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
        return [(os.path.abspath(folder), GitIgnoreSpec.from_lines(file.read().splitlines()))]  # noqa: PTH100


def _is_ignored(name: str, rules: list[_Rules]) -> bool:
    """Whether the innermost `.gitignore` that has a pattern for a name ignores it, as git decides."""
    for folder, spec in reversed(rules):
        path = relative(name, folder) + ("/" if name.endswith("/") else "")
        verdict = spec.check_file(path).include
        if verdict is not None:
            return verdict
    return False
