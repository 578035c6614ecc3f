"""Pages, docstrings, comments, messages and the spec use plain English: no word that reads as translated."""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = "wrapper/lp_engagement"
FILES = sorted(
    path
    for glob in (
        *("CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", ".github/**/*.md"),
        *("docs/**/*.md", "Makefile", "openapi/*.yaml"),
        *(f"{folder}/**/*.py" for folder in ("benchmarks", "examples", "generator", "tools")),
        *(f"{PACKAGE}/**/*.py", "generator/**/*.jinja", "tests/**/*.py"),
    )
    for path in ROOT.glob(glob)
    if "node_modules" not in path.parts
)
NOT_READ = "tests/test_english.py"  # it has all the words

# Each with the words to write instead; whole words, in any case.
INSTEAD = {
    r"mend(?:s|ed|ing)?|cures?|cured": "fix",
    r"anew": "regenerate, retry, reload",
    r"(?:held?|holds|holding) (?:\w+ ){0,3}against": "validate against, compare with",
    r"(?:told|tells?|telling) (?:\w+ ){0,3}apart": "distinguish",
    r"tells?|told|telling": "report, print, log, return",
    r"each thing that|what breaks|what is sent again": "retries, breaking changes",
    r"comes? out|stands? (?:in|here|not|beside|twice)|lies (?:in|beside|on)": "is returned, is, is in",
    r"(?:a|one|mere|as) texts?(?! (?:file|editor|stream|format|alternative))": "a string",
    r"whole numbers?": "an integer",
    r"opener": "the lease holder",
    r"asked for": "requested",
    r"the way of (?:a|one|the) call|kept visits?": "the lifecycle of a call, the stored visit",
    r"the house|leaves? no traces?": "layout, deletes and overwrites",
    r"drills?|gates?": "spec-edit test, check",
    r"harmless|may be sent twice": "idempotent",
    r"gets": "is returned, receives, has",
    r"(?:keep|keeps|kept|keeping) (?:a|the|its|their|each|every|this) visits?": "store, save",
}
WORDS = re.compile("|".join(rf"\b(?P<w{number}>{words})\b" for number, words in enumerate(INSTEAD)), re.IGNORECASE)
RIDDLE = re.compile(r"^\s*(?:What|Who)\b(?!.*\?)")
# Code, paths, commands, and the names of arguments and attributes are not prose.
NAME = re.compile(r"^ {4,}\w+: ")
CODE = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)]*\)|\bpython -m \S+|`?\bmake drill\b|DRILL\S*", re.DOTALL)


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of prose in a file: of a page, of the spec's strings, of docstrings, comments and messages."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py" and "tests" in path.parts:
        yield from (line for lines in docstrings(path) for line in lines)
    elif path.suffix == ".py":
        with tokenize.open(path) as opened:
            for token in tokenize.generate_tokens(opened.readline):
                if token.type == tokenize.COMMENT:
                    yield token.start[0], token.string
        for node in ast.walk(ast.parse(text)):
            # A string of one or two words is a name or a key, not a sentence.
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(" ") > 1:
                lines = CODE.sub(_blank, node.value).splitlines()
                yield from ((node.lineno + offset, line) for offset, line in enumerate(lines))
    elif path.suffix == ".yaml":
        yield from enumerate(_strings(YAML(typ="safe").load(text)), 1)
    elif path.name == "Makefile":
        for number, line in enumerate(text.splitlines(), 1):
            yield number, "".join(re.findall(r"(?:##|FIX :=|^#)(.*)", line))
    else:
        yield from enumerate(CODE.sub(_blank, text).splitlines(), 1)


def docstrings(path: Path) -> Iterator[list[tuple[int, str]]]:
    """Yield the numbered lines of each docstring of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if text := ast.get_docstring(node, clean=False):
            lines = CODE.sub(_blank, text).splitlines()
            yield [(node.body[0].lineno + offset, line) for offset, line in enumerate(lines)]


def _blank(code: re.Match[str]) -> str:
    return "`" + "\n" * code[0].count("\n")


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in {"example", "examples", "default", "value"}:
                yield from _strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from _strings(item)
    elif isinstance(node, str) and node.count(" ") > 1:
        yield node


def slips(path: Path) -> list[str]:
    """Return the words of a file that have a better one, with their places."""
    found = []
    for number, line in prose(path):
        text = NAME.sub("", CODE.sub("", line))
        for slip in WORDS.finditer(text):
            better = list(INSTEAD.values())[int(str(slip.lastgroup)[1:])]
            found.append(f"{path.relative_to(ROOT)}:{number}: {slip[0]!r}: write {better}")
        if path.suffix == ".md" and RIDDLE.match(text):
            found.append(f"{path.relative_to(ROOT)}:{number}: {text.strip()[:30]!r}: begin with the noun")
    if path.suffix == ".py":
        for (number, first), *_ in docstrings(path):
            if RIDDLE.match(first):
                found.append(f"{path.relative_to(ROOT)}:{number}: {first.strip()[:30]!r}: begin with the noun")
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if str(path.relative_to(ROOT)) != NOT_READ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_plain_english(path: Path) -> None:
    """A file uses no word of the list."""
    assert slips(path) == []


def test_a_slip_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted word is reported with its line in a page, a docstring, a comment and a message, but not in code."""
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page, module, test = tmp_path / "page.md", tmp_path / "module.py", tmp_path / "tests" / "test_module.py"
    test.parent.mkdir()
    test.write_text('"""Who gets it."""\n# mend\ntold = "it is told so"\n', encoding="utf-8")
    page.write_text("Fine.\nMend it anew.\n`mend`\n```\nmend\n```\nWhat is sent\n", encoding="utf-8")
    module.write_text(
        '"""It is told so.\n"""\nmend = 1  # mends it\nraise ValueError("this is held against that")\n',
        encoding="utf-8",
    )
    assert [slip.split(": ")[0] for slip in slips(page)] == ["page.md:2", "page.md:2", "page.md:7"]
    assert sorted(slip.split(": write")[0] for slip in slips(module)) == [
        "module.py:1: 'told'",
        "module.py:3: 'mends'",
        "module.py:4: 'held against'",
    ]
    assert [slip.split(": ", 1)[1] for slip in slips(test)] == [
        "'gets': write is returned, receives, has",
        "'Who gets it.': begin with the noun",
    ]
