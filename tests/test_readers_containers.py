"""A payload has the same problems in every container, each at the place of the same character."""

from __future__ import annotations

import html
import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lp_engagement.validation.checker import Checker, Options

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.validation.checker import Finding

LEADS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["lead", "lead", "leads"]),
        "lead": st.dictionaries(
            st.sampled_from(["topic", "value", "Topic", "leadId", "currency"]),
            st.text(max_size=8) | st.integers() | st.none() | st.booleans(),
            max_size=3,
        ),
    }
)


class Text(NamedTuple):
    """A string around a payload, and where each character of the payload is in it."""

    text: str
    where: Callable[[int], int]


def around(inner: Text, before: str, after: str) -> Text:
    """Put a string before and after."""
    return Text(f"{before}{inner.text}{after}", lambda at: len(before) + inner.where(at))


def encoded(inner: Text, encode: Callable[[str], str]) -> Text:
    """Encode a string character by character."""
    return Text(encode(inner.text), lambda at: len(encode(inner.text[: inner.where(at)])))


def string(inner: Text) -> Text:
    """Write a string as a string of JSON."""
    return encoded(inner, lambda text: json.dumps(text)[1:-1])


def page(inner: Text) -> Text:
    """Push a payload in a page."""
    return around(inner, "<p>\u00fc</p>\n<script>\nlpTag.sdes.push(", ");\n</script>")


def handler(inner: Text) -> Text:
    """Push a payload in a handler."""
    script = around(inner, "lpTag.sdes.push(", ")")
    return around(encoded(script, html.escape), '<button class=a onclick="', '">x</button>')


def token(inner: Text) -> Text:
    """Put attributes into the claims of a token."""
    claims = around(inner, '{"sub":"\u00fc","lp_sdes":', "}")
    parts = [urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', claims.text.encode())]
    start = len(parts[0]) + 1
    return Text(
        f"{parts[0]}.{parts[1]}.c2ln", lambda at: start + len(claims.text[: claims.where(at)].encode()) * 4 // 3
    )


def request(inner: Text) -> Text:
    """Put attributes into the body of a recorded request, as a string."""
    body = string(around(inner, '{"engagementAttributes":', "}"))
    return around(body, '{"method":"POST","url":"https://www.example.com/","postData":{"text":"', '"}}')


def har(inner: Text) -> Text:
    """Record a request."""
    return around(request(inner), '{"log":{"entries":[\n{"request":', "}]}}")


def collection(inner: Text) -> Text:
    """Put a request into a collection."""
    body = string(around(inner, '{"engagementAttributes":', "}"))
    before = '{"item":[{"request":{"method":"POST","url":"https://www.example.com/","body":{"raw":"'
    return around(body, before, '"}}}]}')


def tag(inner: Text) -> Text:
    """Put a page into an export of a tag manager."""
    return around(string(page(inner)), '{"exportFormatVersion":2,"tag":[{"value":"', '"}]}')


def escaped(inner: Text) -> Text:
    """Put a page into settings, with escaped HTML."""
    return around(string(encoded(page(inner), html.escape)), '{"head":"', '"}')


def table(inner: Text) -> Text:
    """Put a payload into a column."""
    return around(encoded(inner, lambda text: text.replace('"', '""')), 'n,json\n1,"', '"\n')


POINTER = {"pointers": ("/a/b",)}
CONTAINERS: dict[str, tuple[str, dict[str, Any], Callable[[Text], Text]]] = {
    "an envelope": ("json", POINTER, lambda inner: around(inner, '{"a": {"b":\n', "}}")),
    "a string": ("json", POINTER, lambda inner: around(string(inner), '{"a": {"b": "', '"}}')),
    "a string in a string": (
        "json",
        POINTER,
        lambda inner: around(string(around(inner, '{"b":', "}")), '{"a":"', '"}'),
    ),
    "a log": ("ndjson", POINTER, lambda inner: around(inner, '{"c": 1}\n{"a": {"b":', "}}\n")),
    "comments": ("jsonc", {}, lambda inner: around(inner, "// one\n/* two */", " // three\n")),
    "YAML": ("yaml", POINTER, lambda inner: around(inner, "a:\n  b: ", "\n")),
    "a block of YAML": ("yaml", POINTER, lambda inner: around(inner, "a:\n  b: |\n    ", "\n")),
    "a table": ("csv", {}, table),
    "a token": ("jwt", {}, token),
    "a recorded request": ("har", {}, har),
    "a collection": ("postman", {}, collection),
    "a script": ("js", {}, lambda inner: around(inner, "/* \U0001f389 */ a || window.lpTag.sdes.push(b, ", ");")),
    "a typed script": ("ts", {}, lambda inner: around(inner, "f({engagementAttributes: <any>", "} as const);")),
    "a page": ("html", {}, page),
    "a handler": ("html", {}, handler),
    "a tag": ("tags", {}, tag),
    "escaped HTML": ("json", {}, escaped),
}


def found(text: str, file_format: str, options: dict[str, Any]) -> list[Finding]:
    """List the problems of a file."""
    checker = Checker(Options(**options))
    if file_format == "ndjson":
        return list(checker.lines("x", text.encode().split(b"\n")))
    return list(checker.file("x", text.encode(), file_format))


def places(text: str, findings: list[Finding]) -> list[tuple[str, str, str, int]]:
    """Rule, place in the payload, message, and offset in the text of each problem."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return [
        (each.problem.rule, each.problem.pointer, each.problem.message, starts[each.line - 1] + each.column - 1)
        for each in findings
    ]


@pytest.mark.parametrize("container", CONTAINERS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LEADS, min_size=1, max_size=2), st.booleans())
@example(payload=[{"type": "lead", "lead": {}}, {"type": "lead", "lead": {"value": "\x1f\U00010000"}}], ascii_only=True)
def test_the_container_does_not_matter(container: str, payload: Any, ascii_only: bool) -> None:  # noqa: FBT001
    """A payload in a container has the problems of the bare one."""
    file_format, options, wrap = CONTAINERS[container]
    # YAML does not allow all characters of JSON.
    bare = json.dumps(payload, ensure_ascii=ascii_only or file_format == "yaml")
    text, where = wrap(Text(bare, lambda at: at))
    expected = [(*rest, where(at)) for *rest, at in places(bare, found(bare, "json", {}))]
    assert places(text, found(text, file_format, options)) == expected
