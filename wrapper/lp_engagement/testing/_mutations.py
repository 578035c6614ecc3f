"""Mutations that make a payload invalid, and the rule that each must be reported as.

This reads the spec's rules a second time on purpose: it shares no code with `lp_engagement.validation`, so their
agreement proves something.
"""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from lp_engagement_client.facts import KINDS

from ._schema import LIMITS, Schema, choice_of, equal, fits, is_kind, json_types, merged, read_schema, resolved
from ._values import ENCODABLE, WORDS, Values, anything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy

Path = tuple[str | int, ...]

NUMBERS_IN_STRINGS = ("1", "-3", "11.70", "1e3", "1,234.50", "$ 12", "12 EUR", " 7 ", "007")
# Without digits, so that none of them looks like a number in a string.
NOT_NUMBERS = ("many", "none", "true", "a few", "n/a")
NOT_ADDRESSES = (
    "localhost",
    "192.168.5.2:80",
    "256.1.1.1",
    "10.0.0",
    "10.0.0.0/8",
    "010.1.1.1",
    "2001:db8::g",
    "::1::",
    "",
)
EMPTY = ("minLength", "minItems")
_NAMES = st.text(string.ascii_letters + string.digits + "_-/~ ", max_size=12)


class Mutation(NamedTuple):
    """A change that makes a payload invalid.

    Attributes:
        name: the name of the rule that the result breaks.
        apply: changes the payload in place, and returns the result and the path of the fault.
    """

    name: str
    apply: Callable[[DrawFn, Any], tuple[Any, Path]]


