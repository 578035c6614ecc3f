"""Reading payloads from YAML 1.2, with the location of every value.

Plain words follow the core schema of YAML 1.2. Merge keys (`<<`) work as in YAML 1.1, because fixtures use them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lp_engagement._common.printable import printable

from .documents import Document, byte_order_mark, is_deep
from .explain import text_problem
from .plain_json import TOO_DEEP
from .source_map import KnownLayout, Span
from .yaml_nodes import compose
from .yaml_words import number, otherwise, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .problem import Path, Problem

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DEEPEST = 100
_MERGE = "tag:yaml.org,2002:merge"
_TAG = "tag:yaml.org,2002:"
_EXPLICIT = re.compile(r"(?:&\S+\s+)?!")
_TAKEN = {"null", "bool", "int", "float", "str", "timestamp"}
"""Tags that JSON has a type for; a date is written as a string."""
_WORDS = {"null": "null", "bool": "a boolean", "int": "a number", "float": "a number", "str": "a string"}
_OWN_WORDS = re.compile(r"(?:[^'\"]|'<[a-z ]+>'|'.')*")
_MOST_ALIASED = 100_000
"""Values that aliases may repeat; aliases of aliases could make them endless."""


def read_yaml(data: bytes) -> Iterator[Document]:
    """Read the documents of a YAML stream. Their problems are in `faults`; this never raises."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = Span(len(data[: error.start].decode(errors="replace")), 0)
        yield _unreadable(data.decode(errors="replace"), place, "the text is not valid UTF-8")
        return
    faults = [(byte_order_mark(), Span(0, 1))] if text.startswith(_BOM) else []
    text = text.removeprefix(_BOM)
    if is_deep(text):
        yield _unreadable(text, Span(0, 1), "the text is nested too deeply to be read")
        return
    nodes = compose(text)
    while True:
        try:
            node = next(nodes, None)
        except Exception as error:  # noqa: BLE001 - on odd input the parser raises whatever its code runs into
            yield _unreadable(text, *_place_and_words(text, error))
            return
        if node is None:
            return
        document = _document(text, node)
        document.faults[:0] = faults
        faults = []
        yield document


def _place_and_words(text: str, error: Exception) -> tuple[Span, str]:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    if isinstance(error, ReaderError):
        place = Span(error.position, error.position + 1)
        return place, "YAML does not allow this control character"
    if not isinstance(error, MarkedYAMLError):
        deep = isinstance(error, RecursionError)
        return Span(0, 1), "the text is nested too deeply to be read" if deep else "invalid YAML: the parser failed"
    marks = [mark.index for mark in (error.problem_mark, error.context_mark) if mark is not None]
    # A missing bracket is noticed at the end of the text; the opening one helps more.
    offset = next((index for index in marks if index < len(text.rstrip())), min([*marks, len(text)]))
    words = ", ".join(_without_quotes(part) for part in (error.context, error.problem) if part)
    return Span(offset, offset + 1), f"invalid YAML: {words}"


def _without_quotes(problem: str | None) -> str:
    """Cut the parser's message where it quotes the text. Single characters and what it expected may stay."""
    kept = _OWN_WORDS.match(problem or "")
    return (kept[0].strip().removesuffix("but found").strip(" ,(") if kept else "") or "the parser failed"


def _unreadable(text: str, span: Span, message: str) -> Document:
    return Document(text=text, faults=[(text_problem("not-json", message, ""), span)])


def _document(text: str, node: Any) -> Document:
    reader = _NodeReader(text)
    value = reader.value(node, ())
    return Document(text=text, value=value, layout=reader.layout, faults=reader.faults)


