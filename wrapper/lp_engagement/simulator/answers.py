"""The operations of the API: what each of them does to the state, and what it answers."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING

from lp_engagement_client import facts

from .documents import documented_answer, loading_message
from .reading import Refusal, check_version, faulty_input, json_response, read_body
from .records import OFFERED, Session, SimulatedResponse, Visitor
from .scenario import always

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .clock import VirtualClock
    from .journal import Entry
    from .records import Account
    from .scenario import Campaign

__all__ = ["Answers"]

_VERSION, _SESSION_ID = facts.PARAMETER_NAMES["version"], facts.PARAMETER_NAMES["sessionId"]


class Answers:
    """Answers requests of known operations, without any faults.

    Args:
        clock: the simulator's time.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        seed: makes the ids the same in each run; `None` for random ones.
        campaigns: the campaigns of accounts that have none of their own.
    """

    def __init__(
        self, clock: VirtualClock, *, host: str | None, seed: int | None, campaigns: Sequence[Campaign]
    ) -> None:
        self.campaigns: list[Campaign] = list(campaigns)
        self._clock = clock
        self._host = host
        self._random = random.Random(seed)  # noqa: S311 - made-up ids

    def engage(self, account: Account, entry: Entry, *, loading: bool = False) -> SimulatedResponse:
        """Answer a POST; `loading`: as if the account were cold once more than it is.

        Raises:
            Refusal: the answer is an error.
        """
        check_version(entry, _VERSION, facts.API_VERSION)
        body = read_body(entry, "create-session")
        visitor_id = entry.parameters.get("visitorId") or self._new_id()
        if loading:
            raise _loading(entry.parameters["accountId"], visitor_id)
        if account.cold > 0:
            account.cold -= 1
            raise _loading(*(entry.parameters["accountId"], visitor_id) if account.gives_visitor_id else ("", ""))

        now = self._clock.time()
        visitor = account.visitors.get(visitor_id)
        if visitor is None:
            visitor = account.visitors[visitor_id] = Visitor(visitor_id, now, now)
        session = visitor.live_session(entry.query.get(_SESSION_ID, ""), now)
        if session is None:
            session_id = self._new_id()
            session = visitor.sessions[session_id] = Session(session_id, now, now, page_id="")
        entry.visitor_id = visitor.id
        visitor.last_seen_at = session.last_seen_at = now
        session.page_id = str(int((1 + 9 * self._random.random()) * 10**9))
        if "consumerSections" in body:
            session.sections = body["consumerSections"]
        session.receive(body.get("engagementAttributes", ()))
        ids = {"sessionId": session.id, "visitorId": visitor.id, "pageId": session.page_id}
        return json_response(200, self._engagement(account, session) | ids)

    def update(self, account: Account, entry: Entry) -> SimulatedResponse:
        """Answer a PUT.

        Raises:
            Refusal: the answer is an error.
        """
        check_version(entry, _VERSION, facts.API_VERSION)
        body = read_body(entry, "update-session")
        if not entry.query.get(_SESSION_ID):
            raise faulty_input(_SESSION_ID)
        visitor = account.visitors.get(entry.parameters["visitorId"])
        if visitor is None:
            raise Refusal(status=404, code="visitor-not-valid", message="invalid visitorId")
        now = self._clock.time()
        session = visitor.live_session(entry.query[_SESSION_ID], now)
        if session is None:
            raise Refusal(status=404, code="session-not-valid", message="invalid sessionId")
        if body["pageId"] != session.page_id:
            raise faulty_input("pageId")
        entry.visitor_id = visitor.id
        visitor.last_seen_at = session.last_seen_at = now
        impressions = body.get("impAttributes", ())
        session.receive(body.get("engagementAttributes", ()), impressions)
        account.funnel.update(impression["type"] for impression in impressions)
        return SimulatedResponse(200, {}, b"")

    def name_domain(self, _account: Account, entry: Entry) -> SimulatedResponse:
        """Answer a look-up of the Domain API.

        Raises:
            Refusal: the answer is an error.
        """
        check_version(entry, "version", facts.DOMAIN_API_VERSION)
        service = entry.parameters["service"]
        if service != facts.DOMAIN_SERVICE:
            # The page lists 200, 400 and 401 only, and names are case-sensitive.
            raise faulty_input("service")
        host = self._host or entry.headers.get("host")
        if not host:
            raise faulty_input("Host")
        return json_response(200, {"service": service, "account": entry.parameters["accountId"], "baseURI": host})

    def documented(self, _account: Account, entry: Entry) -> SimulatedResponse:
        """Answer an operation that changes nothing here as the spec shows it.

        Raises:
            Refusal: the body is not what the spec accepts.
        """
        operation = facts.OPERATIONS[entry.operation or ""]
        if operation.body is not None:
            read_body(entry, operation.body)
        if operation.example is None:
            return SimulatedResponse(operation.success, {}, b"")
        return json_response(operation.success, documented_answer(operation.example))

    def _engagement(self, account: Account, session: Session) -> dict[str, object]:
        for campaign in self.campaigns if account.campaigns is None else account.campaigns:
            # What a session has received is read back only where a condition looks at it.
            if campaign.condition is always or campaign.condition(tuple(session.attributes), tuple(session.sections)):
                if not campaign.offers:
                    break
                session.offered = campaign.title
                account.funnel[OFFERED] += 1
                return documented_answer("available") | {"engagementDetails": campaign.engagement_details()}
        session.offered = None
        return documented_answer("notAvailable")

    def _new_id(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(16)).rstrip(b"=").decode()


def _loading(account_id: str, visitor_id: str) -> Refusal:
    code = documented_answer("loading")["internalCode"]
    return Refusal(status=500, code=code, message=loading_message(account_id, visitor_id))
