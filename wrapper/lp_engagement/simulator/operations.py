"""The operations of the API: their effects on the state, and their answers."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lp_engagement._core.generated import find
from lp_engagement_client import facts

from .campaigns import Campaign, always
from .requests import check_version, read_body
from .response import Refusal, SimulatedResponse, faulty_input, json_response
from .spec import as_spelled, documented_answer, loading_message
from .state import OFFERED, Visitor
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from .requests import Entry
    from .state import Account, Session, VirtualClock

__all__ = ["Operations"]


class Operations:
    """Answers requests of known operations, without any faults.

    Args:
        clock: the simulator's time.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        random: makes the ids.
        campaigns: the campaigns of accounts without their own.
        strict: refuse what the server drops silently.
    """

    def __init__(
        self,
        clock: VirtualClock,
        *,
        host: str | None,
        random: Random,
        campaigns: Sequence[Campaign],
        strict: bool,
    ) -> None:
        self.campaigns: list[Campaign] = list(campaigns)
        self.host = host
        self.strict = strict
        self.timeline: Timeline = Timeline()
        self._clock = clock
        self._random = random

    def of(self, operation: str) -> Callable[[Account, Entry], SimulatedResponse]:
        """Return the method that answers an operation, by the schema of its answer."""
        match _answer(operation):
            case "EngagementAnswer":
                return self.engage
            case "Domain":
                return self.name_domain
            case "Domains":
                return self.list_domains
            case _:
                return self.documented

    def engage(self, account: Account, entry: Entry, *, loading: bool = False) -> SimulatedResponse:
        """Answer a request for an engagement; `loading`: as if the account were cold.

        Raises:
            Refusal: the answer is an error.
        """
        self._check(entry)
        visitor_id = entry.said("visitor_id") or self._new_id()
        if loading:
            raise _loading(entry.account_id or "", visitor_id)
        if account.cold > 0:
            account.cold -= 1
            entry.fault = "loading"
            raise _loading(*(entry.account_id or "", visitor_id) if account.gives_visitor_id else ("", ""))

        now = self._clock.time()
        visitor = account.visitors.get(visitor_id)
        if visitor is None:
            visitor = account.visitors[visitor_id] = Visitor(visitor_id, now, now)
        session = visitor.live_session(entry.said("session_id") or "", now)
        if session is None:
            session = visitor.open_session(self._new_id(), now)
        entry.visitor_id = visitor.id
        visitor.last_seen_at = session.last_seen_at = now
        session.page_id = str(int((1 + 9 * self._random.random()) * 10**9))
        if entry.said("consumer_sections") is not None:
            session.sections = entry.sections
        session.receive(entry.kept_items("engagement_attributes"))
        return json_response(200, self._engagement(account, entry, session) | _ids(entry, visitor, session))

    def documented(self, account: Account, entry: Entry) -> SimulatedResponse:
        """Answer any other operation with the spec's example. Attributes and impressions are stored in their session.

        Raises:
            Refusal: the answer is an error.
        """
        self._check(entry)
        operation = facts.OPERATIONS[entry.operation or ""]
        answer = {} if operation.example is None else documented_answer(operation.example)
        if "visitor_id" in find(entry.operation or "").parameters or "visitor_id" in operation.fields:
            answer |= self._report(account, entry)
        return json_response(operation.success, answer) if answer else SimulatedResponse(operation.success, {}, b"")

    def _report(self, account: Account, entry: Entry) -> dict[str, str]:
        """Store the reported attributes and impressions of a visitor, and return the ids for the answer."""
        now, names = self._clock.time(), facts.FIELDS["EngagementAnswer"]
        visitor = account.visitors.get(entry.said("visitor_id"))
        if visitor is None:
            raise Refusal(status=404, code="visitor-not-valid", message=f"invalid {names['visitor_id']}")
        session_id, impressions = entry.said("session_id"), entry.kept_items("imp_attributes")
        if session_id is None:
            entry.visitor_id, visitor.last_seen_at = visitor.id, now
            return {}
        session = visitor.live_session(session_id, now)
        if session is None:
            raise Refusal(status=404, code="session-not-valid", message=f"invalid {names['session_id']}")
        if entry.said("page_id") not in {None, session.page_id}:
            raise faulty_input(names["page_id"])
        entry.visitor_id = visitor.id
        visitor.last_seen_at = session.last_seen_at = now
        session.receive(entry.kept_items("engagement_attributes"), impressions)
        self._count(account, now, [impression["type"] for impression in impressions])
        return _ids(entry, visitor, session)

    def name_domain(self, _account: Account, entry: Entry) -> SimulatedResponse:
        """Answer a look-up of the Domain API.

        Raises:
            Refusal: the answer is an error.
        """
        self._check(entry)
        service = entry.said("service")
        if service != facts.DOMAIN_SERVICE:
            # The page lists 200, 400 and 401 only, and names are case-sensitive.
            raise faulty_input(facts.FIELDS["Domain"]["service"])
        return json_response(200, self._named("Domain", entry))

    def list_domains(self, _account: Account, entry: Entry) -> SimulatedResponse:
        """Answer a look-up of all services: here there is only one.

        Raises:
            Refusal: the answer is an error.
        """
        self._check(entry)
        return json_response(200, as_spelled("Domains", base_uris=[self._named("ServiceDomain", entry)]))

    def _named(self, schema: str, entry: Entry) -> dict[str, Any]:
        """Name the host of the only service."""
        host = self.host or entry.headers.get("host")
        if not host:
            raise faulty_input("Host")
        return as_spelled(schema, service=facts.DOMAIN_SERVICE, account=entry.account_id, base_uri=host)

    def _engagement(self, account: Account, entry: Entry, session: Session) -> dict[str, Any]:
        forced = account.available if entry.available is None else entry.available
        for campaign in self._candidates(account, forced=forced):
            # What a session has received is read back only where a condition looks at it.
            if campaign.condition is always or campaign.condition(tuple(session.attributes), tuple(session.sections)):
                if not campaign.offers:
                    break
                session.offered = campaign.title
                self._count(account, self._clock.time(), (OFFERED,))
                details = as_spelled("EngagementAnswer", engagement_details=campaign.engagement_details())
                return documented_answer("available") | details
        session.offered = None
        return documented_answer("notAvailable")

    def _count(self, account: Account, now: float, names: Sequence[str]) -> None:
        account.funnel.update(names)
        account.timeline.add(now, names)
        self.timeline.add(now, names)

    def _check(self, entry: Entry) -> None:
        """Validate version, body and query parameters against the spec.

        Raises:
            Refusal: one of them is not valid.
        """
        kind = facts.OPERATIONS[entry.operation or ""].body
        check_version(entry)
        if kind is not None:
            read_body(entry, kind, strict=self.strict)
        for parameter in find(entry.operation or "").parameters.values():
            if parameter.required and parameter.place == "query" and not entry.query.get(parameter.key):
                raise faulty_input(parameter.key)

    def _candidates(self, account: Account, *, forced: bool | None) -> Sequence[Campaign]:
        """Return the campaigns to try: all by their rules, the first with an engagement for everybody, or none."""
        campaigns = self.campaigns if account.campaigns is None else account.campaigns
        if forced is None:
            return campaigns
        offering = (replace(each, condition=always) for each in campaigns if each.offers)
        return [next(offering, Campaign())] if forced else []

    def _new_id(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(16)).rstrip(b"=").decode()


def _answer(operation: str) -> str:
    """Name the schema of an operation's answer; an empty string if it has none."""
    return getattr(find(operation).answer, "__name__", "")


def _ids(entry: Entry, visitor: Visitor, session: Session) -> dict[str, str]:
    """The ids of a visit that the answer has fields for."""
    names = facts.FIELDS.get(_answer(entry.operation or ""))
    if names is None:
        return {}
    values = {"visitor_id": visitor.id, "session_id": session.id, "page_id": session.page_id}
    return {names[role]: value for role, value in values.items() if role in names}


def _loading(account_id: str, visitor_id: str) -> Refusal:
    code = documented_answer("loading")[facts.FIELDS["ErrorEntity"]["internal_code"]]
    return Refusal(status=500, code=code, message=loading_message(account_id, visitor_id))
