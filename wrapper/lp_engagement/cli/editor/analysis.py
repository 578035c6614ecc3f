"""The part of the language server that knows payloads: problems with their fixes, and explanations."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement.cli.gate.globs import Globs
from lp_engagement.cli.gate.rules import rule_ids
from lp_engagement.cli.gate.settings import FileSettings, load
from lp_engagement.cli.subjects import about
from lp_engagement.validation import schemas
from lp_engagement.validation.checker import Checker, Finding, Options
from lp_engagement.validation.fixes.apply import MOST_PASSES, apply
from lp_engagement.validation.kinds import AUTO, recognized
from lp_engagement.validation.readers import read, read_line
from lp_engagement.validation.readers.formats import HEAD, SOURCES, Format, by_content, by_name
from lp_engagement.validation.source_map import KnownLayout
from lp_engagement_client.facts import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.documents import Document

# ruff: noqa: PTH120 - names are text, as they were given

_LANGUAGES: dict[str, Format] = {
    "json": "json",
    "jsonc": "jsonc",
    "jsonl": "ndjson",
    "yaml": "yaml",
    "javascript": "js",
    "javascriptreact": "js",
    "typescript": "ts",
    "typescriptreact": "ts",
    "html": "html",
}
_LONGEST = 2 * 1024 * 1024
"""Characters of a document that is checked at every change; longer ones are for the command line."""
_PAYLOADS = re.compile(r"(?:^|[\\/])payloads[\\/]")
"""The folders that the pre-commit hook checks too."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rules:
    """Which problems count in a folder, by its settings."""

    kind: str = AUTO
    options: dict[str, Any] = field(default_factory=dict)
    exclude: Globs | None = None
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    by_path: tuple[tuple[Globs, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, folder: str) -> Rules:
        """Read the settings of a folder.

        Raises:
            SettingsError: they cannot be used.
        """
        settings: FileSettings = load(folder=folder)
        given = settings.options
        return cls(
            kind=given.get("kind", AUTO),
            options={
                name: given[name] for name in ("allow_unknown_keys", "unauthenticated_messaging") if name in given
            },
            exclude=Globs(given.get("exclude", ()), settings.folder),
            select=rule_ids(given.get("select", ())),
            ignore=rule_ids(given.get("ignore", ())),
            by_path=tuple(
                (Globs([glob], settings.folder), rule_ids(rules)) for glob, rules in settings.per_path_ignores.items()
            ),
        )

    def admits(self, finding: Finding) -> bool:
        """Whether a problem counts."""
        rule = finding.problem.rule
        if rule in self.ignore or (self.select and rule not in self.select):
            return False
        return not any(rule in rules and globs.matches(finding.file) for globs, rules in self.by_path)


def format_of(path: str, language: str, text: str) -> Format | None:
    """Detect the format of a document by its name, else by what the editor calls its language."""
    named: Format | None = by_name(path)
    if named in {None, "json"} and language in _LANGUAGES:
        named = _LANGUAGES[language]
    return by_content(text[:HEAD].encode(errors="replace"), named) if named else None


class Analysis:
    """The problems of a document.

    Args:
        path: the name of the file.
        text: the text.
        file_format: its format.
        rules: which problems count.
        was_payload: an earlier state of the text had payloads, so that a fault of syntax is one of a payload.
    """

    def __init__(self, path: str, text: str, file_format: Format, rules: Rules, *, was_payload: bool = False) -> None:
        self.text = text
        self.findings: list[Finding] = []
        self._path, self._format, self._rules = path, file_format, rules
        excluded = rules.exclude is not None and rules.exclude.matches(path)
        self._documents = [] if excluded or len(text) > _LONGEST else list(self._read())
        self.has_payloads: bool = bool(self._documents) and self._is_payload(was_payload=was_payload)
        if self.has_payloads:
            self.findings = list(self._check(text.encode(errors="replace")))

    def _read(self) -> Iterator[Document]:
        data = self.text.encode(errors="replace")
        if self._format == "ndjson":
            for number, line in enumerate(data.split(b"\n"), 1):
                if line.strip():
                    yield from read_line(line, number, Options())
        else:
            yield from read(data, self._format, Options())

    def _is_payload(self, *, was_payload: bool) -> bool:
        if self._format in SOURCES or _PAYLOADS.search(self._path) or self._rules.kind != AUTO:
            return True
        readable = [document for document in self._documents if document.readable]
        values = [document.value for document in readable]
        if any(_is_known(entry) for value in values for entry in (value if isinstance(value, list) else [value])):
            return True
        return was_payload and not readable

    def _check(self, data: bytes) -> Iterator[Finding]:
        checker = Checker(Options(kind=self._rules.kind, fixes=True, excerpts=False, **self._rules.options))
        return (each for each in checker.file(self._path, data, self._format) if self._rules.admits(each))

    def all_fixed(self) -> str:
        """Return the text with all safe fixes."""
        data = self.text.encode(errors="replace")
        for _ in range(MOST_PASSES):
            safe = [finding for finding in self._check(data) if finding.fix and finding.fix.is_safe]
            data, made = apply(data, safe, self._format)
            if not made:
                break
        return data.decode()

    def explain(self, offset: int) -> str:
        """Explain the name of the spec at an offset; empty if there is none."""
        word = next((found for found in _WORD.finditer(self.text) if found.start() <= offset <= found.end()), None)
        if word is None or not self.has_payloads:
            return ""
        layouts = [document.layout for document in self._documents if isinstance(document.layout, KnownLayout)]
        # In a program, a word is a name of the spec only inside a payload.
        if self._format in SOURCES and not any(layout.is_inside(word.start()) for layout in layouts):
            return ""
        return "\n\n".join(about(word[0]))


def explain_rule(finding: Finding) -> str:
    """Explain the rule of a problem."""
    rule: dict[str, Any] = schemas.load("rules")[finding.problem.name]
    return f"{rule['id']} {finding.problem.name}: {rule['title']}\n\n{rule['text']}\n\nFix: {rule['fix']}"


def _is_known(value: Any) -> bool:
    """Whether a value is a payload, perhaps of a type in wrong case."""
    if recognized(value) is not None:
        return True
    tag = value.get("type") if isinstance(value, dict) else None
    return isinstance(tag, str) and tag.lower() in _types()


@cache
def _types() -> frozenset[str]:
    roots = [schemas.load(f"{kind}.strict") for kind in KINDS]
    return frozenset(name.lower() for root in roots for name in schemas.dispatch(schemas.dereference(root, root)[1])[1])


def folder_of(path: str) -> str:
    """Return the folder of a file, or the current one."""
    return os.path.dirname(path) or os.curdir