class Mutations:
    """The mutations for the payloads of one schema document."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._values = Values(root, wild=False)
        # Keyed by the id of a schema. Holding the schema keeps its id from being reused.
        self._settled: dict[int, tuple[Schema, Schema]] = {}
        self._known: dict[int, list[tuple[str, SearchStrategy[Any]]]] = {}

    def of(self, payload: Any) -> dict[str, list[Mutation]]:
        """Return all mutations of a valid payload, by the name of the rule."""
        found: dict[str, list[Mutation]] = {}
        for mutation in self._below(self._root, payload, ()):
            found.setdefault(mutation.name, []).append(mutation)
        return found

    def is_invalid_as_a_whole(self, payload: Any, path: Path) -> bool:
        """Whether an object around a place became invalid too, which is a second fault.

        A year that becomes a string can cause it: the other year may not have this day.
        """
        schema, value = self._root, payload
        for token in path:
            schema = self._settle(schema)
            if isinstance(value, dict):
                tag, branches = choice_of(schema)
                schema = self._settle(branches.get(str(value.get(tag)), schema))
                if "not" in schema and fits(self._root, schema["not"], value):
                    return True
            inner = schema.get("items") if isinstance(token, int) else schema.get("properties", {}).get(token)
            if inner is None or token == path[-1]:
                return False
            schema, value = inner, value[token]
        return False

    def _settle(self, schema: Schema) -> Schema:
        if id(schema) not in self._settled:
            self._settled[id(schema)] = schema, resolved(self._root, schema)
        return self._settled[id(schema)][1]

    def _below(self, schema: Schema, value: Any, path: Path) -> Iterator[Mutation]:
        schema = self._settle(schema)
        yield from self._wrong_values(schema, path)
        if isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self._below(schema["items"], item, (*path, index))
        if isinstance(value, dict):
            tag, branches = choice_of(schema)
            if branches:
                yield Mutation("unknown-type", _replacing((*path, tag), _others(branches, _all_types())))
                yield Mutation("missing-mandatory", _removing((*path, tag)))
                schema = self._settle(branches[value[tag]])
            yield from self._members(schema, value, path, tag)

    def _members(self, schema: Schema, value: dict[str, Any], path: Path, tag: str) -> Iterator[Mutation]:
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name != tag:
                yield Mutation("missing-mandatory", _removing((*path, name)))
        for name, node in properties.items():
            if name == tag:
                continue
            if name in value:
                yield from self._below(node, value[name], (*path, name))
            else:
                yield from self._wrong_values(self._settle(node), (*path, name))
        if schema.get("additionalProperties") is False:
            yield Mutation("unknown-key", _adding(path, properties))
            yield Mutation("unknown-key", _misspelling(path, schema))

    def _wrong_values(self, schema: Schema, path: Path) -> Iterator[Mutation]:
        if id(schema) not in self._known:
            self._known[id(schema)] = list(self._wrong(schema))
        for name, values in self._known[id(schema)]:
            yield Mutation(name, _replacing(path, values))

    def _wrong(self, schema: Schema) -> Iterator[tuple[str, SearchStrategy[Any]]]:
        """Yield the rules that a value of this schema can break, each with values that break it."""
        yield from _wrong_kinds(schema)
        if "const" in schema and isinstance(schema["const"], str):
            yield "unknown-type", _others([schema["const"]])
        elif "enum" in schema and not choice_of(schema)[1]:
            yield from _unlisted(schema)
        if "anyOf" in schema:
            yield schema.get("x-rule", "constraint"), self._none_of(schema)
        if "not" in schema:
            rest = {keyword: value for keyword, value in schema.items() if keyword not in {"not", "x-rule"}}
            yield schema.get("x-rule", "constraint"), self._values.fitting(merged(self._root, rest, schema["not"]))
        # A minimum length of 0 excludes nothing.
        if "format" in schema or any(schema.get(keyword) or keyword not in EMPTY for keyword in schema.keys() & LIMITS):
            yield "constraint", self._beyond(schema)

    def _none_of(self, schema: Schema) -> SearchStrategy[Any]:
        rest = {keyword: value for keyword, value in schema.items() if keyword not in {"anyOf", "examples"}}
        candidates = self._values.fitting(rest) | st.sampled_from(NOT_ADDRESSES)
        return candidates.filter(
            lambda value: (
                fits(self._root, rest, value) and not any(fits(self._root, branch, value) for branch in schema["anyOf"])
            )
        )

    def _beyond(self, schema: Schema) -> SearchStrategy[Any]:
        """Return values of the right type outside the limits."""
        free = {keyword: value for keyword, value in schema.items() if keyword not in LIMITS | {"format", "examples"}}
        items = self._values.fitting(free.get("items", {}))
        bounds = [schema[keyword] for keyword in LIMITS & schema.keys() if keyword != "pattern"]
        near = [bound + step for bound in bounds for step in (-1, 0, 0.5, 1)]
        shorter = [keyword for keyword in EMPTY if schema.get(keyword, 0) > 0]
        candidates = [
            self._values.fitting(free),
            st.sampled_from([int(number) if number % 1 == 0 else number for number in near] or [0]),
            *(st.text(ENCODABLE, max_size=schema[keyword] - 1) for keyword in shorter),
            *(st.lists(items, max_size=schema[keyword] - 1) for keyword in shorter),
            *(ENCODABLE.map(lambda one: one * (schema["maxLength"] + 1)) for _ in _has(schema, "maxLength")),
            *(items.map(lambda one: [one] * (schema["maxItems"] + 1)) for _ in _has(schema, "maxItems")),
            st.sampled_from((*WORDS, *NOT_ADDRESSES)),
        ]
        return st.one_of(candidates).filter(
            lambda value: fits(self._root, free, value) and not fits(self._root, schema, value)
        )


def _has(schema: Schema, keyword: str) -> list[str]:
    return [keyword] if keyword in schema else []


def _wrong_kinds(schema: Schema) -> Iterator[tuple[str, SearchStrategy[Any]]]:
    kinds = json_types(schema)
    if not kinds:
        return
    other = anything().filter(lambda value: value is not None and not any(is_kind(value, kind) for kind in kinds))
    if "null" not in kinds:
        yield "null", st.none()
    if kinds == ("array",):
        yield "not-array", other
    elif kinds == ("object",):
        yield "not-object", other
    elif {"number", "integer"} & set(kinds) and "string" not in kinds:
        yield "string-number", st.sampled_from(NUMBERS_IN_STRINGS)
        yield "wrong-type", other.filter(lambda value: not isinstance(value, str)) | st.sampled_from(NOT_NUMBERS)
    else:
        yield "wrong-type", other


@cache
def _all_types() -> tuple[str, ...]:
    """Return the types of all kinds, because people confuse the kinds."""
    roots = [read_schema(f"{kind}.strict") for kind in KINDS]
    return tuple(name for root in roots for name in choice_of(resolved(root, root))[1])


def _others(known: Any, also: tuple[str, ...] = ()) -> SearchStrategy[str]:
    """Return strings that are not known names, some of them close."""
    close = [*also, *(variant for name in known for variant in _spellings(name))]
    return (st.sampled_from(close) | st.text(ENCODABLE, max_size=12)).filter(lambda text: text not in known)


def _spellings(name: str) -> list[str]:
    """Return common misspellings of a name."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    found = [name.upper(), name.lower(), name.swapcase(), name[:1].swapcase() + name[1:], snake, f"{name}s", f" {name}"]
    return sorted({spelling for spelling in found if spelling != name})


