"""The endpoint itself: requests in, answers out, state in between. Knows nothing of sockets or of HTTP libraries."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from .answers import Answers
from .clock import VirtualClock
from .journal import Entry, Journal
from .reading import Refusal, faulty_input, read_query, read_target
from .records import Account, take_fault
from .scenario import Campaign
from .script import ScenarioError, read_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .faults import Fault
    from .records import SimulatedResponse
    from .script import Script

__all__ = ["FAULT_HEADER", "Endpoint"]

FAULT_HEADER = "x-simulator-fault"
"""A request with this header meets with the fault that it names."""

_SEEN_LATELY = 100


class Endpoint:
    """What `Simulator` is under its handles; see there for the arguments."""

    def __init__(
        self,
        *,
        campaigns: Iterable[Campaign] = (Campaign(),),
        cold: int = 0,
        script: Script = (),
        host: str | None = None,
        seed: int | None = None,
        clock: Callable[[], float] = time.time,
        journal_limit: int | None = 10_000,
    ) -> None:
        self.journal: Journal = Journal(limit=journal_limit)
        self.clock: VirtualClock = VirtualClock(clock)
        self._answers = Answers(self.clock, host=host, seed=seed, campaigns=tuple(campaigns))
        self._cold = cold
        self._faults = read_script(script)
        self._accounts: dict[str, Account] = {}
        self._plans: Mapping[str, Callable[[], Account]] = {}
        self._lately: dict[tuple[str, str], None] = {}
        self._changes = 0
        self._lock = threading.RLock()

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
        headers = {name.lower(): value for name, value in headers.items()}
        if path.startswith("/_sim/") or (path == "/" and method in {"GET", "HEAD"}):
            return self._control(method, path, read_query(query), headers, body)
        entry = Entry(
            method=method,
            path=path,
            query=read_query(query),
            headers=headers,
            content=body,
            at=self.clock.time(),
        )
        with self._lock:
            self._changes += 1
            self.journal.append(entry)
            try:
                entry.answer = self._respond(entry)
            except Refusal as refusal:
                entry.answer = refusal.response(self.clock.time())
            return entry.answer

    def _control(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> SimulatedResponse:
        raise NotImplementedError

    def _respond(self, entry: Entry) -> SimulatedResponse:
        entry.operation, entry.parameters = read_target(entry)
        answer = self._answers.of(entry.operation)
        account = self._account(entry.account_id or "")
        fault = self._take_fault(account, entry.operation, entry.headers.get(FAULT_HEADER))
        if fault is None:
            return self._noticed(entry, answer(account, entry))
        entry.fault = fault.name
        if fault.loading:
            return self._answers.engage(account, entry, loading=True)
        if fault.changes is None and not fault.processed:
            return fault.response(self.clock.time())
        try:
            normal = self._noticed(entry, answer(account, entry))
        except Refusal as refusal:
            normal = refusal.response(self.clock.time())
        return fault.response(self.clock.time()) if fault.changes is None else fault.changed(normal)

    def _take_fault(self, account: Account, operation: str, named: str | None) -> Fault | None:
        if named is not None:
            try:
                return next(iter(read_script(named)), None)
            except ScenarioError:
                raise faulty_input(FAULT_HEADER) from None
        return take_fault(account.faults, operation) or take_fault(self._faults, operation)

    def _noticed(self, entry: Entry, answer: SimulatedResponse) -> SimulatedResponse:
        """Note which visitor was seen, for whoever watches."""
        if entry.visitor_id is not None:
            visitor = (entry.account_id or "", entry.visitor_id)
            self._lately.pop(visitor, None)
            self._lately[visitor] = None
            if len(self._lately) > _SEEN_LATELY:
                del self._lately[next(iter(self._lately))]
        return answer

    def _account(self, account_id: str) -> Account:
        account = self._accounts.get(account_id)
        if account is None:
            plan = self._plans.get(account_id)
            account = self._accounts[account_id] = Account(cold=self._cold) if plan is None else plan()
        return account
