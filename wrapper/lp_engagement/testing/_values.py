"""Strategies for valid values of a schema."""

from __future__ import annotations

import calendar
import math
import string
from copy import deepcopy
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from . import _schema
from ._schema import LIMITS, READ, Schema, UnsupportedSchemaError, choice_of, fits, json_types, merged, resolved, within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import SearchStrategy

WORDS = (
    "Support", "Sales", "Berlin", "Zürich", "O'Brien", "東京", "Ana-María", "check-out", "red shoes", "A-1001", "EUR",
    "2nd order", "home & garden", "50 % off", "v2.1", 'so-called "gold"', "line\nbreak", "😀",
)  # fmt: skip
"""Short strings as applications send them, some with characters that tend to break: quotes, accents, line ends."""
# The limits of integers in other languages, of floats and of JSON readers.
EXTREMES = tuple(sign * edge for edge in (0, 2**31, 2**32, 2**53, 2**63, 2**64, 10**40) for sign in (1, -1))
# The characters that UTF-8 can encode. Naming the codec would make hypothesis try each character first, which takes
# longer than its health check allows.
ENCODABLE = st.characters(exclude_categories=["Cs"])
A_FEW = 3
ANYTHING = "anything"
DATE = ("year", "month", "day")
LONGEST_MONTH = 31
_IMPLIED = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"format", "pattern", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def anything() -> SearchStrategy[Any]:
    """Draw any small JSON value."""
    return st.recursive(
        st.none() | st.booleans() | st.integers() | _floats() | st.text(ENCODABLE, max_size=10),
        lambda inner: (
            st.lists(inner, max_size=A_FEW) | st.dictionaries(st.text(ENCODABLE, max_size=10), inner, max_size=A_FEW)
        ),
        max_leaves=5,
    )


