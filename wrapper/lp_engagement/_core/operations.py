"""The operations of a visit, without any I/O: load, build, send, read, save.

Each method is a flow: a generator that yields effects and is sent their results. The clients drive it; so does a test,
without a socket, a clock or an event loop.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement.engagement import Engagement, SessionId, VisitIds, VisitorId
from lp_engagement.errors import (
    DeadlineExceeded,
    NotFoundError,
    SessionGoneError,
    StoreError,
    UnauthorizedError,
    VisitNotStartedError,
)
from lp_engagement_client.facts import OPERATIONS
from lp_engagement_client.models.create_session_request import CreateSessionRequest
from lp_engagement_client.models.engagement_details import EngagementDetails
from lp_engagement_client.models.update_session_request import UpdateSessionRequest

from . import build_request, offer, options
from .body import encode
from .domain import forgetting, locate
from .effects import Acquire, Delete, Release, Sleep
from .exchange import Call
from .generated import find
from .record import VisitRecord
from .visit_call import VisitCall, known_ids, load
from .watched import watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lp_engagement_client.facts import VisitAnswer
    from lp_engagement_client.models.engagement_answer import EngagementAnswer

    from .domain import KnownDomain
    from .effects import Flow
    from .settings import Settings

__all__ = ["VisitOperations"]

T = TypeVar("T")
POLL_SECONDS = 0.05
"""How long a caller waits before it looks again whether the lease holder has opened the visit."""


class VisitOperations:
    """The operations of one visit.

    Args:
        settings: the client's.
        domain: the client's memory of the host.
        key: the key of the visit in the store.
    """

    __slots__ = ("_domain", "_key", "_settings")

    def __init__(self, settings: Settings, domain: KnownDomain, key: str) -> None:
        self._settings = settings
        self._domain = domain
        self._key = key

    @property
    def account_id(self) -> str:
        """The account that the visit belongs to."""
        return self._settings.account_id

    @property
    def deadline(self) -> float | None:
        """Seconds for each call; `None` for no limit."""
        return self._settings.deadline

    def with_options(self, **given: Any) -> VisitOperations:
        """Return the operations of the same visit with other options, for one call: those of `options.changed`."""
        settings = options.changed(self._settings, **given)
        return self if settings is self._settings else VisitOperations(settings, self._domain, self._key)

    def get_engagement(
        self,
        *,
        sdes: Iterable[Any] | None,
        sections: Sequence[str] | None,
        app_details: Any,
        reuse: bool = False,
    ) -> Flow[Engagement]:
        """Ask whether there is an engagement, in the stored visit or in a new one."""
        call = Call(self._settings)
        given: Muted[tuple[Any, ...]] = Muted((sdes, sections, app_details))
        return watched(call, "get_engagement", self._get_engagement(call, given, reuse=reuse))

    def _get_engagement(self, call: Call, passed: Muted[tuple[Any, ...]], *, reuse: bool) -> Flow[Engagement]:
        given: Muted[tuple[Any, ...]] = Muted((_listed(passed.value[0]), *passed.value[1:]))
        del passed
        if reuse and not any(given.value):
            engagement = yield from self.current()
            if engagement is not None:
                return engagement
        body = encode(call, Muted(self._first_request(*given.value)), "create-session")
        # Before the lease, which is short: a look-up may have to be retried.
        base_url = yield from locate(call, self._domain)
        visit = VisitCall(call, self._key, (yield from load(self._key)), "createSession")
        return (yield from forgetting(self._domain, _open_or_repeat(visit, base_url, body)))

    def update(self, *, sdes: Iterable[Any] | None, impressions: Iterable[Any] | None) -> Flow[None]:
        """Report attributes and impressions in the stored visit."""
        call = Call(self._settings)
        return watched(call, "update", self._update(call, Muted((sdes, impressions))))

    def _update(self, call: Call, passed: Muted[tuple[Any, ...]]) -> Flow[None]:
        given: Muted[tuple[Any, ...]] = Muted(tuple(map(_listed, passed.value)))
        del passed
        visit = yield from self._started(call, "updateSession", {})
        request = UpdateSessionRequest(
            page_id=visit.record.page_id or "", engagement_attributes=given.value[0], imp_attributes=given.value[1]
        )
        yield from self._send(visit, encode(call, Muted(request), "update-session"))

    def call(self, operation: str, body: Any, parameters: Mapping[str, str | None]) -> Flow[VisitAnswer]:
        """Call any operation of the spec that is about a visitor, in the stored visit."""
        call = Call(self._settings)
        # A name that is none can be anything, and would be shown.
        name = operation if operation in OPERATIONS else "call"
        return watched(call, name, self._named(call, operation, Muted(body), Muted(parameters)))

    def _named(
        self, call: Call, operation: str, body: Muted[Any], parameters: Muted[Mapping[str, str | None]]
    ) -> Flow[VisitAnswer]:
        passed: Muted[Mapping[str, str]] = Muted(
            {name: value for name, value in parameters.value.items() if value is not None}
        )
        has_body = body.value is not None
        given = Muted({} if body.value is None else body.value)
        del parameters, body
        build_request.check(operation, passed, has_body=has_body)
        visit = yield from self._started(
            call, operation, {name: MutedText(value) for name, value in passed.value.items()}
        )
        facts, ids = OPERATIONS[operation], known_ids(visit.record)
        members = {key: value for role, key in facts.fields.items() if (value := ids.get(role)) is not None}
        content = None if facts.body is None else encode(call, given, facts.body, members)
        answer: VisitAnswer = yield from self._send(visit, content)
        return answer

    def current(self) -> Flow[Engagement | None]:
        """Return the engagement of the stored visit, if it is still valid."""
        record = yield from load(self._key)
        return None if record is None else _still_valid(record, self._settings.clock.time())

    def ids(self) -> Flow[VisitIds | None]:
        """Return the ids of the stored visit."""
        record = yield from load(self._key)
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

    def forget(self) -> Flow[None]:
        """Delete the stored visit."""
        yield from Delete(self._key)

    def _first_request(self, attributes: Any, sections: Any, app_details: Any) -> CreateSessionRequest:
        return CreateSessionRequest(
            app_type=self._settings.app_type,
            app_details=app_details,
            consumer_sections=sections,
            engagement_attributes=attributes,
        )

    def _started(self, call: Call, operation: str, parameters: Mapping[str, str]) -> Flow[VisitCall]:
        """Load the visit for an operation that needs some of its ids."""
        visit = VisitCall(call, self._key, (yield from load(self._key)), operation, parameters)
        needed = _needed(operation)
        if any(value is None for role, value in known_ids(visit.record).items() if role in needed):
            raise VisitNotStartedError("this visit has no session yet. Call get_engagement() first")
        return visit

    def _send(self, visit: VisitCall, body: Muted[bytes] | None) -> Flow[Any]:
        base_url = yield from locate(visit.call, self._domain)
        return (yield from forgetting(self._domain, _report(visit, base_url, body)))


def _needed(operation: str) -> set[str]:
    required = {role for role, parameter in find(operation).parameters.items() if parameter.required}
    return required | OPERATIONS[operation].fields.keys()


def _listed(values: Any) -> Any:
    """Return what an iterable gives as a list. What cannot be an array is left for validation to report."""
    if isinstance(values, list | tuple | str | bytes | Mapping) or not isinstance(values, Iterable):
        return values
    return list(values)


def _report(visit: VisitCall, base_url: str, body: Muted[bytes] | None) -> Flow[Any]:
    try:
        answered = yield from visit.send(base_url, body)
    except UnauthorizedError as error:
        _explain(error, visit)
        raise
    except NotFoundError as error:
        if not visit.dropped or "session_id" not in _needed(visit.operation):
            raise
        gone = error
    else:
        if answered.parsed is not None:
            return (yield from visit.read(answered, visit.call.settings.clock.time()))
        yield from visit.save(lambda record: record, from_server=False)
        return None
    # Out here: it would be shown as a second error, raised while the first was handled.
    raise SessionGoneError.of(gone)


def _open_or_repeat(visit: VisitCall, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    try:
        return (yield from _open_or_resume(visit, base_url, body))
    except NotFoundError:
        if not visit.dropped:
            raise
    # The server refused ids, which are dropped, so it has done nothing yet.
    return (yield from _open_or_resume(visit, base_url, body))


def _open_or_resume(visit: VisitCall, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    flow = _open if visit.record.visitor_id is None else _ask
    return flow(visit, base_url, body)


def _open(visit: VisitCall, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    token = visit.call.settings.new_token()
    acquired = yield from _acquire_lease(visit, token)
    try:
        # The lease holder before may have opened the visit in the meantime.
        visit.record = (yield from load(visit.key)) or VisitRecord()
        visit.token = token if acquired else None
        return (yield from _ask(visit, base_url, body))
    finally:
        visit.token = None
        if acquired:
            yield from _release_lease(visit.key, token)


def _acquire_lease(visit: VisitCall, token: str) -> Flow[bool]:
    """Wait until this caller holds the lease, or until another has opened the visit: `False` then."""
    while True:
        try:
            acquired = yield from Acquire(visit.key, token, visit.lease())
        except StoreError:
            raise
        except BaseException:
            # Interrupted: the store may have granted it all the same.
            yield from _release_lease(visit.key, token)
            raise
        if acquired:
            return True
        record = yield from load(visit.key)
        if record is not None and record.visitor_id is not None:
            return False
        if visit.call.remaining() < POLL_SECONDS:
            raise DeadlineExceeded(
                "the deadline was over while another caller was opening this visit", maybe_sent=False
            )
        yield from Sleep(POLL_SECONDS)


def _release_lease(key: str, token: str) -> Flow[None]:
    # A store that fails here must not cost the answer; the lease runs out by itself.
    with suppress(StoreError):
        yield from Release(key, token)


def _ask(visit: VisitCall, base_url: str, body: Muted[bytes]) -> Flow[Engagement]:
    visit.operation = "createSession" if visit.record.visitor_id is None else "resumeSession"
    try:
        answered = yield from visit.send(base_url, body)
    except UnauthorizedError as error:
        _explain(error, visit)
        raise
    now = visit.call.settings.clock.time()
    answer: Muted[EngagementAnswer] = Muted((yield from visit.read(answered, now)))
    return offer.read(
        answer.value,
        now=now,
        new_session=visit.new_session(answer),
        saved=visit.saved,
        meta=visit.call.meta(),
        raw=answered.response.content,
    )


def _explain(error: UnauthorizedError, visit: VisitCall) -> None:
    if visit.dropped and visit.saved:
        error.hint = "The ids of this visit were refused and are dropped. Call get_engagement() to open a new visit."


def _still_valid(record: VisitRecord, now: float) -> Engagement | None:
    ids_known = record.visitor_id is not None and record.session_id is not None and record.page_id is not None
    if not ids_known or record.engagement is None:
        return None
    # A clock that was set back would make the engagement last for longer than the server meant.
    if not record.updated_at <= now < (record.engagement_expires_at or math.inf):
        return None
    return offer.restored(record)
