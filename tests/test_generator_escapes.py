"""A string of the spec stays a string in generated code: it never becomes code."""

from __future__ import annotations

import ast
import copy
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from generator import derive, regenerate, rendering, spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DOCUMENT = spec.load()
HOSTILE = (
    'ok"""; __import__("os").system("echo hacked"); """x',
    '"""""""; hacked(); """"',
    "ends in a backslash \\",
    'a backslash before quotes \\"""; hacked()\n"""',
    "\\N{BELL} \\x41 \\u0041 \\",
    "a line\n    hacked()\n",
    "{{ hacked }} {% raw %} {# #}",
    'ends in quotes ""',
)


def texts(node: Any, keys: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each place below a node that holds one of the keys, with its key."""
    if isinstance(node, dict):
        yield from ((node, key) for key in keys if isinstance(node.get(key), str | list))
        for value in node.values():
            yield from texts(value, keys)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, keys)


def spoilt(hostile: str) -> dict[str, Any]:
    """The spec, with a hostile text behind each summary and description and in each source of a fact."""
    document = copy.deepcopy(DOCUMENT)
    for node, key in texts([document["components"], document["paths"]], ("summary", "description", "x-evidence")):
        node[key] = [hostile] if key == "x-evidence" else f"{node[key]} {hostile}"
    return document


def code(folder: Path) -> dict[str, str]:
    """The behaviour of each module of a package: its syntax tree without docstrings."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body: list[ast.stmt] = getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []
            body[:] = [
                each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            ]
        found[path.relative_to(folder).as_posix()] = ast.dump(tree)
    return found


def derived(document: dict[str, Any], folder: Path) -> dict[str, str]:
    """The behaviour of the modules from the project's own templates."""
    folder.mkdir()
    derive.write(document, folder)
    return code(folder)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_descriptions_are_only_docstrings(hostile: str, tmp_path: Path) -> None:
    """Whatever a description or a source says, the derived modules do exactly what they did before."""
    assert derived(spoilt(hostile), tmp_path / "spoilt") == derived(DOCUMENT, tmp_path / "plain")


def test_docstring_is_the_text() -> None:
    """A docstring reads as the description does, whatever that holds."""
    for text in HOSTILE:
        module = ast.parse(f'"""{rendering.docstring(text)}\n"""')
        assert ast.get_docstring(module, clean=False) == f"{text}\n"


def test_literal_is_the_text() -> None:
    """A key of the spec is written as a literal of the same text, quotes, escapes and other planes included."""
    for text in (*HOSTILE, "\0\x7f\u2028\U0001f600é"):
        assert ast.literal_eval(rendering.literal(text)) == text


def test_whole_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The modules of openapi-python-client quote a hostile description too."""
    monkeypatch.setattr(spec, "load", lambda: spoilt(HOSTILE[0]))
    with redirect_stdout(StringIO()):
        package = regenerate.build(tmp_path)
    assert code(package) == code(regenerate.PACKAGE)


def test_key_is_only_a_key(tmp_path: Path) -> None:
    """A property's name is a literal, whatever it holds."""
    document = copy.deepcopy(DOCUMENT)
    hostile = 'a": hacked(), "b'
    for name in ("CartProduct", "CartSde", "EngagementDetails"):
        fields = document["components"]["schemas"][name]["properties"]
        fields[hostile] = {"type": "string", "description": "A field."}
    made = derived(document, tmp_path / "spoilt")
    assert any(repr(hostile) in text for text in made.values())
    assert not any("id='hacked'" in text for text in made.values())


def _role(document: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = document["components"]["schemas"]["UpdateSessionRequest"]["properties"]
    return next(node for node in fields.values() if "x-role" in node)


def _impression(document: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in document["components"]["schemas"].values() if "x-builder" in node)


@pytest.mark.parametrize("key, where", [("x-role", _role), ("x-builder", _impression)])
@pytest.mark.parametrize("name", ["a=hacked(), b", "a: int = hacked(); b", "f(): hacked()\n    def g", "class", ""])
def test_name_is_an_identifier(
    key: str, where: Callable[[dict[str, Any]], dict[str, Any]], name: str, tmp_path: Path
) -> None:
    """A role or a builder's name that is no identifier stops the generation and is named."""
    document = copy.deepcopy(DOCUMENT)
    where(document)[key] = name
    with pytest.raises(SystemExit, match="must be Python identifiers") as caught:
        derive.write(document, tmp_path)
    assert repr(name) in str(caught.value)