class Values:
    """The strategies of one schema document.

    Args:
        root: the document, whose `$defs` references point into.
        wild: whether to go to the limits of what the schemas allow, instead of what applications send.
    """

    def __init__(self, root: Schema, *, wild: bool) -> None:
        self._root = root
        self._wild = wild
        self._named: dict[str, SearchStrategy[Any]] = {}

    def fitting(self, schema: Schema) -> SearchStrategy[Any]:
        """Draw valid values of a schema.

        Raises:
            UnsupportedSchemaError: the schema uses something unknown here.
        """
        name = schema.get("$ref")
        if name is None or schema.keys() & READ != {"$ref"}:
            return self._make(resolved(self._root, schema))
        if name not in self._named:
            # A recursive schema finds this instead of descending for ever.
            self._named[name] = st.deferred(lambda: made)
            made = self._make(resolved(self._root, schema))
            self._named[name] = made
        return self._named[name]

    def _make(self, schema: Schema) -> SearchStrategy[Any]:
        if "if" in schema:
            raise UnsupportedSchemaError("these strategies support the keyword 'if' only inside 'allOf'")
        if "const" in schema or "enum" in schema:
            listed = [schema["const"]] if "const" in schema else schema["enum"]
            return st.sampled_from([item for item in listed if fits(self._root, schema, item)]).map(deepcopy)
        _, branches = choice_of(schema)
        if branches:
            return st.one_of([self.fitting(branch) for branch in branches.values()])
        if "anyOf" in schema:
            rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
            return self._with_examples(
                schema, st.one_of([self._make(merged(self._root, rest, branch)) for branch in schema["anyOf"]])
            )
        values = st.one_of([self._of_kind(name, schema) for name in _kinds(schema)])
        if "not" in schema:
            values = values.filter(lambda value: not fits(self._root, schema["not"], value))
        return self._with_examples(schema, values)

    def _with_examples(self, schema: Schema, values: SearchStrategy[Any]) -> SearchStrategy[Any]:
        examples = [example for example in schema.get("examples", ()) if fits(self._root, schema, example)]
        if self._wild or not examples:
            return values
        # A copy, because the caller may change it.
        return st.sampled_from(examples).map(deepcopy) | values

    def _of_kind(self, name: str, schema: Schema) -> SearchStrategy[Any]:
        makers: dict[str, Callable[[Schema], SearchStrategy[Any]]] = {
            "null": lambda _: st.none(),
            "boolean": lambda _: st.booleans(),
            "string": self._texts,
            "integer": self._integers,
            "number": self._numbers,
            "array": self._lists,
            "object": self._objects,
            ANYTHING: lambda _: anything(),
        }
        if name not in makers:
            raise UnsupportedSchemaError(f"these strategies do not support {name!r} of the keyword 'type'")
        return makers[name](schema)

    def _texts(self, schema: Schema) -> SearchStrategy[str]:
        if "format" in schema:
            addresses = st.ip_addresses(v=4) if schema["format"] == "ipv4" else st.ip_addresses(v=6)
            return addresses.map(str).filter(lambda text: within(schema, text))
        if "pattern" in schema:
            return st.from_regex(_schema.pattern(schema["pattern"]), alphabet=ENCODABLE).filter(
                lambda text: within(schema, text)
            )
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        letters = ENCODABLE if self._wild else st.sampled_from(string.ascii_letters)
        some = st.text(letters, min_size=least, max_size=None if most is None else min(most, least + 20))
        # One character repeated: the longest string that is still quick to draw.
        full = st.nothing() if most is None else letters.map(lambda letter: letter * most)
        if self._wild:
            return some | full
        plausible = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join)
        if least == 0 and most is None:
            return plausible
        return some | full | plausible.filter(lambda text: within(schema, text))

    def _integers(self, schema: Schema) -> SearchStrategy[int | float]:
        step = Fraction(str(schema.get("multipleOf", 1)))
        # An integer is a multiple of p/q exactly when it is a multiple of p.
        least, most = _bounds(schema, step.numerator)
        if self._wild:
            whole: SearchStrategy[int | float] = st.integers(least, most).map(lambda count: count * step.numerator)
            whole |= _chosen(schema, [*EXTREMES, *_edges(schema)])
            whole |= _floats().map(lambda value: float(math.floor(value))).filter(lambda value: within(schema, value))
            return whole
        first = least if least is not None else 0 if most is None or most >= 0 else most - 1000
        last = first + 1000 if most is None else min(most, first + 1000)
        usual = st.integers(first, last).map(lambda count: count * step.numerator)
        return usual | _chosen(schema, _edges(schema))

    def _numbers(self, schema: Schema) -> SearchStrategy[int | float]:
        if "multipleOf" in schema:
            step = Fraction(str(schema["multipleOf"]))
            least, most = _bounds(schema, step)
            # Validators divide floats, so values that they would round wrongly are excluded.
            return (
                st.integers(least, most)
                .map(lambda count: float(count * step))
                .filter(lambda value: within(schema, value) and (value / schema["multipleOf"]).is_integer())
            )
        low = max((schema[keyword] for keyword in ("minimum", "exclusiveMinimum") if keyword in schema), default=None)
        high = min((schema[keyword] for keyword in ("maximum", "exclusiveMaximum") if keyword in schema), default=None)
        edges = _chosen(schema, [number for edge in _edges(schema) for number in (edge, float(edge))])
        if self._wild:
            wide = _floats(low, high) | st.integers(*_bounds(schema, 1)) | _chosen(schema, EXTREMES)
            return wide.filter(lambda value: within(schema, value)) | edges
        first = low if low is not None else 0 if high is None or high >= 0 else high - 1000
        last = first + 1000 if high is None else min(high, first + 1000)
        cents = st.floats(first, last).map(lambda value: round(value, 2))
        return cents.filter(lambda value: within(schema, value)) | edges

    def _lists(self, schema: Schema) -> SearchStrategy[list[Any]]:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        items = self.fitting(schema["items"]) if "items" in schema else anything()
        shortest = least if self._wild or most == 0 else max(least, 1)
        some = st.lists(items, min_size=shortest, max_size=least + A_FEW if most is None else min(most, least + A_FEW))
        return some if most is None else some | items.map(lambda item: [deepcopy(item) for _ in range(most)])

    def _objects(self, schema: Schema) -> SearchStrategy[dict[str, Any]]:
        properties = dict(schema.get("properties", {}))
        required = schema.get("required", ())
        rest = schema.get("additionalProperties")
        dates = None
        if schema.get("x-rule") == "impossible-date" and set(DATE) <= set(properties):
            dates = self._dates({name: properties.pop(name) for name in DATE}, required)
        others = rest if isinstance(rest, dict) else {}
        mandatory = {
            name: self.fitting(properties.get(name, others)) for name in required if dates is None or name not in DATE
        }
        optional = {name: self.fitting(node) for name, node in properties.items() if name not in mandatory}
        objects = st.fixed_dictionaries(mandatory, optional=optional)
        if isinstance(rest, dict):
            names = self._texts({}).filter(lambda name: name not in properties and name not in required)
            objects = st.builds(dict.__or__, objects, st.dictionaries(names, self.fitting(rest), max_size=A_FEW))
        return objects if dates is None else st.builds(dict.__or__, objects, dates)

    def _dates(self, properties: dict[str, Schema], required: Sequence[str]) -> SearchStrategy[dict[str, Any]]:
        """Draw real dates, and parts of real dates."""
        years = self.fitting(properties["year"])
        if not self._wild and fits(self._root, properties["year"], 1990):
            years |= st.integers(1900, 2030).filter(lambda year: fits(self._root, properties["year"], year))
        months = self.fitting(merged(self._root, properties["month"], {"minimum": 1, "maximum": 12}))
        days = {
            last: self.fitting(merged(self._root, properties["day"], {"minimum": 1, "maximum": last}))
            for last in range(28, LONGEST_MONTH + 1)
        }

        @st.composite
        def parts(draw: st.DrawFn) -> dict[str, Any]:
            date: dict[str, Any] = {}
            for name, values in (("year", years), ("month", months)):
                if name in required or draw(st.booleans()):
                    date[name] = draw(values)
            if "day" in required or draw(st.booleans()):
                date["day"] = draw(days[_last_day(date.get("year"), date.get("month"))])
            return date

        return parts()


