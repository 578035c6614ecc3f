"""The way of one call, without any I/O: load, build, send, classify, wait, send again, save.

Each function here is a generator that yields effects and is sent their results. The clients drive it; so does a test,
without a socket, a clock or an event loop.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lp_engagement_client.answers import EngagementDetails
from lp_engagement_client.bodies import create_session, update_session
from lp_engagement_client.facts import GONE_CODES, OPERATIONS
from lp_engagement_client.types import plain

from . import domain, requests, visiting
from . import engagement as engagements
from .effects import Acquire, Delete, Load, Release, Sleep
from .engagement import Engagement, SessionId, VisitIds, VisitorId
from .errors import (
    DeadlineExceeded,
    NotFoundError,
    SessionGoneError,
    StoreError,
    VisitNotStartedError,
)
from .exchange import Call
from .payload import checked
from .stores import VisitRecord
from .visiting import VisitAtWork

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lp_engagement_client.answers import EngagementAnswer

    from .domain import KnownDomain
    from .effects import Flow
    from .exchange import Settings

POLL_SECONDS = 0.05
"""How long a caller waits before it looks again whether another has opened the visit."""


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
            acquired = yield Acquire(key, token, call.settings.timeout + visiting.LEASE_MARGIN_SECONDS)
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
    visit = VisitAtWork(call, key, record, "createSession" if record.visitor_id is None else "resumeSession")
    response = yield from visit.exchange(base_url, body, token=token)
    asked_session, now = visit.record.session_id, call.settings.clock.time()
    answer: EngagementAnswer = yield from visit.read(response, now)
    return engagements.read(answer, now=now, asked_session=asked_session, saved=visit.saved)


def update(
    settings: Settings,
    known: KnownDomain,
    key: str,
    *,
    sdes: Sequence[Any] | None,
    impressions: Sequence[Any] | None,
) -> Flow[None]:
    """Report attributes and impressions in the visit that the store knows by the key."""
    yield from _within(
        settings,
        known,
        key,
        "updateSession",
        lambda kept: update_session(page_id=kept.page_id or "", imp_attributes=impressions, engagement_attributes=sdes),
        {},
    )


def call(
    settings: Settings,
    known: KnownDomain,
    key: str,
    operation: str,
    body: Any,
    parameters: Mapping[str, str | None],
) -> Flow[Any]:
    """Call any operation of the spec that is about a visitor, in the visit that the store knows by the key."""
    given = {name: each for name, each in parameters.items() if each is not None}
    requests.check(operation, given, has_body=body is not None)
    fields = OPERATIONS[operation].fields

    def filled(kept: VisitRecord) -> Any:
        members = plain({} if body is None else body)
        ids = {fields[role]: each for role, each in visiting.ids(kept).items() if role in fields}
        # What is no object is for validation to name.
        return {**ids, **members} if isinstance(members, dict) else members

    return (yield from _within(settings, known, key, operation, filled, given))


def _within(
    settings: Settings,
    known: KnownDomain,
    key: str,
    operation: str,
    build: Callable[[VisitRecord], Any],
    parameters: Mapping[str, str],
) -> Flow[Any]:
    facts = OPERATIONS[operation]
    call = Call(settings)
    record: VisitRecord = (yield Load(key)) or VisitRecord()
    needed = {role for role, each in facts.parameters.items() if each.required} | facts.fields.keys()
    if any(each is None for role, each in visiting.ids(record).items() if role in needed):
        raise VisitNotStartedError("this visit has no session yet: call get_engagement() first")
    body = None if facts.body is None else checked(lambda: build(record), facts.body)
    base_url = yield from domain.base_url(call, known)
    visit = VisitAtWork(call, key, record, operation, parameters)
    try:
        response = yield from visit.exchange(base_url, body)
    except NotFoundError as error:
        if "session_id" not in needed or error.internal_code not in {None, *GONE_CODES}:
            raise
        # What is left of the visit is enough for a new session of the same visitor.
        yield from visit.keep(visiting.without_session, names_session=False)
        gone = error
    else:
        if facts.answer is not None:
            return (yield from visit.read(response, settings.clock.time()))
        yield from visit.keep(lambda kept: kept, names_session=False)
        return None
    raise SessionGoneError.of(gone)


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
