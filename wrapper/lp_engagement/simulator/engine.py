"""The engine: answers requests and changes the state. It uses no sockets and no HTTP library."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

from .campaigns import Campaign
from .faults import ScenarioError, read_script, take_fault
from .operations import Operations
from .requests import Entry, Journal, read_target
from .response import Refusal, faulty_input
from .state import Account, Accounts, Setup, VirtualClock
from .timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lp_engagement._common.clock import Clock

    from .faults import Fault, Script
    from .response import SimulatedResponse
    from .state import Visitor

__all__ = ["FAULT_HEADER", "Engine"]

FAULT_HEADER = "x-simulator-fault"
"""A request with this header is answered with the fault that it names."""

_MOST_FAULTS = 10_000


class Engine:
    """Answers the requests of the API; tests and demos configure and inspect it.

    Threads can share it; requests are answered one at a time. The arguments are those of `Simulator`.

    Attributes:
        journal: the requests and their responses.
        clock: the simulator's time.
        lock: held during each change; hold it to read a consistent state.
    """

    def __init__(
        self,
        *,
        campaigns: Iterable[Campaign] = (Campaign(),),
        cold: int = 0,
        script: Script = (),
        host: str | None = None,
        seed: int | None = None,
        clock: Clock | None = None,
        journal_limit: int | None = 10_000,
        visitor_limit: int | None = 100_000,
        strict: bool = False,
        available: bool | None = None,
    ) -> None:
        self.journal: Journal = Journal(limit=journal_limit)
        self.clock: VirtualClock = VirtualClock(clock)
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311 - chances of faults
        self._ids = random.Random(seed)  # noqa: S311 - made-up ids
        self._operations = Operations(
            self.clock, host=host, random=self._ids, campaigns=tuple(campaigns), strict=strict
        )
        self._cold = cold
        self._available = available
        self._faults = read_script(script)
        self._plans: Mapping[str, Callable[[], Account]] = {}
        self._accounts = Accounts(self._new_account, visitor_limit=visitor_limit)
        self._changes = 0
        self.lock: AbstractContextManager[object] = threading.RLock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self._accounts)} accounts, {len(self.journal)} requests>"

    # ------------------------------------------------------------------------------------------------ requests

    def answer(self, entry: Entry) -> SimulatedResponse:
        """Answer a request of the API, and add it to the journal.

        Raises:
            ConnectionCut: a fault ends the connection without a response.
        """
        with self.lock:
            self._changes += 1
            try:
                entry.answer = self._respond(entry)
            except Refusal as refusal:
                entry.answer = refusal.response(self.clock.time())
            finally:
                self.journal.append(entry)
            return entry.answer

    def _respond(self, entry: Entry) -> SimulatedResponse:
        entry.operation, entry.parameters = read_target(entry)
        operation = self._operations.of(entry.operation)
        account = self._accounts[entry.account_id or ""]
        fault = self._take_fault(account, entry.operation, entry.headers.get(FAULT_HEADER))
        fault = None if fault is None else fault.drawn(self._random)
        if fault is None:
            return self._noticed(account, entry, operation(account, entry))
        entry.fault, entry.available = fault.name, fault.available
        if fault.loading:
            return self._operations.engage(account, entry, loading=True)
        if fault.changes is None and not fault.processed:
            return fault.response(self.clock.time())
        try:
            normal = self._noticed(account, entry, operation(account, entry))
        except Refusal as refusal:
            normal = refusal.response(self.clock.time())
        return fault.response(self.clock.time()) if fault.changes is None else fault.changed(normal)

    def _take_fault(self, account: Account, operation: str, named: str | None) -> Fault | None:
        if named is not None:
            try:
                return next(iter(read_script(named)), None)
            except ScenarioError:
                raise faulty_input(FAULT_HEADER) from None
        own = take_fault(account.faults, operation, self._random)
        return own or take_fault(self._faults, operation, self._random)

    def _noticed(self, account: Account, entry: Entry, answer: SimulatedResponse) -> SimulatedResponse:
        """Note which visitor was seen."""
        visitor = account.visitors.get(entry.visitor_id or "")
        if visitor is not None:
            self._accounts.seen(account, visitor)
        return answer

    def _new_account(self, account_id: str) -> Account:
        plan = self._plans.get(account_id)
        return Account(cold=self._cold, available=self._available) if plan is None else plan()

    # ------------------------------------------------------------------------------------------------ scenario

    @property
    def campaigns(self) -> list[Campaign]:
        """The campaigns of accounts without their own; you can change them at any time."""
        return self._operations.campaigns

    @campaigns.setter
    def campaigns(self, campaigns: Iterable[Campaign]) -> None:
        self._operations.campaigns = list(campaigns)

    def make_cold(self, account_id: str, *, times: int = 1, visitor_id: bool = True) -> None:
        """Answer the next `times` POSTs of an account with "Loading account".

        Args:
            account_id: the account.
            times: how many.
            visitor_id: whether these answers name the account and a visitor id; the vendor's page prints both empty.
        """
        with self.lock:
            account = self._accounts[account_id]
            account.cold, account.gives_visitor_id = times, visitor_id
            self._changes += 1

    def set_available(self, account_id: str, available: bool | None) -> None:  # noqa: FBT001 - its name says it
        """Offer an engagement to everybody or to nobody, whatever the campaigns say.

        Args:
            account_id: the account.
            available: whether to offer one; `None` leaves it to the campaigns again.
        """
        with self.lock:
            self._accounts[account_id].available = available
            self._changes += 1

    def script(self, account_id: str | None, faults: Script) -> None:
        """Answer the next requests with these faults, in this order; normal answers follow.

        Args:
            account_id: the account; `None` for any account.
            faults: faults, or a script such as `"503 x2 then 200"`, or data as in a scenario file.

        Raises:
            ScenarioError: the script is invalid, or too many faults are waiting.
        """
        read = read_script(faults)
        with self.lock:
            waiting = self._faults if account_id is None else self._accounts[account_id].faults
            if len(waiting) + len(read) > _MOST_FAULTS:
                raise ScenarioError(f"more than {_MOST_FAULTS:,} faults are waiting. Use x2 or until cleared.")
            waiting.extend(read)
            self._changes += 1

    def clear_faults(self, account_id: str | None = None) -> None:
        """Drop the remaining faults and "Loading account" answers.

        Args:
            account_id: the account; `None` for all.
        """
        with self.lock:
            if account_id is None:
                self._faults.clear()
            for account in list(self._accounts.values()) if account_id is None else [self._accounts[account_id]]:
                account.faults.clear()
                account.cold = 0
            self._changes += 1

    def faults(self, account_id: str | None = None) -> list[Fault]:
        """Return the remaining faults of an account; `None` for those of any account."""
        with self.lock:
            return list(self._faults if account_id is None else self._accounts[account_id].faults)

    def visitors(self, account_id: str) -> list[Visitor]:
        """Return the visitors of an account, oldest first: the entries of the agents' visitor list."""
        with self.lock:
            return list(self._accounts[account_id].visitors.values())

    def funnel(self, account_id: str) -> dict[str, int]:
        """Return how many engagements were `offered`, and how often each impression event was reported."""
        with self.lock:
            return self._accounts[account_id].counts()

    def reset(self, *, clock: bool = False) -> None:
        """Drop all accounts, visitors, requests and faults; campaigns and account plans are unchanged.

        Args:
            clock: also move the time back to that of `base`, which the clock follows.
        """
        with self.lock:
            self._accounts.clear()
            self._faults.clear()
            self.journal.clear()
            self.journal.total = 0
            self._operations.timeline = Timeline()
            if self._seed is not None:
                self._random.seed(self._seed)
                self._ids.seed(self._seed)
            if clock:
                self.clock.reset()
            self._changes += 1

    def use_scenario(self, scenario: str | Path | bytes | Mapping[str, Any]) -> None:
        """Start again with a scenario: reset everything and the clock, and replace campaigns, accounts and faults.

        The options that the scenario does not have are unchanged.

        Args:
            scenario: a YAML or JSON file, its content as bytes, or its parsed content.

        Raises:
            ScenarioError: the scenario is invalid; the message names the place and the reason. Nothing is changed.
            OSError: the file cannot be read.
        """
        from .scenario import read_scenario

        plan = read_scenario(scenario)
        self._begin(plan.options, {name: account.make for name, account in plan.accounts.items()})

    def to_scenario(self) -> dict[str, Any]:
        """Return the present settings as a scenario: campaigns, accounts, and the faults that are still to come.

        Raises:
            ScenarioError: a campaign's condition is a Python function, or a fault's body is not text.
        """
        from .scenario_writer import write_scenario

        with self.lock:
            return write_scenario(self._setup())

    def _begin(self, options: Mapping[str, Any], plans: Mapping[str, Callable[[], Account]]) -> None:
        """Reset everything, and take options of the constructor; those that are missing are unchanged."""
        with self.lock:
            self._seed = options.get("seed", self._seed)
            self.reset(clock=True)
            self._plans = plans
            self._cold, self._available = options.get("cold", 0), options.get("available")
            self._faults.extend(read_script(options.get("script", ())))
            self.campaigns = options.get("campaigns", (Campaign(),))
            self._operations.host = options.get("host", self._operations.host)
            self._operations.strict = options.get("strict", self._operations.strict)
            self.journal.limit = options.get("journal_limit", self.journal.limit)
            self._accounts.limit = options.get("visitor_limit", self._accounts.limit)

    def _setup(self) -> Setup:
        """Return the present settings that a scenario can have."""
        accounts = {name: self._new_account(name) for name in self._plans} | self._accounts
        return Setup(
            options={"seed": self._seed, "host": self._operations.host, "strict": self._operations.strict or None},
            everywhere=Account(
                cold=self._cold, faults=self._faults, campaigns=self.campaigns, available=self._available
            ),
            accounts=accounts,
        )

    def clear_journal(self) -> None:
        """Drop the requests."""
        with self.lock:
            self.journal.clear()
            self._changes += 1

    # --------------------------------------------------------------------------------------------------- views

    @property
    def version(self) -> str:
        """Different whenever something has changed that the page shows."""
        # The clock can be moved without the engine, and decides which sessions are live.
        return f"{self._changes}-{self.clock.ahead:g}"

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The accounts by id."""
        return self._accounts

    def seen_lately(self) -> Iterator[tuple[Account, Visitor]]:
        """Go through the visitors of all accounts, the one seen last first."""
        return self._accounts.latest()

    @property
    def timeline(self) -> Timeline:
        """Offers and reported events of all accounts, over time."""
        return self._operations.timeline

    def visitor_count(self) -> int:
        """Return the number of visitors of all accounts."""
        return self._accounts.visitor_count()
