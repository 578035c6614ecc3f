"""Read and validate requests, and record them in a journal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from lp_engagement._core.generated import find
from lp_engagement_client import api, facts

from .dropping import Dropped, drop_unknown
from .response import JSON, Refusal, faulty_input
from .spec import documented_answer, faulty_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .response import SimulatedResponse

__all__ = ["Entry", "Journal", "check_version", "read_body", "read_query", "read_target"]

_MOST_BYTES = 64 * 1024 * 1024
"""What the requests and responses in a journal may take up, unless it keeps all."""


@dataclass(slots=True, repr=False)
class Entry:
    """A request as it was sent and parsed, with its response.

    Attributes:
        method: the HTTP method.
        path: the path as it was sent, percent-encoding included.
        query: the decoded query.
        headers: the headers, names in lower case.
        content: the body as it was sent.
        at: when it arrived by the simulator's clock, in seconds since the epoch.
        operation: the operation of the spec, e.g. `createSession`; `None` for other requests.
        parameters: the decoded parameters of the path.
        body: the parsed body as it was sent; `None` if there was none to parse.
        kept: the body without the parts that the server drops.
        dropped: the parts of the body that the server drops silently.
        available: whether an engagement must be offered to this request; `None` leaves it to account and campaigns.
        answer: the response; `None` if the connection was cut.
        visitor_id: the visitor that it was for, or that the response named; `None` if there is none.
        fault: the name of the fault that the request was answered with; `None` for none.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    at: float = 0.0
    operation: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    kept: Any = None
    dropped: Sequence[Dropped] = ()
    available: bool | None = None
    answer: SimulatedResponse | None = None
    visitor_id: str | None = None
    fault: str | None = None

    def __repr__(self) -> str:
        return f"<Entry {self.operation}: {self.status}>"

    @property
    def status(self) -> int | None:
        """The HTTP status; `None` if the connection was cut."""
        return None if self.answer is None else self.answer.status

    @property
    def size(self) -> int:
        """How many bytes of the request and of the response the entry keeps."""
        return len(self.path) + len(self.content) + (0 if self.answer is None else len(self.answer.body))

    @property
    def account_id(self) -> str | None:
        """The account that it was meant for."""
        account_id: str | None = self.said("account_id")
        return account_id

    @property
    def sdes(self) -> list[dict[str, Any]]:
        """The engagement attributes in its body, including dropped ones."""
        return self._listed("engagement_attributes")

    @property
    def impressions(self) -> list[dict[str, Any]]:
        """The impression events in its body, including dropped ones."""
        return self._listed("imp_attributes")

    @property
    def sections(self) -> list[str]:
        """The sections in its body."""
        return self._listed("consumer_sections")

    def said(self, role: str) -> Any:
        """Return the value of a role of the spec, e.g. `session_id`, from path, query, headers or body."""
        if self.operation is None:
            return None
        parameter = find(self.operation).parameters.get(role)
        if parameter is None:
            fields = facts.OPERATIONS[self.operation].fields
            return _field(self.body, fields.get(role))
        if parameter.place == "header":
            return self.headers.get(parameter.key.lower())
        return (self.parameters if parameter.place == "path" else self.query).get(parameter.key)

    def kept_items(self, role: str) -> list[Any]:
        """Return the array of a role of the spec, without what the server drops."""
        value = _field(self.kept, facts.OPERATIONS[self.operation or ""].fields.get(role))
        return value if isinstance(value, list) else []

    def _listed(self, role: str) -> list[Any]:
        value = self.said(role)
        return value if isinstance(value, list) else []


def _field(body: Any, name: str | None) -> Any:
    return body.get(name) if isinstance(body, dict) else None


class Journal(list[Entry]):
    """Requests and their responses, oldest first.

    Args:
        limit: the maximum number of requests, up to 64 MiB in all; the oldest are dropped first. `None` for no limit.

    Attributes:
        limit: the same limit.
        total: the number of requests so far, including dropped ones.
    """

    def __init__(self, *, limit: int | None = None) -> None:
        super().__init__()
        self.limit = limit
        self._bytes = 0
        self.total: int = 0

    def append(self, entry: Entry) -> None:
        """Add an entry that has its response, and drop the oldest if there are too many."""
        super().append(entry)
        self.total += 1
        self._bytes += entry.size
        while self.limit is not None and (len(self) > self.limit or (self._bytes > _MOST_BYTES and len(self) > 1)):
            self._bytes -= self[0].size
            del self[0]

    def clear(self) -> None:
        """Drop all entries; `total` goes on counting."""
        super().clear()
        self._bytes = 0

    def last(self, operation: str | None = None) -> Entry:
        """Return the latest entry, of one operation if it is named.

        Raises:
            LookupError: there is none.
        """
        if operation is None:
            return self[-1]
        for entry in reversed(self):
            if entry.operation == operation:
                return entry
        raise LookupError(f"no request of the operation {operation} has arrived")

    @property
    def dropped(self) -> list[Dropped]:
        """The parts of all requests' bodies that the server drops silently, oldest first."""
        return [part for entry in self for part in entry.dropped]

    def of(self, operation: str) -> list[Entry]:
        """Return the entries of one operation of the spec."""
        return [entry for entry in self if entry.operation == operation]

    def answered(self, status: int | None) -> list[Entry]:
        """Return the entries with one HTTP status; `None` finds those without an answer."""
        return [entry for entry in self if entry.status == status]


