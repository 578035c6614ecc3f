"""Reading payloads from YAML 1.2, with the positions of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .explain import text_problem
from .positions import KnownLayout, Span
from .problem import pointer
from .texts import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruamel.yaml.nodes import Node

    from .problem import Path, Problem

_DEEPEST = 100
_MOST = 1_000_000
"""Values that are read of a document; aliases of aliases could make it endless."""


def read_yaml(data: bytes) -> Iterator[Document]:
    """Read the documents of a YAML stream. What is wrong comes out as a document's faults; this never raises."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Span(len(data[: error.start].decode(errors="replace")), 0)
        yield _unreadable(data.decode(errors="replace"), place, "there are bytes here that are not UTF-8")
        return
    reader = YAML(typ="rt", pure=True)
    reader.allow_duplicate_keys = True
    try:
        for node in reader.compose_all(text):
            yield _document(text, node)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = 0 if mark is None else min(mark.index, len(text))
        yield _unreadable(text, Span(offset, offset + 1), f"this is not YAML: {error.problem or 'it cannot be read'}")
    except (YAMLError, RecursionError):
        yield _unreadable(text, Span(0, 1), "this is not YAML")


def _unreadable(text: str, span: Span, message: str) -> Document:
    return Document(text=text, faults=[(text_problem("not-json", message, ""), span)])


def _document(text: str, node: Node) -> Document:
    reader = _NodeReader()
    value = reader.value(node, ())
    return Document(text=text, value=value, layout=reader.layout, faults=reader.faults)


class _NodeReader:
    """Makes plain JSON of a node graph, and remembers where everything stood."""

    def __init__(self) -> None:
        self.layout = KnownLayout()
        self.faults: list[tuple[Problem, Span]] = []
        self._count = 0

    def value(self, node: Node, path: Path) -> Any:
        from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

        span = Span(node.start_mark.index, node.end_mark.index)
        self.layout.values[pointer(path)] = span
        self._count += 1
        if len(path) > _DEEPEST or self._count > _MOST:
            if self._count != _MOST + 2:
                self.faults.append((text_problem("not-json", "this is too large or nested too deeply", ""), span))
            self._count = max(self._count, _MOST + 1)
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
            key = key_node.value if isinstance(key_node.value, str) else ""
            if not isinstance(key_node.value, str):
                self.faults.append((text_problem("not-json", "a key that is no text", "", path), span))
                continue
            place = (*path, key)
            self.layout.keys.setdefault(pointer(place), span)
            if key in members:
                self.faults.append(
                    (text_problem("duplicate-key", f"`{key}` stands twice in this object", "", place), span)
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
                return int(node.value.replace("_", ""), 0)
            if kind == "float":
                return float(
                    node.value.replace("_", "").replace(".inf", "inf").replace(".Inf", "inf").replace(".nan", "nan")
                )
        except ValueError:
            self.faults.append((text_problem("not-json", "a number that JSON cannot carry", "", path), span))
            return None
        # Everything else, dates included, is what JSON would write as a text.
        return node.value
