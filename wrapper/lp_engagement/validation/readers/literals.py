"""The literals of JavaScript as JSON, with the location of every value; expressions are unknown values."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from lp_engagement.validation.source_map import KnownLayout, Span

from .expressions import bare, choices, scalar, string, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from lp_engagement.validation.documents import Known
    from lp_engagement.validation.problem import Path

_DEEPEST = 60
_EMPTY = {"null", "undefined", "false"}
"""Values that a spread turns into no member."""


class Offsets:
    """Converts offsets in bytes to offsets in characters."""

    def __init__(self, text: str, source: bytes) -> None:
        is_ascii = len(text) == len(source)
        self._starts = None if is_ascii else list(accumulate((len(each.encode()) for each in text), initial=0))

    def span(self, node: Node) -> Span:
        """Locate a node."""
        return Span(self._at(node.start_byte), self._at(node.end_byte))

    def _at(self, offset: int) -> int:
        return offset if self._starts is None else bisect_right(self._starts, offset) - 1


class Literals:
    """Converts a literal to JSON, and records the location of every value and what is unknown."""

    def __init__(self, text: str, offsets: Offsets) -> None:
        self.layout: KnownLayout = KnownLayout(text)
        self.unknown: dict[Path, Known] = {}
        self._offsets = offsets

    def value(self, node: Node, path: Path) -> Any:
        """Convert a literal. The value of an expression is one of its type if that is certain, else `None`."""
        node = bare(node)
        span = self._offsets.span(node)
        if node.type in {"object", "array"} and len(path) < _DEEPEST:
            self.layout.values[path] = Span(span.start, span.start + 1)
            self.layout.ends[path] = span.end
            return self._object(node, path) if node.type == "object" else self._array(node, path)
        self.layout.values[path] = span
        self.layout.all_scalars.append(span)
        known, value = scalar(node)
        if known is not None:
            self.unknown[path] = known
        return value

    def _object(self, node: Node, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for child in node.named_children:
            if child.type == "comment":
                continue
            key = _key(child)
            if key is not None:
                self._member(members, path, child, key)
                continue
            spread = list(_spread(child))
            for member in spread:
                # A spread under a condition can replace the value before it, or not.
                name = _name(_key(member) or member)
                if name in members:
                    self.unknown[*path, name] = "nothing"
                else:
                    self._member(members, path, member, _key(member) or member)
            if not spread:
                # Any other spread and a computed key can stand for any key, and replace the values before it.
                self.unknown[path] = "members"
                self.unknown |= {(*path, name): "nothing" for name in members}
        return members

    def _member(self, members: dict[str, Any], path: Path, child: Node, key: Node) -> None:
        name = _name(key)
        place = (*path, name)
        value = child.child_by_field_name("value")
        if value is not None and bare(value).type == "undefined":
            return
        self._forget(place)
        self.layout.keys[place] = self._offsets.span(key)
        members[name] = self.value(child if value is None else value, place)

    def _array(self, node: Node, path: Path) -> list[Any]:
        entries = [child for child in node.named_children if child.type != "comment"]
        return [self.value(child, (*path, index)) for index, child in enumerate(entries)]

    def _forget(self, place: Path) -> None:
        """A key that is written twice has the later value."""
        if place in self.layout.keys:
            self.unknown = {path: known for path, known in self.unknown.items() if path[: len(place)] != place}


def _key(member: Node) -> Node | None:
    if member.type == "shorthand_property_identifier":
        return member
    key = member.child_by_field_name("key") or member.child_by_field_name("name")
    return key if key is not None and key.type in {"property_identifier", "string", "number"} else None


def _name(key: Node) -> str:
    text = text_of(key)
    return text if key.type != "string" else string(text) or text[1:-1]


def _spread(node: Node) -> Iterator[Node]:
    """Yield the members that a spread adds, as in `...(known && {name})`; nothing if they are not all known."""
    if node.type != "spread_element" or not node.named_children:
        return
    objects = [each for each in choices(node.named_children[0], truthy=True) if each.type not in _EMPTY]
    members = [each for part in objects for each in part.named_children if each.type != "comment"]
    if all(part.type == "object" for part in objects) and all(_key(each) for each in members):
        yield from members
