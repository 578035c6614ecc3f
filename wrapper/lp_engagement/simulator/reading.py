"""How the simulator reads requests, and how it refuses them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from lp_engagement_client import facts

from .documents import as_spelled, documented_answer, faulty_field
from .records import SimulatedResponse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .journal import Entry

__all__ = ["Refusal", "check_version", "faulty_input", "json_response", "read_body", "read_query", "read_target"]

JSON = "application/json"


class Refusal(Exception):  # noqa: N818 - an answer, not a mistake of the simulator
    """The request gets an error entity for an answer.

    The code is a number, or the spec's name for one. Everything is passed by keyword, which keeps it out of the
    exception's text: messages can hold ids.
    """

    def __init__(
        self,
        *,
        status: int,
        code: int | str,
        message: str,
        nested: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self._status = status
        self._code = facts.INTERNAL_CODES[code] if isinstance(code, str) else code
        self._message = message
        self._nested = nested
        self._headers = headers or {}

    def response(self, now: float) -> SimulatedResponse:
        """Return the answer; `now` in seconds since the epoch."""
        if self._nested:
            time = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            inner = as_spelled("ErrorEntity", time=time, message=self._message, internal_code=str(self._code))
            entity = as_spelled("NestedError", error=inner)
        else:
            entity = as_spelled("ErrorEntity", time=int(now * 1000), message=self._message, internal_code=self._code)
        return json_response(self._status, entity, self._headers)


def read_query(query: str) -> dict[str, str]:
    """Decode a query; of a name that stands twice the last value counts."""
    if "%" in query or "+" in query:
        return dict(parse_qsl(query, keep_blank_values=True))
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {name: value for name, _, value in pairs}


def json_response(
    status: int, entity: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> SimulatedResponse:
    """Make an answer of a JSON object."""
    return SimulatedResponse(status, {"content-type": JSON, **(headers or {})}, json.dumps(entity).encode())


def faulty_input(name: str) -> Refusal:
    """Make the refusal of a request in which the field, parameter or header `name` is missing or wrong."""
    return Refusal(status=400, code="bad-input", message=name)


def read_target(entry: Entry) -> tuple[str, Mapping[str, str]]:
    """Find the operation, and the decoded parameters of the path.

    Raises:
        Refusal: there is none for the path, or not with this method; or the account id cannot be one.
    """
    match = next(_matches(entry.path, entry.method), None)
    if match is None:
        raise _unknown(entry)
    operation, parameters = match
    account = facts.OPERATIONS[operation].parameters.get("account_id")
    if account is not None and not re.fullmatch(facts.ACCOUNT_ID_PATTERN, parameters[account.key]):
        # The Domain API documents no 404.
        status = 404 if 404 in facts.OPERATIONS[operation].errors else 400  # noqa: PLR2004
        raise Refusal(status=status, code="account-not-valid", message=f"invalid {account.key}")
    return operation, parameters


def _unknown(entry: Entry) -> Refusal:
    methods = [facts.OPERATIONS[operation].method for operation, _ in _matches(entry.path)]
    if not methods:
        return Refusal(status=404, code="no-such-route", message=f"null for uri: {entry.path}", nested=True)
    allowed = {"allow": ", ".join(methods)}
    message = f"method not allowed for uri: {entry.path}"
    return Refusal(status=405, code="no-such-route", message=message, nested=True, headers=allowed)


def check_version(entry: Entry) -> None:
    """See that the query asks for the one version there is.

    Raises:
        Refusal: it does not.
    """
    version = facts.OPERATIONS[entry.operation or ""].parameters.get("version")
    if version is not None and entry.query.get(version.key) != version.const:
        illegal, names = documented_answer("illegalVersion"), facts.FIELDS["ErrorEntity"]
        raise Refusal(status=400, code=illegal[names["internal_code"]], message=illegal[names["message"]])


def read_body(entry: Entry, kind: str) -> dict[str, Any]:
    """Parse the body and hold it against its schema.

    Raises:
        Refusal: it is not declared as JSON, is not JSON, or not what the spec accepts.
    """
    media_type, _, _ = entry.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != JSON:
        raise faulty_input("Content-Type")
    try:
        body: dict[str, Any] = _DECODER.decode(entry.content.decode())
        faulty = faulty_field(kind, body)
    except (ValueError, RecursionError):
        raise faulty_input("body") from None
    # Noted only now: what is nested too deeply for the validator cannot be shown in the journal either.
    entry.body = body
    if faulty is not None:
        raise faulty_input(faulty)
    return body


def _refuse_constant(_text: str) -> None:
    raise ValueError("JSON has no such number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _matches(path: str, method: str | None = None) -> Iterator[tuple[str, Mapping[str, str]]]:
    for operation, pattern in _patterns().items():
        if method is not None and facts.OPERATIONS[operation].method != method:
            continue
        match = pattern.fullmatch(path)
        if match is not None:
            # Decoded only now: a slash inside an id arrives encoded and separates nothing.
            yield operation, {name: unquote(value) for name, value in match.groupdict().items()}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(operation.path)))
        for name, operation in facts.OPERATIONS.items()
    }
