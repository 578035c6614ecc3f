"""What was asked and answered, for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .records import SimulatedResponse

__all__ = ["Entry", "Journal"]


@dataclass(slots=True, repr=False)
class Entry:
    """A request, what was understood of it, and what became of it.

    Attributes:
        method: the HTTP method.
        path: the path as it was sent, percent-encoding included.
        query: the decoded query.
        headers: the headers, names in lower case.
        content: the body as it was sent.
        at: when it arrived by the simulator's clock, in seconds since the epoch.
        operation: the operation of the spec, e.g. `createSession`; `None` for none.
        parameters: the decoded parameters of the path.
        body: the parsed body; `None` if there was none to parse.
        answer: the answer; `None` if the connection was cut.
        visitor_id: the visitor that it was about, be it that the answer named it; `None` if there is none.
        fault: the fault that the request met with, by its name; `None` for none.
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
    def account_id(self) -> str | None:
        """The account that it was meant for."""
        account_id: str | None = self.said("account_id")
        return account_id

    @property
    def sdes(self) -> list[dict[str, Any]]:
        """The engagement attributes that it brought."""
        return self._listed("engagement_attributes")

    @property
    def impressions(self) -> list[dict[str, Any]]:
        """The impression events that it brought."""
        return self._listed("imp_attributes")

    @property
    def sections(self) -> list[str]:
        """The sections that it named."""
        return self._listed("consumer_sections")

    def said(self, role: str) -> Any:
        """Return what path, query, headers or body say in a role of the spec, e.g. `session_id`; `None` if nothing."""
        operation = facts.OPERATIONS.get(self.operation or "")
        if operation is None:
            return None
        parameter = operation.parameters.get(role)
        if parameter is None:
            return self.body.get(operation.fields.get(role)) if isinstance(self.body, dict) else None
        if parameter.place == "header":
            return self.headers.get(parameter.key.lower())
        return (self.parameters if parameter.place == "path" else self.query).get(parameter.key)

    def _listed(self, role: str) -> list[Any]:
        value = self.said(role)
        return value if isinstance(value, list) else []


class Journal(list[Entry]):
    """Requests and their answers, oldest first.

    Args:
        limit: how many are kept; the oldest go first. `None` keeps all.

    Attributes:
        total: how many there have been.
    """

    def __init__(self, *, limit: int | None = None) -> None:
        super().__init__()
        self._limit = limit
        self.total: int = 0

    def append(self, entry: Entry) -> None:
        """Note an entry, and let go of the oldest if there are too many."""
        super().append(entry)
        self.total += 1
        if self._limit is not None and len(self) > self._limit:
            del self[: len(self) - self._limit]

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

    def of(self, operation: str) -> list[Entry]:
        """Return the entries of one operation of the spec."""
        return [entry for entry in self if entry.operation == operation]

    def answered(self, status: int | None) -> list[Entry]:
        """Return the entries with one HTTP status; `None` finds those without an answer."""
        return [entry for entry in self if entry.status == status]
