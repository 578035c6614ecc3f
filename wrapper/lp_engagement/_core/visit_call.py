"""A visit while a call works on it: what is sent with its ids, and what is kept of the answers."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lp_engagement._common.identifiers import usable_id
from lp_engagement._common.logs import fingerprint
from lp_engagement._common.muted import Muted, MutedText
from lp_engagement.errors import ServerError, StoreError, UnexpectedResponseError
from lp_engagement.hooks import CallEvent
from lp_engagement_client.facts import FIELDS, OPERATIONS
from lp_engagement_client.models.engagement_answer import EngagementAnswer

from . import build_request, read_response
from .build_request import IDS
from .effects import Acquire, Load, Save
from .offer import ends_at, is_available
from .record import VisitRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lp_engagement.errors import EngagementError
    from lp_engagement.hooks import EventName

    from .effects import Flow
    from .exchange import Call
    from .read_response import Answered

MOST_CONFLICTS = 100
"""Times that somebody else may be quicker to save; more mean that the store does not do what it should."""
LEASE_MARGIN_SECONDS = 5.0
"""How much longer than the next step a caller may take before another takes over."""


@dataclass(slots=True, repr=False)
class VisitAtWork:
    """A visit while a call works on it.

    Attributes:
        call: the call.
        key: what the store knows the visit by.
        stored: what the store had when the call began.
        operation: the operation of the spec.
        parameters: the parameters that the visit does not know, as the caller gave them.
        token: the caller's name as the holder of the lease, while it has that.
        record: what is known about the visit.
        dropped: whether the server has refused ids, which were dropped.
        saved: whether the store has kept what was last to be kept.
    """

    call: Call
    key: str
    stored: VisitRecord | None
    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    record: VisitRecord = field(init=False)
    dropped: bool = False
    saved: bool = True

    def __post_init__(self) -> None:
        self.record = self.stored or VisitRecord()

    def keep(self, change: Callable[[VisitRecord], VisitRecord], *, names_session: bool = True) -> Flow[None]:
        """Change the record and save it. A store that fails is reported, and does not cost the caller the answer.

        Args:
            change: makes the record that is to be kept of the one before.
            names_session: whether the change is what the server said about visitor and session. It wins over what
                somebody else has saved meanwhile; any other change is made to that, if it is still about the session.
        """
        asked, now = self.record, self.call.settings.clock.time()

        def changed(record: VisitRecord) -> VisitRecord:
            return replace(change(record), updated_at=now)

        self.record = changed(asked)
        try:
            self.record = yield from self._save(asked, None if names_session else changed)
        except StoreError as error:
            self.saved = False
            self._emit("visit_not_saved", error=type(error).__name__)
        else:
            self.saved = True
            self._emit("visit_saved")

    def exchange(self, base_url: str, body: Muted[bytes] | None) -> Flow[Answered]:
        """Send until there is an answer, with the ids as they are known at each attempt."""
        settings = self.call.settings

        def operation() -> str:
            # As soon as the visitor has an id, it is no new one that is asked for.
            opened = self.operation == "createSession" and self.record.visitor_id is not None
            return "resumeSession" if opened else self.operation

        return self.call.exchange(
            self.operation,
            lambda: build_request.build(
                operation(),
                base_url,
                {**self.parameters, "account_id": settings.account_id, **ids(self.record)},
                None if body is None else body.value,
                settings.user_agent,
            ),
            harmless=lambda: OPERATIONS[operation()].retry.harmless,
            on_failure=self._on_failure,
            on_wait=None if self.token is None else self._renew,
            visitor=lambda: self.record.visitor_id,
            secrets=lambda: (*_secrets(body, self.record), *self.parameters.values()),
            earlier=self.call.attempts if self.dropped else (),
        )

    def lease(self, pause: float = 0.0) -> float:
        """Seconds that the holder needs the lease for: until its next step is over, and not beyond its deadline."""
        return min(pause + self.call.settings.timeout, max(self.call.remaining(), 0.0)) + LEASE_MARGIN_SECONDS

    def _renew(self, pause: float = 0.0) -> Flow[None]:
        if self.token is not None:
            with suppress(StoreError):
                yield Acquire(self.key, self.token, self.lease(pause))

    def _on_failure(self, answered: Answered | None, failure: EngagementError, pause: float | None) -> Flow[None]:
        gives_id = OPERATIONS[self.operation].retry.visitor_id_from_answer and isinstance(failure, ServerError)
        found = Muted(read_response.loading_visitor_id(answered) if gives_id and answered is not None else None)
        if found.value is not None:
            # Saved before the pause: a process that is killed in it must not leave a second visitor behind.
            yield from self.keep(lambda kept: _with_visitor(kept, found.value))
        yield from self._drop(read_response.refused(answered, failure))
        if pause is not None:
            yield from self._renew(pause)

    def _drop(self, refused: str | None) -> Flow[None]:
        """Let go of the ids that the server has refused, lest each later call fails for them too."""
        before = ids(self.record)
        if refused is None or before[f"{refused}_id"] is None:
            return
        drop = without_session if refused == "session" else _without_visitor
        yield from self.keep(drop, names_session=False)
        self.dropped = ids(self.record) != before

    def read(self, answered: Answered, now: float) -> Flow[Any]:
        """Read an answer, and keep the ids that it names even if something else is missing."""
        answer = Muted(self._answer(answered))
        yield from self.keep(lambda kept: _with_answer(kept, answer.value, now), names_session=_names_session(answer))
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

    def _save(self, asked: VisitRecord, again: Callable[[VisitRecord], VisitRecord] | None) -> Flow[VisitRecord]:
        record = self.record
        for _ in range(MOST_CONFLICTS):
            stored: VisitRecord | None = yield Save(self.key, record)
            if stored is not None:
                return stored
            # Somebody else saved since.
            current = (yield from load(self.key)) or VisitRecord()
            if again is None:
                record = replace(record, version=current.version)
            elif _session(current) == _session(asked):
                record = again(current)
            else:
                return current
        raise StoreError("the record of the visit is changed by others without end")

    def _emit(self, name: EventName, *, error: str | None = None) -> None:
        self.call.emit(CallEvent(name, self.operation, error=error, visitor=fingerprint(self.record.visitor_id)))


def load(key: str) -> Flow[VisitRecord | None]:
    """Load a visit, without the ids in it that cannot be any: others may have written them."""
    record: VisitRecord | None = yield Load(key)
    named = (getattr(record, role) for role in IDS)
    if record is None or all(each is None or usable_id(each) for each in named):
        return record
    if usable_id(record.visitor_id) is None:
        return _without_visitor(record)
    return replace(record, page_id=None) if usable_id(record.session_id) else without_session(record)


def ids(record: VisitRecord) -> dict[str, str | None]:
    """The ids that are known, by their roles."""
    return {role: None if (each := getattr(record, role)) is None else MutedText(each) for role in IDS}


def _session(record: VisitRecord) -> dict[str, str | None]:
    return {"visitor_id": record.visitor_id, "session_id": record.session_id}


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
    named: dict[str, Any] = {role: each for role in IDS if (each := getattr(answer, role, None))}
    if any(named.get(role, known) != known for role, known in _session(record).items()):
        # A page and an engagement belong to their session, and that to its visitor.
        record = without_session(record)
    if isinstance(answer, EngagementAnswer):
        details = answer.engagement_details if _offers(answer) else None
        valid = None if details is None else details.valid_for_seconds
        named["engagement"] = None if details is None else details.documented()
        named["engagement_expires_at"] = ends_at(now, valid)
    return replace(record, **named)


def _names_session(answer: Muted[Any]) -> bool:
    return bool(getattr(answer.value, "session_id", None))


def _missing(answer: Any) -> list[str]:
    missing: list[str] = answer.missing()
    if isinstance(answer, EngagementAnswer) and _offers(answer) and answer.engagement_details is None:
        missing.append(FIELDS["EngagementAnswer"]["engagement_details"])
    return missing


def _offers(answer: EngagementAnswer) -> bool:
    return is_available(answer.status)


def _secrets(body: Muted[bytes] | None, record: VisitRecord) -> Iterator[str]:
    yield from (each for each in ids(record).values() if each is not None)
    yield from _leaves(None if body is None else json.loads(body.value))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str | int | float):
        yield str(value)
