"""Reading payloads from YAML 1.2, with the positions of everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lp_engagement.printable import printable

from .explain import text_problem
from .plain import TOO_DEEP
from .positions import KnownLayout, Span
from .problem import pointer
from .texts import Document, is_deep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruamel.yaml.nodes import Node

    from .problem import Path, Problem

_DEEPEST = 100
_OWN_WORDS = re.compile(r"(?:[^'\"]|'<[a-z ]+>'|'.')*")
_MOST_ALIASED = 100_000
"""Values that are read a second time; aliases of aliases could make it endless."""


def read_yaml(data: bytes) -> Iterator[Document]:
    """Read the documents of a YAML stream. What is wrong comes out as a document's faults; this never raises."""
    from ruamel.yaml import YAML

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Span(len(data[: error.start].decode(errors="replace")), 0)
        yield _unreadable(data.decode(errors="replace"), place, "there are bytes here that are not UTF-8")
        return
    if is_deep(text):
        yield _unreadable(text, Span(0, 1), "the text is nested too deeply to be read")
        return
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    reader.composer.warn_double_anchors = False  # a later anchor of the same name is fine, and it may be a value
    nodes = reader.compose_all(text)
    while True:
        try:
            node = next(nodes, None)
        except Exception as error:  # noqa: BLE001 - of strange texts it raises whatever its code runs into
            yield _unreadable(text, *_place_and_words(text, error))
            return
        if node is None:
            return
        yield _document(text, node)


def _place_and_words(text: str, error: Exception) -> tuple[Span, str]:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    if isinstance(error, ReaderError):
        place = Span(error.position, error.position + 1)
        return place, "there is a control character here that YAML does not allow"
    if not isinstance(error, MarkedYAMLError):
        deep = isinstance(error, RecursionError)
        return Span(0, 1), "the text is nested too deeply to be read" if deep else "this is not YAML: it cannot be read"
    marks = [each.index for each in (error.problem_mark, error.context_mark) if each is not None]
    # What was opened and not closed is found out at the end: where it was opened helps more.
    offset = next((index for index in marks if index < len(text.rstrip())), min([*marks, len(text)]))
    told = ", ".join(_without_quotes(each) for each in (error.context, error.problem) if each)
    return Span(offset, offset + 1), f"this is not YAML: {told}"


def _without_quotes(problem: str | None) -> str:
    """The parser's words up to where it quotes the text; what it expected and single characters are no quotes."""
    kept = _OWN_WORDS.match(problem or "")
    return (kept[0].strip().removesuffix("but found").strip(" ,(") if kept else "") or "it cannot be read"


def _unreadable(text: str, span: Span, message: str) -> Document:
    return Document(text=text, faults=[(text_problem("not-json", message, ""), span)])


def _document(text: str, node: Node) -> Document:
    reader = _NodeReader(text)
    value = reader.value(node, ())
    return Document(text=text, value=value, layout=reader.layout, faults=reader.faults)


class _NodeReader:
    """Makes plain JSON of a node graph, and remembers where everything stood."""

    def __init__(self, text: str) -> None:
        self.layout = KnownLayout(text)
        self.faults: list[tuple[Problem, Span]] = []
        self._seen: set[int] = set()
        self._aliased = 0
        self._is_endless = False

    def value(self, node: Node, path: Path) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        span = Span(node.start_mark.index, node.end_mark.index)
        self.layout.values[pointer(path)] = span
        self._aliased += id(node) in self._seen
        self._seen.add(id(node))
        if len(path) > _DEEPEST or self._aliased > _MOST_ALIASED:
            if not self._is_endless:
                problem = text_problem("not-json", "this nests too deeply, or stands for too many values", TOO_DEEP)
                self.faults.append((problem, span))
            self._is_endless = True
            return None
        if isinstance(node, SequenceNode):
            return [self.value(each, (*path, index)) for index, each in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        self.layout.all_scalars.append(span)
        assert isinstance(node, ScalarNode)  # noqa: S101 - YAML has no fourth kind
        return self._scalar(node, path, span)

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key_node, value_node in node.value:
            span = Span(key_node.start_mark.index, key_node.end_mark.index)
            key = _whole(key_node.value) if isinstance(key_node.value, str) else ""
            if not isinstance(key_node.value, str):
                self.faults.append((text_problem("not-json", "a key that is no text", "", path), span))
                continue
            place = (*path, key)
            self.layout.keys.setdefault(pointer(place), span)
            if key in members:
                self.faults.append(
                    (text_problem("duplicate-key", f"`{printable(key)}` stands twice in this object", "", place), span)
                )
            members[key] = self.value(value_node, place)
        return members

    def _scalar(self, node: Any, path: Path, span: Span) -> Any:
        kind = node.tag.rpartition(":")[2] if isinstance(node.tag, str) else str(node.ctag).rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        try:
            if kind == "int":
                digits = node.value.replace("_", "")
                return int(digits, 10 if digits.lstrip("+-").isdecimal() else 0)
            if kind == "float":
                digits = node.value.replace("_", "").lower()
                return float(digits.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            self.faults.append((text_problem("not-json", "a number that JSON cannot carry", "", path), span))
            return None
        # Everything else, dates included, is what JSON would write as a text.
        return _whole(node.value)


def _whole(text: str) -> str:
    """The text with pairs of surrogates, as JSON's escapes have them, made one character each."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
