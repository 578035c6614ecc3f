"""The way of one call, without any I/O: load, build, send, classify, wait, send again, save.

Each function here is a generator that yields effects and is sent their results. The clients drive it; so does a test,
without a socket, a clock or an event loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement.engagement import Engagement, SessionId, VisitIds, VisitorId
from lp_engagement.errors import (
    APIStatusError,
    ConnectError,
    DeadlineExceeded,
    NotFoundError,
    SessionGoneError,
    StoreError,
    TransportError,
    UnauthorizedError,
    VisitNotStartedError,
)
from lp_engagement_client.facts import INTERNAL_CODES, OPERATIONS
from lp_engagement_client.models.create_session_request import CreateSessionRequest
from lp_engagement_client.models.engagement_details import EngagementDetails
from lp_engagement_client.models.update_session_request import UpdateSessionRequest
from lp_engagement_client.types import plain

from . import build_request, domain, offer, visit_call
from .body import checked
from .effects import Acquire, Delete, Release, Sleep
from .exchange import Call
from .generated import find
from .record import VisitRecord
from .visit_call import VisitAtWork

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from lp_engagement_client.models.engagement_answer import EngagementAnswer

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
    sdes: Iterable[Any] | None,
    sections: Sequence[str] | None,
    app_details: Any,
    reuse: bool = False,
) -> Flow[Engagement]:
    """Ask whether there is an engagement, in the visit that the store knows by the key, or in a new one."""
    given: Muted[tuple[Any, ...]] = Muted((_listed(sdes), sections, app_details))
    del sdes, sections, app_details
    if reuse and not any(given.value):
        engagement = yield from current(settings, key)
        if engagement is not None:
            return engagement
    body = checked(
        lambda: CreateSessionRequest(
            app_type=settings.app_type,
            app_details=given.value[2],
            consumer_sections=given.value[1],
            engagement_attributes=given.value[0],
        ).to_dict(),
        "create-session",
    )
    call = Call(settings)
    # Before the lease, which is short: a look-up may have to be retried.
    base_url = yield from domain.base_url(call, known)
    visit = VisitAtWork(call, key, (yield from visit_call.load(key)), "createSession")
    with _watching(known):
        try:
            return (yield from _open_or_resume(visit, base_url, body))
        except NotFoundError:
            if not visit.dropped:
                raise
        # The server refused ids, which are dropped, so it has done nothing yet.
        return (yield from _open_or_resume(visit, base_url, body))


def _listed(values: Any) -> Any:
    """What an iterable gives, as a list; what cannot be an array is left for validation to name."""
    if isinstance(values, list | tuple | str | bytes | Mapping) or not isinstance(values, Iterable):
        return values
    return list(values)


def _open_or_resume(visit: VisitAtWork, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    if visit.record.visitor_id is not None:
        return (yield from _ask(visit, base_url, body))
    token = visit.call.settings.new_token()
    acquired = yield from _become_the_opener(visit, token)
    try:
        # Whoever held the lease before may have opened the visit in the meantime.
        visit.record = (yield from visit_call.load(visit.key)) or VisitRecord()
        visit.token = token if acquired else None
        return (yield from _ask(visit, base_url, body))
    finally:
        visit.token = None
        if acquired:
            yield from _release(visit.key, token)


def _become_the_opener(visit: VisitAtWork, token: str) -> Flow[bool]:
    """Wait until this caller may open the visit, or until another has: `False` then."""
    while True:
        try:
            acquired = yield Acquire(visit.key, token, visit.lease())
        except StoreError:
            raise
        except BaseException:
            # Interrupted: the store may have got it all the same.
            yield from _release(visit.key, token)
            raise
        if acquired:
            return True
        record = yield from visit_call.load(visit.key)
        if record is not None and record.visitor_id is not None:
            return False
        if visit.call.remaining() < POLL_SECONDS:
            raise DeadlineExceeded(
                "the deadline was over while another caller was opening this visit", maybe_sent=False
            )
        yield Sleep(POLL_SECONDS)


def _release(key: str, token: str) -> Flow[None]:
    # A store that fails here must not cost the answer; the lease runs out by itself.
    with suppress(StoreError):
        yield Release(key, token)


def _ask(visit: VisitAtWork, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    visit.operation = "createSession" if visit.record.visitor_id is None else "resumeSession"
    try:
        answered = yield from visit.exchange(base_url, body)
    except UnauthorizedError as error:
        _explain(error, visit)
        raise
    now = visit.call.settings.clock.time()
    answer: Muted[EngagementAnswer] = Muted((yield from visit.read(answered, now)))
    return offer.read(answer.value, now=now, new_session=visit.new_session(answer), saved=visit.saved)


@contextmanager
def _watching(known: KnownDomain) -> Generator[None]:
    """Look the host up again if it is gone, or serves the account no more."""
    try:
        yield
    except (TransportError, APIStatusError) as error:
        cause = error.__cause__ if isinstance(error, DeadlineExceeded) else error
        code = getattr(cause, "internal_code", None)
        if isinstance(cause, ConnectError) or code == INTERNAL_CODES["no-such-route"]:
            known.forget()
        raise


def _explain(error: UnauthorizedError, visit: VisitAtWork) -> None:
    if visit.dropped and visit.saved:
        error.hint = "The ids of this visit were refused and are dropped. Call get_engagement() to open a new visit."


def update(
    settings: Settings,
    known: KnownDomain,
    key: str,
    *,
    sdes: Iterable[Any] | None,
    impressions: Iterable[Any] | None,
) -> Flow[None]:
    """Report attributes and impressions in the visit that the store knows by the key."""
    given: Muted[tuple[Any, ...]] = Muted((_listed(sdes), _listed(impressions)))
    del sdes, impressions

    def filled(kept: VisitRecord) -> Any:
        return UpdateSessionRequest(
            page_id=kept.page_id or "", engagement_attributes=given.value[0], imp_attributes=given.value[1]
        ).to_dict()

    yield from _within(settings, known, key, "updateSession", filled, {})


def call(
    settings: Settings,
    known: KnownDomain,
    key: str,
    operation: str,
    body: Any,
    parameters: Mapping[str, str | None],
) -> Flow[Any]:
    """Call any operation of the spec that is about a visitor, in the visit that the store knows by the key."""
    values: Muted[Mapping[str, str]] = Muted({name: each for name, each in parameters.items() if each is not None})
    content = Muted(body)
    del parameters, body
    build_request.check(operation, values, has_body=content.value is not None)
    fields = OPERATIONS[operation].fields

    def filled(kept: VisitRecord) -> Any:
        members = plain({} if content.value is None else content.value)
        ids = {fields[role]: str(each) for role, each in visit_call.ids(kept).items() if role in fields}
        # What is no object is for validation to name.
        return {**ids, **members} if isinstance(members, dict) else members

    muted = {name: MutedText(each) for name, each in values.value.items()}
    return (yield from _within(settings, known, key, operation, filled, muted))


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
    visit = VisitAtWork(call, key, (yield from visit_call.load(key)), operation, parameters)
    needed = {role for role, each in find(operation).parameters.items() if each.required} | facts.fields.keys()
    if any(each is None for role, each in visit_call.ids(visit.record).items() if role in needed):
        raise VisitNotStartedError("this visit has no session yet: call get_engagement() first")
    body = None if facts.body is None else checked(lambda: build(visit.record), facts.body)
    base_url = yield from domain.base_url(call, known)
    with _watching(known):
        try:
            answered = yield from visit.exchange(base_url, body)
        except UnauthorizedError as error:
            _explain(error, visit)
            raise
        except NotFoundError as error:
            if not visit.dropped or "session_id" not in needed:
                raise
            gone = error
        else:
            if answered.parsed is not None:
                return (yield from visit.read(answered, settings.clock.time()))
            yield from visit.keep(lambda kept: kept, names_session=False)
            return None
        raise SessionGoneError.of(gone)


def current(settings: Settings, key: str) -> Flow[Engagement | None]:
    """The engagement of the visit that the store knows by the key, if it is still valid."""
    record = yield from visit_call.load(key)
    return None if record is None else _still_valid(record, settings.clock.time())


def _still_valid(record: VisitRecord, now: float) -> Engagement | None:
    ids_known = record.visitor_id is not None and record.session_id is not None and record.page_id is not None
    if not ids_known or record.engagement is None:
        return None
    # A clock that was set back would make the engagement last for longer than the server meant.
    if not record.updated_at <= now < (record.engagement_expires_at or math.inf):
        return None
    return offer.restored(record)


def ids(key: str) -> Flow[VisitIds | None]:
    """The ids of the visit that the store knows by the key."""
    record = yield from visit_call.load(key)
    if record is None or record.visitor_id is None:
        return None
    details = EngagementDetails.from_dict(record.engagement)
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
