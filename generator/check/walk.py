"""Compares a document with the grammar, and finds its parts for the other rules."""

from __future__ import annotations

import re
from difflib import get_close_matches
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.source import Fault, Way

from .grammar import HINTS, KINDS, SECTIONS, Either, Map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Part(NamedTuple):
    """An object of the document.

    Attributes:
        kind: Its kind, a key of `grammar.KINDS`.
        way: Where it is.
        value: The object.
    """

    kind: str
    way: Way
    value: dict[str, Any]


class Scalar(NamedTuple):
    """Values that are no objects with a kind of their own."""

    accepts: Callable[[Any], bool]
    is_like: str
    write: str


def _is(kind: type | tuple[type, ...]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind) and not (kind is not bool and isinstance(value, bool))


def _like(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_identifier(value: Any) -> bool:
    """Whether a name of the spec can be a name in Python."""
    return isinstance(value, str) and value.isidentifier() and value.isascii() and not iskeyword(value)


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True


SCALARS = {
    "text": Scalar(lambda value: isinstance(value, str) and bool(value.strip()), "a string", "Write it in quotes."),
    "name": Scalar(_like(r"[A-Za-z][A-Za-z0-9]*"), "letters and digits", "Write a name such as `createSession`."),
    "word": Scalar(
        _like(r"[a-z0-9]+(-[a-z0-9]+)*"), "words in lower case with hyphens", "Write one such as `not-found`."
    ),
    "identifier": Scalar(is_identifier, "a Python identifier", "Write it in lower_case."),
    "role": Scalar(is_identifier, "a role", "Write one of the names in `x-roles`."),
    "boolean": Scalar(_is(bool), "a boolean", "Write true or false."),
    "integer": Scalar(_is(int), "an integer", "Write it without quotes."),
    "number": Scalar(_is((int, float)), "a number", "Write it without quotes."),
    "pause": Scalar(
        lambda value: _is((int, float))(value) and value >= 0, "a number of seconds", "Write one such as 5."
    ),
    "statuses": Scalar(_like("[45]XX"), "a family of statuses", "Write 5XX."),
    "pattern": Scalar(_is_pattern, "a regular expression", "Escape its special characters."),
    "rule id": Scalar(_like("LPE[0-9]{3}"), "the id of a rule", "Write LPE and three digits."),
    "rule name": Scalar(_like(".+"), "the name of a rule", "Write a key of `x-rules`."),
    "condition": Scalar(_like(".+"), "the condition of a rule", "Write the `when` of a rule."),
    "values": Scalar(_is(list), "a list of values", "Write it with [ ]."),
    "data": Scalar(lambda _: True, "anything", ""),
}


def walk(document: Any) -> tuple[list[Part], list[Fault]]:
    """Return all objects of a document that have a kind, and what the grammar does not allow."""
    walked = _Walk(document)
    return walked.parts, list(walked.faults)


def one_of(words: Any) -> str:
    """List words for a message."""
    return ", ".join(f"`{word}`" for word in sorted(words))


def meant(word: str, words: Any, otherwise: str) -> str:
    """Say what to write in place of a word: one that is spelt alike, or else what a sentence says."""
    close = get_close_matches(word, sorted(words), 1, 0.7)
    return f"Write `{close[0]}`." if close else otherwise


class _Walk:
    def __init__(self, document: Any) -> None:
        self.parts: list[Part] = []
        self._document = document if isinstance(document, dict) else {}
        explained = self._document.get("x-extensions")
        self._explained: set[str] = set(explained) if isinstance(explained, dict) else set()
        self.faults = [*self._look("document", document, ())]

    def _look(self, shape: Any, value: Any, way: Way) -> Iterator[Fault]:
        if isinstance(shape, Either):
            first = list if isinstance(shape.first, list) else dict
            shape = shape.first if isinstance(value, first) else shape.second
        if isinstance(shape, frozenset):
            if not isinstance(value, str) or value not in shape:
                yield Fault(way, f"`{_last(way)}` cannot be {_shown(value)}. Write one of {one_of(shape)}.")
        elif isinstance(shape, list | Map):
            yield from self._collection(shape, value, way)
        elif shape in SCALARS:
            scalar = SCALARS[shape]
            if not scalar.accepts(value):
                yield Fault(way, f"`{_last(way)}` must be {scalar.is_like}, not {_shown(value)}. {scalar.write}")
        else:
            yield from self._object(shape, value, way)

    def _collection(self, shape: Any, value: Any, way: Way) -> Iterator[Fault]:
        if isinstance(shape, list) and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._look(shape[0], item, (*way, index))
        elif isinstance(shape, Map) and isinstance(value, dict):
            for key, item in value.items():
                yield from self._look(shape.shape, item, (*way, key))
        else:
            like, write = (
                ("an object", "names with their values") if isinstance(shape, Map) else ("a list", "it with [ ]")
            )
            yield Fault(way, f"`{_last(way)}` must be {like}, not {_shown(value)}. Write {write}.")

    def _object(self, kind: str, value: Any, way: Way) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(way, f"`{_last(way)}` must be an object, not {_shown(value)}. Write keys of {_a(kind)}.")
            return
        self.parts.append(Part(kind, way, value))
        keys = {key.removesuffix("!"): shape for key, shape in KINDS[kind].items()}
        referring = "$ref" in value and kind in SECTIONS
        if referring:
            yield from self._reference(kind, value["$ref"], (*way, "$ref"))
            if kind != "schema":
                keys = {}
        for key, item in value.items():
            if key in keys:
                yield from self._look(keys[key], item, (*way, key))
            elif not (referring and key == "$ref") and key not in self._own_words():
                yield Fault((*way, key), self._unknown(kind, key, keys))
        misspelt = value.keys() - keys.keys()
        for key in KINDS[kind]:
            name = key.removesuffix("!")
            if name != key and name not in value and not referring and not get_close_matches(name, misspelt, 1, 0.7):
                yield Fault(way, f"`{_last(way)}` has no `{name}`. {HINTS.get(name, f'Write `{name}`.')}")

    def _own_words(self) -> set[str]:
        """Extensions that the head explains and the generator does not read: they can be anywhere."""
        return self._explained - {key.removesuffix("!") for keys in KINDS.values() for key in keys}

    def _unknown(self, kind: str, key: str, keys: dict[str, Any]) -> str:
        if key.startswith("x-") and key not in self._explained:
            words = {*self._explained, *(name for name in keys if name.startswith("x-"))}
            return f"`{key}` is no known extension. {meant(key, words, 'Add it to `x-extensions`, or remove it.')}"
        return f"`{key}` is no key of {_a(kind)}. {meant(key, keys, 'Remove it, or move it to where it belongs.')}"

    def _reference(self, kind: str, target: Any, way: Way) -> Iterator[Fault]:
        section = SECTIONS[kind]
        prefix = f"#/components/{section}/"
        components = self._document.get("components")
        names = components.get(section) if isinstance(components, dict) else None
        if not isinstance(target, str) or not target.startswith(prefix):
            yield Fault(way, f"`$ref` must point to {_a(kind)}, not to {_shown(target)}. Write `{prefix}NAME`.")
        elif not isinstance(names, dict) or target.removeprefix(prefix) not in names:
            name = target.removeprefix(prefix)
            closest = meant(
                f"{prefix}{name}", [f"{prefix}{each}" for each in names or ()], f"Define it in `{section}`."
            )
            yield Fault(way, f"`$ref` points to `{name}`, which does not exist. {closest}")


def _last(way: Way) -> str:
    words = [str(each) for each in way]
    if not words:
        return "the document"
    return words[-1] if isinstance(way[-1], str) else f"{words[-2]}[{words[-1]}]"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"`{str(value)[:40]}`"


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