class _NodeReader:
    """Converts a node graph to plain JSON, and records the location of every value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.layout = KnownLayout(text)
        self.faults: list[tuple[Problem, Span]] = []
        self._seen: set[int] = set()
        self._reported: set[int] = set()
        self._aliased = 0
        self._is_endless = False
        # The mappings that are being merged into one another, the innermost last.
        self._merging: list[int] = []

    def value(self, node: Any, path: Path) -> Any:
        span = _span(node)
        self.layout.values[path] = span
        self._aliased += id(node) in self._seen
        self._seen.add(id(node))
        if len(path) > _DEEPEST or self._aliased > _MOST_ALIASED:
            self._endless(span)
            return None
        if node.id == "sequence":
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if node.id == "mapping":
            return self._mapping(node, path)
        self.layout.all_scalars.append(span)
        return self._scalar(node, path, span)

    def _endless(self, span: Span) -> None:
        if not self._is_endless:
            problem = text_problem("not-json", "this is nested too deeply, or expands to too many values", TOO_DEEP)
            self.faults.append((problem, span))
        self._is_endless = True

    def _mapping(self, node: Any, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                continue
            span = _span(key_node)
            if not isinstance(key_node.value, str):
                self.faults.append((text_problem("not-json", "a key is not a string", "", path), span))
                continue
            key = _whole(key_node.value)
            place = (*path, key)
            self.layout.keys.setdefault(place, span)
            if key in members:
                self.faults.append(
                    (text_problem("duplicate-key", f"`{printable(key)}` appears twice in this object", "", place), span)
                )
            members[key] = self.value(value_node, place)
        # The mapping's own keys win over merged ones, whatever the order.
        self._merge_all(node, members, path)
        return members

    def _merge_all(self, node: Any, members: dict[str, Any], path: Path) -> None:
        self._merging.append(id(node))
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                for merged in value_node.value if value_node.id == "sequence" else [value_node]:
                    self._merge(merged, members, path)
        self._merging.pop()

    def _merge(self, node: Any, members: dict[str, Any], path: Path) -> None:
        """Add the keys of a merged mapping. If several mappings have a key, the first one wins."""
        if node.id != "mapping":
            message, hint = "a merge key (<<) takes an object, or an array of objects", "Use the anchor of an object."
            self.faults.append((text_problem("not-json", message, hint, path), _span(node)))
            return
        self._aliased += 1
        if id(node) in self._merging or len(self._merging) > _DEEPEST or self._aliased > _MOST_ALIASED:
            self._endless(_span(node))
            return
        for key_node, value_node in node.value:
            if isinstance(key_node.value, str) and not _is_merge(key_node):
                key = _whole(key_node.value)
                if key not in members:
                    self.layout.keys.setdefault((*path, key), _span(key_node))
                    members[key] = self.value(value_node, (*path, key))
        self._merge_all(node, members, path)

    def _scalar(self, node: Any, path: Path, span: Span) -> Any:
        kind = "str" if node.style else reading(node.value)
        if _EXPLICIT.match(self.text, span.start):
            kind = str(node.tag).removeprefix(_TAG)
            if kind not in _TAKEN:
                problem = text_problem("not-json", "JSON has no equivalent of this tag", "Remove it.", path)
                self._fault_of(node, problem)
        elif not node.style and (other := otherwise(node.value)):
            message = f"this plain word is {_WORDS[kind]} in YAML 1.2, but {other} in YAML 1.1"
            self._fault_of(node, text_problem("ambiguous-yaml", message, "", path, level="warning"))
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        if kind in {"int", "float"}:
            try:
                return number(node.value, kind)
            except ValueError:
                self._fault_of(node, text_problem("not-json", "JSON cannot represent this number", "", path))
                return None
        return _whole(node.value)

    def _fault_of(self, node: Any, problem: Problem) -> None:
        """Record the problem of a scalar once, however many aliases repeat it."""
        if id(node) not in self._reported:
            self._reported.add(id(node))
            self.faults.append((problem, _span(node)))


def _span(node: Any) -> Span:
    return Span(node.start_mark.index, node.end_mark.index)


def _is_merge(key_node: Any) -> bool:
    return key_node.tag == _MERGE and not key_node.style


def _whole(text: str) -> str:
    """Join surrogate pairs, which JSON's escapes can produce, into single characters."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