def _last_day(year: float | None, month: float | None) -> int:
    if month is None:
        return LONGEST_MONTH
    # One leap year represents all of them, and a missing year.
    leap = year is None or calendar.isleap(int(year))
    return calendar.monthrange(2000 if leap else 2001, int(month))[1]


def _kinds(schema: Schema) -> tuple[str, ...]:
    if "type" in schema:
        return json_types(schema)
    return tuple(name for name, keywords in _IMPLIED.items() if keywords & schema.keys()) or (ANYTHING,)


def _floats(low: float | None = None, high: float | None = None) -> SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


def _chosen(schema: Schema, candidates: Sequence[float]) -> SearchStrategy[Any]:
    fitting = [number for number in candidates if within(schema, number)]
    return st.sampled_from(fitting) if fitting else st.nothing()


def _bounds(schema: Schema, step: Fraction | int) -> tuple[int | None, int | None]:
    """Return the minimum and maximum number of steps within the limits."""
    low = [math.ceil(Fraction(str(schema["minimum"])) / step)] if "minimum" in schema else []
    if "exclusiveMinimum" in schema:
        low.append(math.floor(Fraction(str(schema["exclusiveMinimum"])) / step) + 1)
    high = [math.floor(Fraction(str(schema["maximum"])) / step)] if "maximum" in schema else []
    if "exclusiveMaximum" in schema:
        high.append(math.ceil(Fraction(str(schema["exclusiveMaximum"])) / step) - 1)
    return max(low, default=None), min(high, default=None)


def _edges(schema: Schema) -> list[int]:
    """Return integers at and beside the limits of a schema, and those that its `not` excludes."""
    found: set[int] = set()
    for keyword, value in schema.items():
        if keyword in LIMITS and _schema.is_number(value):
            found |= {math.floor(value) - 1, math.floor(value), math.ceil(value), math.ceil(value) + 1}
        elif keyword == "not":
            found |= set(_edges(value))
        elif keyword == "anyOf":
            found |= {edge for branch in value for edge in _edges(branch)}
    return sorted(found)
