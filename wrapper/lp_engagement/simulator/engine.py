"""The endpoint itself: requests in, answers out, state in between. Knows nothing of sockets or of HTTP libraries."""

from __future__ import annotations

import base64
import random
import threading
import time
from itertools import repeat
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from lp_engagement_client import facts

from .documents import documented_answer, loading_message
from .reading import (
    Refusal,
    check_version,
    faulty_input,
    json_response,
    read_body,
    read_target,
)
from .records import Account, Entry, Journal, Session, SimulatedResponse, Visitor
from .scenario import Campaign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .scenario import Fault
    from .server import SimulatorServer
    from .transport import AsyncSimulatorTransport, SimulatorTransport

__all__ = ["Simulator"]

_DOMAIN_LOOKUP = "getDomain"
_VERSION, _SESSION_ID = facts.PARAMETER_NAMES["version"], facts.PARAMETER_NAMES["sessionId"]


class Simulator:
    """One simulated endpoint with its own accounts, which come into being when they are first called.

    Any number of threads may use it; requests are answered one by one.

    Args:
        campaigns: the first that fits is offered; none: there is never an engagement.
        cold: how many POSTs each account answers with "Loading account" before it is there.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        seed: makes the ids the same in each run; `None` for random ones.
        clock: tells the time in seconds since the epoch.

    Attributes:
        campaigns: the campaigns; may be changed at any time.
        journal: every request and its answer. It grows until it is cleared.
    """

    def __init__(
        self,
        *,
        campaigns: Iterable[Campaign] = (Campaign(),),
        cold: int = 0,
        host: str | None = None,
        seed: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.campaigns = list(campaigns)
        self.journal = Journal()
        self._cold = cold
        self._host = host
        self._random = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - made-up ids
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._lock = threading.RLock()
        self._operations = {
            "createSession": self._engage,
            "resumeSession": self._engage,
            "updateSession": self._update,
            _DOMAIN_LOOKUP: self._name_domain,
        }

    def __repr__(self) -> str:
        return f"<Simulator: {len(self._accounts)} accounts, {len(self.journal)} requests>"

    # ------------------------------------------------------------------------------------------------ scenario

    def make_cold(self, account_id: str, *, times: int = 1, visitor_id: bool = True) -> None:
        """Let the next `times` POSTs of an account be answered with "Loading account".

        Args:
            account_id: the account.
            times: how many.
            visitor_id: whether these answers name the account and a visitor id; the vendor's page prints both empty.
        """
        with self._lock:
            account = self._account(account_id)
            account.cold, account.gives_visitor_id = times, visitor_id

    def script(self, account_id: str, faults: Iterable[Fault]) -> None:
        """Give these answers to the next requests of an account, in this order, before normal ones."""
        with self._lock:
            for fault in faults:
                self._account(account_id).faults.extend(repeat(fault, fault.times))

    def visitors(self, account_id: str) -> list[Visitor]:
        """Return the visitors of an account, oldest first: the entries of the agents' visitor list."""
        with self._lock:
            return list(self._account(account_id).visitors.values())

    # -------------------------------------------------------------------------------------------------- mounts

    def transport(self) -> SimulatorTransport:
        """Make a transport that hands requests to this simulator without a socket."""
        from .transport import SimulatorTransport

        return SimulatorTransport(self)

    def async_transport(self) -> AsyncSimulatorTransport:
        """Make the same for async clients."""
        from .transport import AsyncSimulatorTransport

        return AsyncSimulatorTransport(self)

    def serve(self, *, port: int = 0) -> SimulatorServer:
        """Make a server on 127.0.0.1, to be started with `with`; port 0 takes any free one."""
        from .server import SimulatorServer

        return SimulatorServer(self, port=port)

    # ------------------------------------------------------------------------------------------------- answers

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer one request.

        Args:
            method: the HTTP method in capitals.
            target: path and query as on the wire, percent-encoded.
            headers: header names, in any case, and their values.
            body: the body.

        Raises:
            ConnectionCut: a fault asks for the connection to end without an answer.
        """
        path, _, query = target.partition("?")
        entry = Entry(
            method=method,
            path=path,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in headers.items()},
            content=body,
        )
        with self._lock:
            self.journal.append(entry)
            try:
                entry.answer = self._respond(entry)
            except Refusal as refusal:
                entry.answer = refusal.response(self._clock())
            return entry.answer

    def _respond(self, entry: Entry) -> SimulatedResponse:
        entry.operation, entry.parameters = read_target(entry)
        account = self._account(entry.parameters["accountId"])
        fault = account.take_fault(entry.operation, default=entry.operation != _DOMAIN_LOOKUP)
        if fault is not None:
            return fault.response()
        return self._operations[entry.operation](account, entry)

    def _engage(self, account: Account, entry: Entry) -> SimulatedResponse:
        check_version(entry, _VERSION, facts.API_VERSION)
        body = read_body(entry, "create-session")
        visitor_id = entry.parameters.get("visitorId") or self._new_id()
        if account.cold > 0:
            account.cold -= 1
            raise self._loading(account, entry.parameters["accountId"], visitor_id)

        now = self._clock()
        visitor = account.visitors.setdefault(visitor_id, Visitor(visitor_id, now, now))
        session = visitor.live_session(entry.query.get(_SESSION_ID, ""), now)
        if session is None:
            session_id = self._new_id()
            session = visitor.sessions[session_id] = Session(session_id, now, now, page_id="")
        visitor.last_seen_at = session.last_seen_at = now
        session.page_id = str(self._random.randrange(10**9, 10**10))
        session.sections = body.get("consumerSections", session.sections)
        session.attributes += body.get("engagementAttributes", ())
        ids = {"sessionId": session.id, "visitorId": visitor.id, "pageId": session.page_id}
        return json_response(200, self._engagement(session) | ids)

    def _engagement(self, session: Session) -> dict[str, object]:
        for campaign in self.campaigns:
            if campaign.condition(tuple(session.attributes), tuple(session.sections)):
                return documented_answer("available") | {"engagementDetails": campaign.engagement_details()}
        return documented_answer("notAvailable")

    def _loading(self, account: Account, account_id: str, visitor_id: str) -> Refusal:
        ids = (account_id, visitor_id) if account.gives_visitor_id else ("", "")
        code = documented_answer("loading")["internalCode"]
        return Refusal(status=500, code=code, message=loading_message(*ids))

    def _update(self, account: Account, entry: Entry) -> SimulatedResponse:
        check_version(entry, _VERSION, facts.API_VERSION)
        body = read_body(entry, "update-session")
        if not entry.query.get(_SESSION_ID):
            raise faulty_input(_SESSION_ID)
        visitor = account.visitors.get(entry.parameters["visitorId"])
        if visitor is None:
            raise Refusal(status=404, code="visitor-not-valid", message="invalid visitorId")
        now = self._clock()
        session = visitor.live_session(entry.query[_SESSION_ID], now)
        if session is None:
            raise Refusal(status=404, code="session-not-valid", message="invalid sessionId")
        if body["pageId"] != session.page_id:
            raise faulty_input("pageId")
        visitor.last_seen_at = session.last_seen_at = now
        session.impressions += body.get("impAttributes", ())
        session.attributes += body.get("engagementAttributes", ())
        return SimulatedResponse(200, {}, b"")

    def _name_domain(self, _account: Account, entry: Entry) -> SimulatedResponse:
        check_version(entry, "version", facts.DOMAIN_API_VERSION)
        service = entry.parameters["service"]
        if service != facts.DOMAIN_SERVICE:
            # The page lists 200, 400 and 401 only, and names are case-sensitive.
            raise faulty_input("service")
        host = self._host or entry.headers.get("host")
        if not host:
            raise faulty_input("Host")
        return json_response(200, {"service": service, "account": entry.parameters["accountId"], "baseURI": host})

    # --------------------------------------------------------------------------------------------------- parts

    def _account(self, account_id: str) -> Account:
        return self._accounts.setdefault(account_id, Account(cold=self._cold))

    def _new_id(self) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(16)).rstrip(b"=").decode()
