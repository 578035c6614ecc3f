"""The baseline: known problems of a repository, which do not make a check fail.

It holds counts by file, rule and place, as hashes: no value, no name of a file and no key can be read from it. Indexes
of arrays and lines do not count, so a problem stays known when its line or entry moves.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from lp_engagement.validation.fingerprint import digest, place

from .globs import relative

if TYPE_CHECKING:
    from lp_engagement.validation.checker import Finding

# ruff: noqa: PTH100, PTH105, PTH108, PTH120, PTH123 - names are text, as they were given

_VERSION = 1
_ABOUT = "Known problems for `lp-engagement validate --baseline`. Write it with --write-baseline, not by hand."
_SHA = re.compile(r"[0-9a-f]{16}")
_RULE = re.compile(r"LPE[0-9]{3}")


class BaselineError(Exception):
    """A baseline cannot be read; the message says why."""


class _Place(NamedTuple):
    rule: str
    key: str


class Baseline:
    """Counts of problems. File names are relative to its folder, so the current folder does not matter."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = os.path.dirname(os.path.abspath(name))
        self._files: dict[str, Counter[_Place]] = {}

    @property
    def total(self) -> int:
        """The number of problems."""
        return sum(counts.total() for counts in self._files.values())

    @property
    def files(self) -> int:
        """The number of files with problems."""
        return len(self._files)

    def add(self, finding: Finding) -> None:
        """Make a problem a known one."""
        path = relative(finding.file, self._folder)
        self._files.setdefault(digest(path), Counter())[_place(path, finding)] += 1

    def take(self, finding: Finding) -> bool:
        """Remove one problem from the counts; `False` if there is none left, so that it is new."""
        path = relative(finding.file, self._folder)
        counts = self._files.get(digest(path), Counter())
        at = _place(path, finding)
        if not counts[at]:
            return False
        counts[at] -= 1
        return True

    def left(self, file: str) -> Counter[str]:
        """Count, by rule, the problems of a file that have not been taken: they are fixed."""
        found: Counter[str] = Counter()
        for at, count in self._files.get(digest(relative(file, self._folder)), Counter()).items():
            found[at.rule] += count
        return +found

    def read(self) -> None:
        """Read the file.

        Raises:
            BaselineError: it cannot be read, or is no baseline.
        """
        try:
            with open(self.name, "rb") as file:
                content: Any = json.loads(file.read())
        except FileNotFoundError:
            raise BaselineError(f"{self.name} does not exist. Write it with --write-baseline {self.name}") from None
        except OSError as error:
            raise BaselineError(f"{self.name} cannot be read: {error.strerror}") from None
        except (ValueError, RecursionError):
            content = None
        if isinstance(content, dict) and content.get("version", _VERSION) != _VERSION:
            raise BaselineError(
                f"{self.name} is from another version. Write it again with --write-baseline {self.name}"
            )
        try:
            self._files = {_checked(_SHA, file): _counts(rules) for file, rules in content["files"].items()}
        except (TypeError, KeyError, AttributeError, ValueError):
            raise BaselineError(
                f"{self.name} is not a baseline. Write it again with --write-baseline {self.name}"
            ) from None

    def write(self) -> None:
        """Write the file, all or nothing, sorted with one entry per line, so that it merges well.

        Raises:
            OSError: it cannot be written.
        """
        files: dict[str, dict[str, dict[str, int]]] = {}
        for file, counts in sorted(self._files.items()):
            for at, count in sorted(counts.items()):
                files.setdefault(file, {}).setdefault(at.rule, {})[at.key] = count
        text = json.dumps({"about": _ABOUT, "version": _VERSION, "files": files}, indent=1) + "\n"
        number, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".baseline-")
        try:
            with open(number, "w", encoding="utf-8") as stream:
                stream.write(text)
            os.chmod(unfinished, 0o644)  # noqa: PTH101 - a file to commit, with nothing secret in it
            os.replace(unfinished, self.name)
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise


def _place(path: str, finding: Finding) -> _Place:
    return _Place(finding.problem.rule, place(path, finding.problem))


def _counts(rules: Any) -> Counter[_Place]:
    return Counter(
        {
            _Place(_checked(_RULE, rule), _checked(_SHA, key)): _positive(count)
            for rule, keys in rules.items()
            for key, count in keys.items()
        }
    )


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError
    return text


def _positive(count: Any) -> int:
    if type(count) is not int or count < 1:
        raise ValueError
    return count
