"""Hypothesis strategies for valid and invalid payloads, derived from the spec.

For example::

    from hypothesis import given
    from lp_engagement.testing.strategies import broken, valid

    @given(valid("create-session"))
    def test_my_endpoint_accepts_valid_bodies(body): ...

    @given(broken("sde"))
    def test_my_pipeline_rejects_invalid_attributes(example):
        payload, rule, pointer = example

New types, fields, values and limits of the spec are drawn without a change here. Requires hypothesis: install
the extra `testing` of lp-engagement.
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
    """A payload with exactly one fault.

    Attributes:
        payload: plain JSON, which you may change.
        rule: the id of the broken rule, e.g. `LPE102`.
        pointer: the JSON Pointer of the fault; a missing or unknown key has its own pointer.
    """

    payload: Any
    rule: str
    pointer: str


def types(kind: str) -> tuple[str, ...]:
    """List the types of a kind, e.g. `cart`; request bodies have none.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.

    Raises:
        ValueError: the kind is unknown.
    """
    root = read_schema(f"{_known(kind)}.strict")
    return tuple(choice_of(resolved(root, root))[1])


def valid(kind: str, *, only: str | None = None, wild: bool = False) -> SearchStrategy[Any]:
    """Draw payloads without problems or warnings.

    Every documented field and value is drawn eventually. By default, the values are realistic: the spec's examples,
    short strings, plausible numbers and dates.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.
        only: draw only this type, one of `types(kind)`.
        wild: draw everything that the spec allows: any string that UTF-8 can encode, numbers of any size, integers
            written as `3.0`, empty strings, arrays and objects.

    Raises:
        ValueError: there is no such kind, or it has no such type.
        UnsupportedSchemaError: the spec uses a feature of JSON Schema that the strategies do not support.
    """
    return _valid(_known(kind), only, wild)


def broken(kind: str, *, only: str | None = None, wild: bool = False) -> SearchStrategy[Broken]:
    """Draw payloads with exactly one fault, and the rule and pointer that a check must report for it.

    Faults that only cause a warning, or that JSON cannot represent, are not drawn.

    Args:
        kind: one of `lp_engagement.validation.kinds()`.
        only: draw only this type, one of `types(kind)`.
        wild: start from wild payloads; see `valid`.

    Raises:
        ValueError: there is no such kind, or it has no such type.
        UnsupportedSchemaError: the spec uses a feature of JSON Schema that the strategies do not support.
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
            raise ValueError(f"unknown type of {kind}; use one of {', '.join(branches) or 'none: it has no types'}")
        schema = branches[only]
    return Values(root, wild=wild).fitting(schema)


@cache
def _broken(kind: str, only: str | None, wild: bool) -> SearchStrategy[Broken]:  # noqa: FBT001 - behind keywords
    return faulty(read_schema(f"{kind}.strict"), read_schema(f"{kind}.accepting"), _valid(kind, only, wild))


def faulty(strict: dict[str, Any], accepting: dict[str, Any], payloads: SearchStrategy[Any]) -> SearchStrategy[Broken]:
    """Make strictly valid payloads invalid by the accepting schema too."""
    mutations = Mutations(strict)
    rules = read_schema("rules")

    @st.composite
    def examples(draw: st.DrawFn) -> Broken:
        payload = draw(payloads)
        possible = mutations.of(payload)
        # The rule first, or the many string fields would crowd out the rest.
        name = draw(st.sampled_from(sorted(possible)))
        payload, path = draw(st.sampled_from(possible[name])).apply(draw, payload)
        assume(not accepted(accepting, payload) and not mutations.is_invalid_as_a_whole(payload, path))
        return Broken(payload, rules[name]["id"], json_pointer(path))

    return examples()
