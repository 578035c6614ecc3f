"""Hypothesis strategies for payloads, right and wrong, made from the spec.

For example::

    from hypothesis import given
    from lp_engagement.testing.strategies import broken, valid

    @given(valid("create-session"))
    def test_my_endpoint_takes_what_the_api_takes(body): ...

    @given(broken("sde"))
    def test_my_pipeline_refuses_what_the_api_drops(example):
        payload, rule, pointer = example

A new type, field, value or limit of the spec is drawn without a change here. Needs hypothesis: install
`lp-engagement[testing]`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement_client.facts import KINDS

from ._mutations import Mutations, accepted
from ._schema import UnsupportedSchemaError, choice_of, read_schema, resolved
from ._values import Values

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["Broken", "UnsupportedSchemaError", "broken", "types", "valid"]


class Broken(NamedTuple):
    """A payload with one fault.

    Attributes:
        payload: the payload; plain JSON, and yours to change.
        rule: the id of the rule that it breaks, e.g. `LPE102`.
        pointer: where, as a JSON Pointer; a missing or unknown key is named by its own pointer.
    """

    payload: Any
    rule: str
    pointer: str


def types(kind: str) -> tuple[str, ...]:
    """The types that the payloads of a kind can have, e.g. `cart`; none for the bodies of requests.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.

    Raises:
        ValueError: it is none of them.
    """
    root = read_schema(f"{_known(kind)}.strict")
    return tuple(choice_of(resolved(root, root))[1])


def valid(kind: str, *, only: str | None = None, wild: bool = False) -> SearchStrategy[Any]:
    """Payloads that have no problem at all, not even a warning.

    Every documented field and value is drawn sooner or later. By default the values are such as applications send: the
    spec's examples, short texts, plausible numbers and dates.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.
        only: draw this type alone, one of `types(kind)`.
        wild: draw whatever the spec allows: any text that UTF-8 can carry and empty ones, numbers of any size, whole
            numbers written as `3.0`, empty lists and objects.

    Raises:
        ValueError: there is no such kind, or it has no such type.
        UnsupportedSchemaError: the spec uses something of JSON Schema that is not known here.
    """
    return _valid(_known(kind), only, wild)


def broken(kind: str, *, only: str | None = None, wild: bool = False) -> SearchStrategy[Broken]:
    """Payloads with exactly one fault, each with the rule and the place that a check must report for it.

    Nothing that gets a mere warning is drawn, and nothing that JSON cannot carry.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.
        only: draw this type alone, one of `types(kind)`.
        wild: build the fault into payloads that are wild otherwise; see `valid`.

    Raises:
        ValueError: there is no such kind, or it has no such type.
        UnsupportedSchemaError: the spec uses something of JSON Schema that is not known here.
    """
    return _broken(_known(kind), only, wild)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown kind of payload; use one of {', '.join(KINDS)}")
    return kind


@cache
def _valid(kind: str, only: str | None, wild: bool) -> SearchStrategy[Any]:  # noqa: FBT001 - behind keywords
    root = read_schema(f"{kind}.strict")
    schema = root
    if only is not None:
        _, branches = choice_of(resolved(root, root))
        if only not in branches:
            raise ValueError(f"unknown type of {kind}; use one of {', '.join(branches) or 'none, for it has no types'}")
        schema = branches[only]
    return Values(root, wild=wild).fitting(schema)


@cache
def _broken(kind: str, only: str | None, wild: bool) -> SearchStrategy[Broken]:  # noqa: FBT001 - behind keywords
    return faulty(read_schema(f"{kind}.strict"), read_schema(f"{kind}.accepting"), _valid(kind, only, wild))


def faulty(strict: dict[str, Any], accepting: dict[str, Any], payloads: SearchStrategy[Any]) -> SearchStrategy[Broken]:
    """Build faults into payloads that have none by the strict schema, but not such as the accepting one allows."""
    faults = Mutations(strict)
    rules = read_schema("rules")

    @st.composite
    def examples(draw: st.DrawFn) -> Broken:
        payload = draw(payloads)
        possible = faults.of(payload)
        # The rule first: else the many fields of text would leave little room for the rest.
        name = draw(st.sampled_from(sorted(possible)))
        payload, path = draw(st.sampled_from(possible[name])).apply(draw, payload)
        assume(not accepted(accepting, payload) and not faults.is_refused_as_a_whole(payload, path))
        return Broken(payload, rules[name]["id"], json_pointer(path))

    return examples()
