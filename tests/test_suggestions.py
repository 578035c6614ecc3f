"""Suggestions never name a key that is already there, and point at the intended place."""

from __future__ import annotations

from typing import Any

import pytest

from lp_engagement.validation import check
from lp_engagement.validation.redaction import around, is_public, mask
from lp_engagement.validation.source_map import Span

CART = {"type": "cart", "total": 1, "numItems": 1}
BODY = {"appType": "EXTERNAL"}


def hints(payload: Any, kind: str) -> dict[str, str]:
    """The hints of a payload's problems, by their places."""
    return {each.pointer: each.hint for each in check(payload, kind)}


@pytest.mark.parametrize(
    "payload, kind, place, word",
    [
        ({"type": "lead", "lead": {"ticketId": "b"}}, "sde", "/lead/ticketId", "Did you mean `leadId`?"),
        (CART | {"Currency": "EUR"}, "sde", "/Currency", "Did you mean `currency`?"),
        (
            {"type": "ctmrinfo", "customerId": "1"},
            "sde",
            "/customerId",
            'Move it into `info`: "info": {"customerId": …}.',
        ),
        ({"type": "ctmrinfo", "customerID": "1"}, "sde", "/customerID", "Did you mean `customerId` in `info`?"),
        (BODY | {"entryPoints": ["a"]}, "create-session", "/entryPoints", "Did you mean `consumerSections`?"),
        (BODY | {"sections": ["a"]}, "create-session", "/sections", "Did you mean `consumerSections`?"),
        (BODY | {"sdes": []}, "create-session", "/sdes", "Did you mean `engagementAttributes`?"),
        (BODY | {"vid": "1"}, "create-session", "/vid", "belongs in the path of the URL"),
        ({"pageId": "1", "sid": "1"}, "update-session", "/sid", "belongs in the query of the URL"),
        (BODY | {"consumerId": "1"}, "create-session", "/consumerId", "as `customerId` in the `info`"),
        (BODY | {"identities": []}, "create-session", "/identities", "as `customerId` in the `info`"),
        (
            {"type": "personal", "personal": {"contactInfo": []}},
            "sde",
            "/personal/contactInfo",
            "Did you mean `contacts`?",
        ),
        (
            {"type": "purchase", "cart": {"total": 1, "products": []}},
            "sde",
            "/cart/total",
            "Move it one level up, out of `cart`.",
        ),
        ({"type": "lead", "other": {"leadId": "b"}}, "sde", "/other", "Did you mean `lead`? It has these fields."),
    ],
)
def test_what_was_meant(payload: Any, kind: str, place: str, word: str) -> None:
    """A mistake seen in real payloads is answered with the intended key, or the place where it belongs."""
    assert word in hints(payload, kind)[place]


@pytest.mark.parametrize(
    "payload, kind, place",
    [
        ({"type": "lead", "lead": {"leadId": "a", "ticketId": "b"}}, "sde", "/lead/ticketId"),
        (
            BODY | {"appDetails": {"osVersion": "1", "browserVersion": "2"}},
            "create-session",
            "/appDetails/browserVersion",
        ),
        ({"type": "personal", "personal": {"firstname": "a", "lastname": "b", "name": "c"}}, "sde", "/personal/name"),
        ({"type": "ctmrinfo", "customerId": "1", "info": {"customerId": "2"}}, "sde", "/customerId"),
        ({"type": "purchase", "total": 1, "cart": {"total": 1, "products": []}}, "sde", "/cart/total"),
        (BODY | {"consumerSections": [], "sections": []}, "create-session", "/sections"),
        ({"type": "lead", "lead": {"leadId": "a"}, "other": {"leadId": "b"}}, "sde", "/other"),
    ],
)
def test_nothing_that_is_there_already(payload: Any, kind: str, place: str) -> None:
    """No suggestion names a key that the object has: who followed it would overwrite a value, or write a key twice."""
    hint = hints(payload, kind)[place]
    assert hint.startswith("Remove it. Known fields: ")
    assert "Did you mean" not in hint


@pytest.mark.parametrize("value", ["Female", " MALE", "femal", "Mail", "x"])
def test_personal_values_are_not_guessed(value: str) -> None:
    """The hint about a personal field is the same for all values, since a guess would show the value."""
    hint = hints({"type": "personal", "personal": {"gender": value}}, "sde")["/personal/gender"]
    assert hint == "Use one of `MALE`, `FEMALE`, `OTHER`."


def test_attribute_among_the_impressions() -> None:
    """An attribute among the impressions of an update belongs in the list beside it, not in another body."""
    found = hints({"pageId": "1", "impAttributes": [CART]}, "update-session")
    assert found["/impAttributes/0/type"] == "It belongs in `engagementAttributes` of the same body."
    found = hints({"appType": "EXTERNAL", "engagementAttributes": [{"type": "impClose"}]}, "create-session")
    assert found["/engagementAttributes/0/type"] == "It belongs in `impAttributes` of the update-session body."


@pytest.mark.parametrize(
    "payload, word",
    [
        ({"log": {"entries": []}}, "HAR file"),
        ({"info": {"name": "x"}, "item": []}, "Postman collection"),
        ({"exportFormatVersion": 2, "containerVersion": {}}, "Google Tag Manager"),
        ({"lp_sdes": [CART]}, "a set of token claims"),
    ],
)
def test_containers_are_named(payload: Any, word: str) -> None:
    """A file of another program that holds payloads is named, since it is not looked into."""
    ((place, hint),) = [(place, hint) for place, hint in hints(payload, "sde").items() if place == "/type"]
    assert word in hint
    assert place == "/type"


# ------------------------------------------------------------------------------------------------ lines that are shown


@pytest.mark.parametrize("word", ["type", '"engagementAttributes"', "customerId", "impDisplay", "true", '"eContext"'])
def test_words_of_the_spec_may_be_shown(word: str) -> None:
    """Keys of all levels of the spec, its types and JSON's literals are nobody's data."""
    assert is_public(word)


@pytest.mark.parametrize("word", ["Sarah", '"sarah@example.com"', "", "4711"])
def test_other_words_may_not(word: str) -> None:
    """Whatever else a broken text holds may be a value."""
    assert not is_public(word)


@pytest.mark.parametrize(
    "span, hidden, expected",
    [
        (Span(1, 5), [], ('{"ab": "cd"}', 1, 4)),
        (Span(7, 11), [Span(7, 11)], ('{"ab": "…"}', 7, 3)),
        (Span(7, 11), [], ('{"ab": "cd"}', 7, 4)),
        (Span(11, 12), [Span(7, 11)], ('{"ab": "…"}', 10, 1)),
    ],
)
def test_mark_is_as_wide_as_what_is_shown(span: Span, hidden: list[Span], expected: tuple[str, int, int]) -> None:
    """The mark begins where the span is shown, and is as wide as what is shown of it."""
    text = '{"ab": "cd"}'
    assert mask(text, Span(0, len(text)), span, hidden) == expected


def test_mark_under_escapes() -> None:
    """A control character is printed as an escape, and the mark covers all of it."""
    text = '{"\u202e\x1b": 1}'
    assert mask(text, Span(0, len(text)), Span(1, 5), []) == ('{"\\u202e\\x1b": 1}', 1, 12)


@pytest.mark.parametrize("at, start", [(0, 0), (40, 7), (250, 200)])
def test_part_of_a_long_line(at: int, start: int) -> None:
    """Of a long line a hundred characters are shown, with some before what is wrong."""
    assert around(Span(at, at + 1), Span(0, 300)) == Span(start, start + 100)
