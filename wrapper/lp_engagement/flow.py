"""The way of one call, without any I/O: load, build, send, classify, wait, send again, save.

Each function here is a generator that yields effects and is sent their results. The clients drive it; so does a test,
without a socket, a clock or an event loop.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lp_engagement_client.answers import EngagementDetails
from lp_engagement_client.bodies import create_session, update_session
from lp_engagement_client.facts import GONE_CODES, OPERATIONS

from . import classify, domain, requests
from . import engagement as engagements
from .effects import Acquire, Delete, Load, Release, Save, Sleep
from .engagement import Engagement, SessionId, VisitIds, VisitorId
from .errors import (
    DeadlineExceeded,
    NotFoundError,
    ServerError,
    SessionGoneError,
    StoreError,
    UnexpectedResponseError,
    VisitNotStartedError,
)
from .exchange import Call
from .payload import checked
from .stores import VisitRecord
from .telemetry import CallEvent, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lp_engagement_client.answers import EngagementAnswer

    from .domain import KnownDomain
    from .effects import Flow
    from .errors import EngagementError
    from .exchange import Settings
    from .http import HttpResponse

POLL_SECONDS = 0.05
"""How long a caller waits before it looks again whether another has opened the visit."""
MOST_CONFLICTS = 100
"""Times that somebody else may be quicker to save; more mean that the store does not do what it should."""
LEASE_MARGIN_SECONDS = 5.0
"""How much longer than the next step a caller may take before another takes over."""


@dataclass(slots=True, repr=False)
class _Visit:
    """A visit while a call works on it."""

    call: Call
    key: str
    record: VisitRecord
    operation: str
    saved: bool = True

    def keep(self, change: Callable[[VisitRecord], VisitRecord]) -> Flow[None]:
        """Change the record and save it. A store that fails is reported, and does not cost the caller the answer."""
        self.record = replace(change(self.record), updated_at=self.call.settings.clock.time())
        try:
            self.record = yield from self._save()
        except StoreError as error:
            self.saved = False
            self._emit("visit_not_saved", error=type(error).__name__)
        else:
            self.saved = True
            self._emit("visit_saved")

    def _save(self) -> Flow[VisitRecord]:
        record = self.record
        for _ in range(MOST_CONFLICTS):
            stored: VisitRecord | None = yield Save(self.key, record)
            if stored is not None:
                return stored
            # Somebody else saved since; the server's latest answer is ours.
            current = (yield Load(self.key)) or VisitRecord()
            record = replace(record, version=current.version)
        raise StoreError("the record of the visit is changed by others without end")

    def _emit(self, name: Any, *, error: str | None = None) -> None:
        self.call.emit(CallEvent(name, self.operation, error=error, visitor=fingerprint(self.record.visitor_id)))


def get_engagement(
    settings: Settings,
    known: KnownDomain,
    key: str,
    *,
    sdes: Sequence[Any] | None,
    sections: Sequence[str] | None,
    app_details: Any,
    reuse: bool = False,
) -> Flow[Engagement]:
    """Ask whether there is an engagement, in the visit that the store knows by the key, or in a new one."""
    if reuse and not sdes and not sections and not app_details:
        engagement = yield from current(settings, key)
        if engagement is not None:
            return engagement
    body = checked(
        lambda: create_session(
            app_type=settings.app_type,  # type: ignore[arg-type]  # checked against the schema like all the rest
            app_details=app_details,
            consumer_sections=sections,
            engagement_attributes=sdes,
        ),
        "create-session",
    )
    call = Call(settings)
    # Before the lease, which is short: a look-up may have to be retried.
    base_url = yield from domain.base_url(call, known)
    record = yield Load(key)
    if record is not None and record.visitor_id is not None:
        return (yield from _ask(call, base_url, key, record, body))
    token = settings.new_token()
    if not (yield from _become_the_opener(call, key, token)):
        return (yield from _ask(call, base_url, key, (yield Load(key)) or VisitRecord(), body))
    try:
        # Whoever held the lease before may have opened the visit in the meantime.
        return (yield from _ask(call, base_url, key, (yield Load(key)) or VisitRecord(), body, token=token))
    finally:
        yield from _release(key, token)


def _become_the_opener(call: Call, key: str, token: str) -> Flow[bool]:
    """Wait until this caller may open the visit, or until another has: `False` then."""
    while True:
        try:
            acquired = yield Acquire(key, token, call.settings.timeout + LEASE_MARGIN_SECONDS)
        except BaseException:
            # Interrupted: the store may have got it all the same.
            yield from _release(key, token)
            raise
        if acquired:
            return True
        record = yield Load(key)
        if record is not None and record.visitor_id is not None:
            return False
        if call.remaining() < POLL_SECONDS:
            raise DeadlineExceeded("another caller is still opening this visit", maybe_sent=False)
        yield Sleep(POLL_SECONDS)


def _release(key: str, token: str) -> Flow[None]:
    # A store that fails here must not cost the answer; the lease runs out by itself.
    with suppress(StoreError):
        yield Release(key, token)


def _ask(
    call: Call, base_url: str, key: str, record: VisitRecord, body: bytes, *, token: str | None = None
) -> Flow[Engagement]:
    settings = call.settings
    operation = "createSession" if record.visitor_id is None else "resumeSession"
    visit = _Visit(call, key, record, operation)

    def on_failure(response: HttpResponse | None, failure: EngagementError, pause: float | None) -> Flow[None]:
        gives_id = OPERATIONS[operation].retry.visitor_id_from_answer and isinstance(failure, ServerError)
        found = classify.loading_visitor_id(response) if gives_id and response is not None else None
        if found is not None:
            # Saved before the pause: a process that is killed in it must not leave a second visitor behind.
            yield from visit.keep(lambda kept: _with_visitor(kept, found))
        if token is not None and pause is not None:
            with suppress(StoreError):
                yield Acquire(key, token, pause + settings.timeout + LEASE_MARGIN_SECONDS)

    response = yield from call.exchange(
        operation,
        lambda: requests.create_or_resume(
            base_url,
            settings.account_id,
            body,
            visitor_id=visit.record.visitor_id,
            session_id=visit.record.session_id,
            user_agent=settings.user_agent,
        ),
        harmless=lambda: visit.record.visitor_id is not None,
        on_failure=on_failure,
        visitor=lambda: visit.record.visitor_id,
        secrets=lambda: _secrets(body, visit.record),
    )
    asked_session = visit.record.session_id
    try:
        answer = classify.engagement_answer(response, operation)
    except UnexpectedResponseError as error:
        raise error.with_attempts(call.attempts) from None
    now = settings.clock.time()
    yield from visit.keep(lambda kept: _with_answer(kept, answer, now))
    missing = answer.missing()
    if engagements.is_available(answer.status) and answer.engagement_details is None:
        missing.append("engagementDetails")
    if missing:
        raise UnexpectedResponseError(
            f"the answer has no usable {', '.join(missing)}", status=response.status, attempts=call.attempts
        )
    result = engagements.read(answer, now=now, asked_session=asked_session, saved=visit.saved)
    if result.new_session:
        call.emit(CallEvent("session_replaced", operation, visitor=fingerprint(result.visitor_id)))
    return result


def _with_visitor(record: VisitRecord, visitor_id: str) -> VisitRecord:
    if record.visitor_id == visitor_id:
        return record
    # A session belongs to its visitor.
    return replace(_without_session(record), visitor_id=visitor_id)


def _with_answer(record: VisitRecord, answer: EngagementAnswer, now: float) -> VisitRecord:
    details = answer.engagement_details if engagements.is_available(answer.status) else None
    valid = None if details is None else details.valid_for_seconds
    return replace(
        record,
        visitor_id=answer.visitor_id or record.visitor_id,
        session_id=answer.session_id or record.session_id,
        page_id=answer.page_id or record.page_id,
        engagement=None if details is None else details.documented(),
        engagement_expires_at=None if valid is None else now + valid,
    )


def update(
    settings: Settings,
    known: KnownDomain,
    key: str,
    *,
    sdes: Sequence[Any] | None,
    impressions: Sequence[Any] | None,
) -> Flow[None]:
    """Report attributes and impressions in the visit that the store knows by the key."""
    call = Call(settings)
    record: VisitRecord = (yield Load(key)) or VisitRecord()
    visitor_id, session_id = record.visitor_id, record.session_id
    if visitor_id is None or session_id is None or record.page_id is None:
        raise VisitNotStartedError("this visit has no session yet: call get_engagement() first")
    page_id = record.page_id
    body = checked(
        lambda: update_session(page_id=page_id, imp_attributes=impressions, engagement_attributes=sdes),
        "update-session",
    )
    base_url = yield from domain.base_url(call, known)
    visit = _Visit(call, key, record, "updateSession")
    exchange = call.exchange(
        visit.operation,
        lambda: requests.update(
            base_url,
            settings.account_id,
            body,
            visitor_id=visitor_id,
            session_id=session_id,
            user_agent=settings.user_agent,
        ),
        harmless=lambda: False,
        visitor=lambda: visitor_id,
        secrets=lambda: _secrets(body, record),
    )
    try:
        yield from exchange
    except NotFoundError as error:
        if error.internal_code is not None and error.internal_code not in GONE_CODES:
            raise
        # What is left of the visit is enough for a new session of the same visitor.
        yield from visit.keep(_without_session)
        gone = error
    else:
        yield from visit.keep(lambda kept: kept)
        return
    raise SessionGoneError.of(gone)


def _without_session(record: VisitRecord) -> VisitRecord:
    return replace(record, session_id=None, page_id=None, engagement=None, engagement_expires_at=None)


def current(settings: Settings, key: str) -> Flow[Engagement | None]:
    """The engagement of the visit that the store knows by the key, if it is still valid."""
    record = yield Load(key)
    return None if record is None else _still_valid(record, settings.clock.time())


def _still_valid(record: VisitRecord, now: float) -> Engagement | None:
    ids_known = record.visitor_id is not None and record.session_id is not None and record.page_id is not None
    if not ids_known or record.engagement is None:
        return None
    # A clock that was set back would make the engagement last for longer than the server meant.
    if not record.updated_at <= now < (record.engagement_expires_at or math.inf):
        return None
    return engagements.restored(record)


def ids(key: str) -> Flow[VisitIds | None]:
    """The ids of the visit that the store knows by the key."""
    record = yield Load(key)
    if record is None or record.visitor_id is None:
        return None
    details = EngagementDetails.read(record.engagement)
    return VisitIds(
        visitor_id=VisitorId(record.visitor_id),
        session_id=None if record.session_id is None else SessionId(record.session_id),
        page_id=record.page_id,
        campaign_id=details.campaign_id,
        engagement_id=details.engagement_id,
        context_id=details.context_id,
        connector_id=details.connector_id,
    )


def forget(key: str) -> Flow[None]:
    """Drop the visit that the store knows by the key."""
    yield Delete(key)


def _secrets(body: bytes, record: VisitRecord) -> Iterator[str]:
    yield from (each for each in (record.visitor_id, record.session_id) if each is not None)
    yield from _leaves(json.loads(body))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str | int | float):
        yield str(value)
