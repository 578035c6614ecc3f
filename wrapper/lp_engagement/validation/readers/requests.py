"""Recorded requests: the operation of each, and the faults of its URL."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from lp_engagement._common.identifiers import usable_id
from lp_engagement.validation.explain import text_problem
from lp_engagement.validation.kinds import attribute
from lp_engagement_client import api, facts

from .places import embedded, fault_at, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lp_engagement.validation.documents import Document
    from lp_engagement.validation.problem import Path, Problem
    from lp_engagement_client.operation import Parameter

_TEMPLATE = re.compile(r"\{\{[^{}]*+\}\}")
_ACCOUNT = "account_id"


class RecordedRequest(NamedTuple):
    """A request in a file.

    Attributes:
        method: its HTTP method.
        url: its URL.
        at: the path of the request in the file.
        url_at: the path of the URL.
        body_at: the path of the body, if there is one.
        body: the text of the body.
    """

    method: str
    url: str
    at: Path
    url_at: Path
    body_at: Path | None
    body: str


def payloads(file: Document, request: RecordedRequest, *, templates: bool = False) -> Iterator[Document]:
    """Yield the body of a request to an operation of the spec, and the faults of its URL.

    Of any other request, such as one to the Monitoring API, yield the engagement attributes in the body, if any.

    Args:
        file: the file that has the request.
        request: the request.
        templates: `{{name}}` in a URL or a body is a value that is known only at run time.
    """
    target = _target(request)
    if target is None:
        yield from _attributes(file, request, templates=templates)
        return
    operation, values = target
    kind = facts.OPERATIONS[operation].body
    if kind is None:
        return
    faults = list(_faults_of_url(operation, values, templates=templates))
    if faults:
        yield fault_at(file, file.span(request.url_at, of_key=False), faults)
    if request.body_at is None:
        problem = text_problem("missing-mandatory", "the request has no body", f"Send a body of kind {kind}.")
        yield fault_at(file, file.span(request.at, of_key=False), [problem])
        return
    body = _body(file, request, templates=templates)
    body.kind = kind
    yield body


def _target(request: RecordedRequest) -> tuple[str, Mapping[str, str]] | None:
    """Find the operation of a request, and its parameters."""
    try:
        url = urlsplit(request.url)
    except ValueError:
        return None
    for operation, pattern in _patterns().get(request.method.upper(), ()):
        match = pattern.search(url.path)
        if match is not None:
            values = {name: unquote(value) for name, value in match.groupdict().items()}
            return operation, {**values, **dict(parse_qsl(url.query, keep_blank_values=True))}
    return None


@cache
def _patterns() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Return the operations of each method, with the patterns of their paths."""
    patterns: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name in api.OPERATIONS:
        operation = api.find(name)
        # The host can be a proxy, a simulator or a variable, which begins the path of the URL then.
        path = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(operation.path)) + r"\Z")
        patterns.setdefault(operation.method, []).append((name, path))
    return patterns


def _faults_of_url(operation: str, values: Mapping[str, str], *, templates: bool) -> Iterator[Problem]:
    for role, parameter in api.find(operation).parameters.items():
        value = values.get(parameter.key)
        if value is None:
            if parameter.required:
                example = f"{parameter.key}={parameter.const or '…'}"
                message = f"the URL has no `{parameter.key}`"
                yield text_problem("missing-mandatory", message, f"Add {example} to the query.")
        elif not (templates and (_TEMPLATE.search(value) or value.startswith(":"))):
            yield from _fault_of_value(role, parameter, value)


def _fault_of_value(role: str, parameter: Parameter, value: str) -> Iterator[Problem]:
    message = f"`{parameter.key}` in the URL is not valid"
    if parameter.const is not None:
        if value != parameter.const:
            yield text_problem("constraint", message, f"Send {parameter.key}={parameter.const}.")
    elif role == _ACCOUNT:
        if not re.fullmatch(facts.ACCOUNT_ID_PATTERN, value):
            yield text_problem("constraint", message, "Send the account id: letters, digits and _ only.")
    elif usable_id(value) is None:
        hint = "Send the id that the server returned; leave it out in the first call, when there is none yet."
        yield text_problem("constraint", f"`{parameter.key}` in the URL is no id", hint)


def _attributes(file: Document, request: RecordedRequest, *, templates: bool) -> Iterator[Document]:
    """Yield the engagement attributes of a request that the spec does not know."""
    keys = {names["engagement_attributes"] for names in _fields() if "engagement_attributes" in names}
    if request.body_at is None or not any(f'"{key}"' in request.body for key in keys):
        return
    body = _body(file, request, templates=templates)
    if isinstance(body.value, dict):
        for key in keys & body.value.keys():
            attributes = part(body, (key,), body.value[key])
            attributes.kind = attribute()
            yield attributes


def _fields() -> Iterator[dict[str, str]]:
    return (operation.fields for operation in facts.OPERATIONS.values())


def _body(file: Document, request: RecordedRequest, *, templates: bool) -> Document:
    assert request.body_at is not None  # noqa: S101 - the callers have looked
    if not templates or not _TEMPLATE.search(request.body):
        return embedded(file, request.body_at, request.body)
    from .templates import filled, unknown

    body = embedded(file, request.body_at, request.body, read_as=filled(request.body))
    if body.readable:
        body.text = request.body
        body.unknown = dict(unknown(body.value))
    return body


def text_at(value: Any, *keys: str) -> str:
    """Return the string at some keys, or an empty one."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