def read_query(query: str) -> dict[str, str]:
    """Decode a query. If a name is repeated, its last value counts."""
    if "%" in query or "+" in query:
        return dict(parse_qsl(query, keep_blank_values=True))
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {name: value for name, _, value in pairs}


def read_target(entry: Entry) -> tuple[str, Mapping[str, str]]:
    """Find the operation, and the decoded parameters of the path.

    Raises:
        Refusal: there is none for the path, or not with this method; or the account id cannot be one.
    """
    match = _first_match(entry.path, entry.method)
    if match is None:
        raise _unknown(entry)
    operation, parameters = match
    account = find(operation).parameters.get("account_id")
    if account is not None and not re.fullmatch(facts.ACCOUNT_ID_PATTERN, parameters[account.key]):
        # The Domain API documents no 404.
        status = 404 if 404 in facts.OPERATIONS[operation].errors else 400  # noqa: PLR2004
        raise Refusal(status=status, code="account-not-valid", message=f"invalid {account.key}")
    return operation, parameters


def _unknown(entry: Entry) -> Refusal:
    methods = [find(operation).method for operation, _ in _matches(entry.path)]
    if not methods:
        return Refusal(status=404, code="no-such-route", message=f"null for uri: {entry.path}", nested=True)
    allowed = {"allow": ", ".join(methods)}
    message = f"method not allowed for uri: {entry.path}"
    return Refusal(status=405, code="no-such-route", message=message, nested=True, headers=allowed)


def check_version(entry: Entry) -> None:
    """Check that the query requests the only version.

    Raises:
        Refusal: it requests another one, or none.
    """
    version = find(entry.operation or "").parameters.get("version")
    if version is not None and entry.query.get(version.key) != version.const:
        illegal, names = documented_answer("illegalVersion"), facts.FIELDS["ErrorEntity"]
        raise Refusal(status=400, code=illegal[names["internal_code"]], message=illegal[names["message"]])


def read_body(entry: Entry, kind: str, *, strict: bool) -> None:
    """Parse the body, drop what the server drops, and validate the rest against its schema.

    Args:
        entry: the request; takes the body.
        kind: the kind of its body.
        strict: drop nothing.

    Raises:
        Refusal: it is not declared as JSON, is not JSON, or is not valid.
    """
    media_type, _, _ = entry.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != JSON:
        raise faulty_input("Content-Type")
    try:
        text = entry.content.decode()
        body = kept = _DECODER.decode(text)
        faulty = faulty_field(kind, body)
        dropped: list[Dropped] = []
        if faulty is not None and not strict:
            kept = _DECODER.decode(text)
            dropped = drop_unknown(kind, kept)
            faulty = faulty_field(kind, kept)
    except (ValueError, RecursionError):
        raise faulty_input("body") from None
    # Noted only now: what is nested too deeply for the validator cannot be shown in the journal either.
    entry.body = body
    if faulty is not None:
        raise faulty_input(faulty)
    entry.kept, entry.dropped = kept, dropped


def _refuse_constant(_text: str) -> None:
    raise ValueError("JSON has no such number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


@lru_cache(maxsize=1024)
def _first_match(path: str, method: str) -> tuple[str, Mapping[str, str]] | None:
    """Find the operation. The paths of new visitors are all the same."""
    return next(_matches(path, method), None)


def _matches(path: str, method: str | None = None) -> Iterator[tuple[str, Mapping[str, str]]]:
    for operation, pattern in _patterns().items():
        if method is not None and find(operation).method != method:
            continue
        match = pattern.fullmatch(path)
        if match is not None:
            # Decoded only now: a slash inside an id arrives encoded and separates nothing.
            yield operation, {name: unquote(value) for name, value in match.groupdict().items()}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(find(name).path)))
        for name in api.OPERATIONS
    }