def _unlisted(schema: Schema) -> Iterator[tuple[str, SearchStrategy[Any]]]:
    listed = schema["enum"]
    kinds = json_types(schema)
    texts = [item for item in listed if isinstance(item, str)]
    folded = {text.casefold() for text in texts}
    numbers = [int(item) for item in listed if is_kind(item, "integer")]
    if numbers:
        near = st.integers(min(numbers) - 3, max(numbers) + 30) | st.integers()
        yield "enum", near.filter(lambda value: not any(equal(value, item) for item in listed))
    elif not kinds or "string" in kinds:
        yield (
            "enum",
            (st.sampled_from(WORDS) | st.text(ENCODABLE, max_size=12)).filter(
                lambda text: text.strip().casefold() not in folded
            ),
        )
    cased = [
        f(known) for known in texts for f in (str.lower, str.upper, str.title, str.swapcase, lambda text: f" {text} ")
    ]
    cased = [text for text in cased if text not in listed]
    if cased:
        yield "enum-case", st.sampled_from(cased)


# ------------------------------------------------------------------------------------------- changing a payload


def _put(payload: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    target = payload
    for token in path[:-1]:
        target = target[token]
    target[path[-1]] = value
    return payload


def _replacing(path: Path, values: SearchStrategy[Any]) -> Callable[[DrawFn, Any], tuple[Any, Path]]:
    return lambda draw, payload: (_put(payload, path, draw(values)), path)


def _at(payload: Any, path: Path) -> Any:
    for token in path:
        payload = payload[token]
    return payload


def _removing(path: Path) -> Callable[[DrawFn, Any], tuple[Any, Path]]:
    def apply(_draw: DrawFn, payload: Any) -> tuple[Any, Path]:
        del _at(payload, path[:-1])[path[-1]]
        return payload, path

    return apply


def _adding(path: Path, properties: Schema) -> Callable[[DrawFn, Any], tuple[Any, Path]]:
    def apply(draw: DrawFn, payload: Any) -> tuple[Any, Path]:
        name = draw(_NAMES.filter(lambda each: each not in properties))
        _at(payload, path)[name] = draw(anything())
        return payload, (*path, name)

    return apply


def _misspelling(path: Path, schema: Schema) -> Callable[[DrawFn, Any], tuple[Any, Path]]:
    properties = schema["properties"]

    def apply(draw: DrawFn, payload: Any) -> tuple[Any, Path]:
        target = _at(payload, path)
        # A misspelt mandatory field would be missing as well, which is a second fault.
        present = [name for name in target if name not in schema.get("required", ())]
        name = draw(st.sampled_from(present or sorted(properties)))
        wrong = draw(st.sampled_from(_spellings(name)).filter(lambda each: each not in properties))
        target[wrong] = target.pop(name) if name in present else draw(anything())
        return payload, (*path, wrong)

    return apply


def accepted(accepting: Schema, payload: Any) -> bool:
    """Whether the accepting schema accepts a payload, so that its problems are mere warnings."""
    return fits(accepting, accepting, payload)
