"""Reads the spec's file, and remembers where each part of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Way = tuple[str | int, ...]
"""The keys and indices that lead to a part of the document."""

# YAML 1.2, as every reader of OpenAPI 3.1 has it: `no` and 2024-01-31 are strings.
_CORE = (
    (re.compile(r"(?:null|Null|NULL|~|)"), lambda _: None),
    (re.compile(r"(?:true|True|TRUE)"), lambda _: True),
    (re.compile(r"(?:false|False|FALSE)"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
)


DEEPEST = 60
"""More levels than any spec has."""


class SpecError(SystemExit):
    """The spec has mistakes. The message has a line for each, and the program that does not expect it ends with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in the spec.

    Attributes:
        way: Where it is.
        message: What is wrong, and what to write.
    """

    way: Way
    message: str


@dataclass(frozen=True, slots=True)
class Source:
    """A spec as it is written.

    Attributes:
        name: The file, as it is shown.
        document: The contents. No two parts of it are the same object, so views can be edited in place.
        places: The line and the column of each part, from 1.
        faults: What the file repeats or cannot contain.
    """

    name: str
    document: Any
    places: dict[Way, tuple[int, int]]
    faults: list[Fault]

    def error(self, faults: list[Fault]) -> SpecError:
        """Return the error about mistakes: a line for each, in the order of the file."""
        # A part that an anchor repeats is wrong in several ways, but in one place.
        found = sorted({(*self._place(fault.way), fault.message) for fault in faults})
        return SpecError("\n".join(f"{self.name}:{line}:{column}: {message}" for line, column, message in found))

    def _place(self, way: Way) -> tuple[int, int]:
        while way not in self.places:
            way = way[:-1]
        return self.places[way]


def read(path: Path, name: str) -> Source:
    """Read a file.

    Raises:
        SpecError: It is not YAML.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = "1:1" if mark is None else f"{mark.line + 1}:{mark.column + 1}"
        message = (
            f"{name}:{at}: This is not YAML: {error.problem or error.context}. Correct the line, or the one above."
        )
        raise SpecError(message) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"{name}:1:1: The file cannot be read: {error}. Save it as UTF-8 text."
        raise SpecError(message) from None
    source = Source(name, None, {(): (1, 1)}, [])
    document = {} if root is None else _value(root, (), source)
    return Source(name, document, source.places, source.faults)


def _value(node: yaml.Node, way: Way, source: Source) -> Any:
    if len(way) > DEEPEST:
        message = "An alias (*) refers to a part that contains it, or the nesting is too deep. Write the part out."
        raise source.error([Fault(way, message)])
    source.places.setdefault(way, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        return dict(_members(node, way, source))
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*way, index), source) for index, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and (not node.style or node.style not in "'\"|>")
    if plain:
        for pattern, read_scalar in _CORE:
            if pattern.fullmatch(node.value):
                return read_scalar(node.value)
    return node.value


def _members(node: yaml.MappingNode, way: Way, source: Source) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        inner = (*way, name)
        if name == "<<" or not isinstance(key, yaml.ScalarNode):
            source.faults.append(
                Fault(way, f"`{name}` is no key of OpenAPI. Write the fields out, each with its name.")
            )
        elif name in seen:
            source.faults.append(Fault(inner, f"`{name}` is here twice, and the first is lost. Remove one of them."))
        seen.add(name)
        # A key's place, not its value's: that is where one looks for a field.
        source.places[inner] = (key.start_mark.line + 1, key.start_mark.column + 1)
        yield name, _value(value, inner, source)
