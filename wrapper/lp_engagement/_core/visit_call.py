"""One call in one visit: requests carry its ids, and the ids that answers name are saved."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lp_engagement._common.identifiers import usable_id
from lp_engagement._common.muted import Muted, MutedText
from lp_engagement.errors import ServerError, StoreError, UnexpectedResponseError
from lp_engagement_client.facts import FIELDS, OPERATIONS
from lp_engagement_client.models.engagement_answer import EngagementAnswer

from . import build_request, read_response
from .build_request import IDS
from .effects import Acquire, Load, Save
from .exchange import Exchange, Failed
from .offer import ends_at, is_available
from .record import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lp_engagement.hooks import EventName

    from .effects import Flow
    from .exchange import Call
    from .read_response import Answered
    from .transport import HttpRequest

MOST_CONFLICTS = 100
"""Times that somebody else may be quicker to save; more mean that the store does not do what it should."""
LEASE_MARGIN_SECONDS = 5.0
"""How much longer than the next step a caller may take before another takes over."""


@dataclass(slots=True, repr=False)
class VisitCall:
    """A call in a visit.

    Attributes:
        call: its deadline and attempts.
        key: the key of the visit in the store.
        stored: the record in the store when the call began.
        operation: the operation of the spec that is sent next, or was sent last.
        parameters: the parameters that do not come from the visit, as the caller passed them.
        token: the name of the lease holder, while the call holds the lease.
        record: the ids and the engagement known so far.
        dropped: whether the server has refused ids, which were dropped.
        saved: whether the store accepted the latest change; nobody asks before there is one.
    """

    call: Call
    key: str
    stored: VisitRecord | None
    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    record: VisitRecord = field(init=False)
    dropped: bool = False
    saved: bool = field(init=False)

    def __post_init__(self) -> None:
        self.record = self.stored or VisitRecord()

    def save(self, change: Callable[[VisitRecord], VisitRecord], *, from_server: bool = True) -> Flow[None]:
        """Change the record and save it. A store that fails is reported, and does not cost the caller the answer.

        Args:
            change: returns the new record.
            from_server: whether the server named this visitor and session. Then the change wins over what others have
                saved meanwhile; if not, it is applied to their record, provided that it has the same session.
        """
        before, now = self.record, self.call.settings.clock.time()

        def changed(record: VisitRecord) -> VisitRecord:
            return change(record).stamped(now, record.version)

        self.record = changed(before)
        try:
            self.record = yield from self._save(before, None if from_server else changed)
        except StoreError as error:
            self.saved = False
            self._emit("visit_not_saved", error=type(error).__name__)
        else:
            self.saved = True
            self._emit("visit_saved")

    def send(self, base_url: str, body: Muted[bytes] | None) -> Flow[Answered]:
        """Send until there is an answer, with the ids as they are known at each attempt.

        Raises:
            EngagementError: the last attempt failed, or the deadline is over.
        """
        exchange = Exchange(self.call, earlier=self.call.attempts if self.dropped else ())
        while True:
            if self.operation == "createSession" and self.record.visitor_id is not None:
                # As soon as the visitor has an id, no new one must be made.
                self.operation = "resumeSession"
            yield from self._wait_for_place(exchange)
            outcome = yield from exchange.attempt(
                self.operation,
                self._request(base_url, body),
                idempotent=OPERATIONS[self.operation].retry.idempotent,
                visitor=_muted(self.record.visitor_id),
                secrets=self._secrets(body),
            )
            if not isinstance(outcome, Failed):
                return outcome
            # Saved before the pause: a process that is killed in it must not leave a second visitor behind.
            yield from self._learn(outcome)
            pause = exchange.decide(outcome)
            yield from self._renew_lease(pause)
            yield from exchange.pause(outcome, pause)

    def _wait_for_place(self, exchange: Exchange) -> Flow[None]:
        # The lease holder must come back in time to renew it.
        patience = math.inf if self.token is None else self.call.settings.timeout
        has_place = False
        while not has_place:
            has_place = yield from exchange.place(self.operation, patience)
            if exchange.waited:
                yield from self._renew_lease()

    def _request(self, base_url: str, body: Muted[bytes] | None) -> HttpRequest:
        settings = self.call.settings
        given = {"account_id": settings.account_id, "version": settings.api_version}
        values = {**self.parameters, **given, **known_ids(self.record)}
        headers = {**settings.headers, "User-Agent": settings.user_agent}
        return build_request.build(self.operation, base_url, values, None if body is None else body.value, headers)

    def lease(self, pause: float = 0.0) -> float:
        """Seconds that the holder needs the lease for: until its next step is over, and not beyond its deadline."""
        return min(pause + self.call.settings.timeout, max(self.call.remaining(), 0.0)) + LEASE_MARGIN_SECONDS

    def _renew_lease(self, pause: float = 0.0) -> Flow[None]:
        if self.token is not None:
            with suppress(StoreError):
                yield from Acquire(self.key, self.token, self.lease(pause))

    def _learn(self, failed: Failed) -> Flow[None]:
        """Save the visitor id that a failed answer names, and drop the ids that it refuses."""
        answered, error = failed.answered, failed.error
        if answered is not None and isinstance(error, ServerError):
            found = Muted(read_response.loading_visitor_id(answered))
            if found.value is not None and OPERATIONS[self.operation].retry.visitor_id_from_answer:
                yield from self.save(lambda record: _with_visitor(record, found.value))
        refused = read_response.refused(answered, error)
        before = known_ids(self.record)
        if refused is not None and before[f"{refused}_id"] is not None:
            # Otherwise every later call would fail for them too.
            drop = without_session if refused == "session" else _without_visitor
            yield from self.save(drop, from_server=False)
            self.dropped = known_ids(self.record) != before

    def read(self, answered: Answered, now: float) -> Flow[Any]:
        """Read an answer, and save the ids that it names even if something else is missing.

        Raises:
            UnexpectedResponseError: it is not a JSON object, or a required field is missing.
        """
        answer = Muted(self._answer(answered))
        yield from self.save(lambda record: _with_answer(record, answer.value, now), from_server=_names_session(answer))
        missing = _missing(answer.value)
        if missing:
            raise UnexpectedResponseError(
                f"the answer has no usable {', '.join(missing)}",
                status=answered.response.status,
                attempts=self.call.attempts,
            )
        if self.new_session(answer) and self.stored is not None and self.stored.session_id is not None:
            self._emit("session_replaced")
        return answer.value

    def new_session(self, answer: Muted[Any]) -> bool:
        """Whether an answer names another session than the visit had when the call began."""
        return _names_session(answer) and self.stored is not None and self.stored.session_id != answer.value.session_id

    def _answer(self, answered: Answered) -> Any:
        try:
            return read_response.answer(answered, self.operation)
        except UnexpectedResponseError as error:
            raise error.with_attempts(self.call.attempts) from None

    def _save(self, before: VisitRecord, again: Callable[[VisitRecord], VisitRecord] | None) -> Flow[VisitRecord]:
        record = self.record
        for _ in range(MOST_CONFLICTS):
            stored = yield from Save(self.key, record)
            if stored is not None:
                return stored
            # Somebody else saved since.
            current = (yield from load(self.key)) or VisitRecord()
            if again is None:
                record = replace(record, version=current.version)
            elif _session(current) == _session(before):
                record = again(current)
            else:
                return current
        raise StoreError("the store refuses every change of the visit. Check that its save() compares versions")

    def _secrets(self, body: Muted[bytes] | None) -> Iterator[str]:
        yield from (value for value in known_ids(self.record).values() if value is not None)
        yield from leaves(None if body is None else json.loads(body.value))
        yield from self.parameters.values()

    def _emit(self, name: EventName, *, error: str | None = None) -> None:
        self.call.emit(name, self.operation, error=error, visitor=_muted(self.record.visitor_id))


def load(key: str) -> Flow[VisitRecord | None]:
    """Load a visit, without the ids in it that cannot be any: others may have written them."""
    record = yield from Load(key)
    if record is None or all(each is None or usable_id(each) for each in _ids(record)):
        return record
    if usable_id(record.visitor_id) is None:
        return _without_visitor(record)
    return replace(record, page_id=None) if usable_id(record.session_id) else without_session(record)


def known_ids(record: VisitRecord) -> Mapping[str, str | None]:
    """The ids that are known, by their roles."""
    return dict(zip(IDS, map(_muted, _ids(record)), strict=True))


def _ids(record: VisitRecord) -> tuple[str | None, str | None, str | None]:
    return record.visitor_id, record.session_id, record.page_id


def _muted(identifier: str | None) -> MutedText | None:
    return None if identifier is None else MutedText(identifier)


def _session(record: VisitRecord) -> tuple[str | None, str | None]:
    return record.visitor_id, record.session_id


def without_session(record: VisitRecord) -> VisitRecord:
    """The record without what ends with a session."""
    return replace(record, session_id=None, page_id=None, engagement=None, engagement_expires_at=None)


def _without_visitor(record: VisitRecord) -> VisitRecord:
    # A session belongs to its visitor.
    return replace(without_session(record), visitor_id=None)


def _with_visitor(record: VisitRecord, visitor_id: str | None) -> VisitRecord:
    if record.visitor_id == visitor_id:
        return record
    # A session belongs to its visitor.
    return replace(without_session(record), visitor_id=visitor_id)


def _with_answer(record: VisitRecord, answer: Any, now: float) -> VisitRecord:
    visitor, session, page = [getattr(answer, role, None) or getattr(record, role) for role in IDS]
    if (visitor, session) != _session(record):
        # A page and an engagement belong to their session, and that to its visitor.
        record = without_session(record)
        session, page = getattr(answer, "session_id", None), getattr(answer, "page_id", None)
    engagement, expires_at = record.engagement, record.engagement_expires_at
    if isinstance(answer, EngagementAnswer):
        details = answer.engagement_details if _offers(answer) else None
        engagement = None if details is None else details.documented()
        expires_at = ends_at(now, None if details is None else details.valid_for_seconds)
    # `dataclasses.replace` takes three times as long.
    return VisitRecord(
        visitor, session or None, page or None, engagement, expires_at, record.updated_at, record.version
    )


def _names_session(answer: Muted[Any]) -> bool:
    return bool(getattr(answer.value, "session_id", None))


def _missing(answer: Any) -> list[str]:
    missing: list[str] = answer.missing()
    if isinstance(answer, EngagementAnswer) and _offers(answer) and answer.engagement_details is None:
        missing.append(FIELDS["EngagementAnswer"]["engagement_details"])
    return missing


def _offers(answer: EngagementAnswer) -> bool:
    return is_available(answer.status)


def leaves(value: Any) -> Iterator[str]:
    """Yield the strings and numbers of a JSON value, as strings."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str | int | float):
        yield str(value)
