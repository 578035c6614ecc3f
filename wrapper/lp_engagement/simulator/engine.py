"""The simulator: the endpoint with everything that a test or a demo holds it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from .endpoint import Endpoint
from .script import read_script

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from .asgi import SimulatorApp
    from .faults import Fault
    from .records import SimulatedResponse, Visitor
    from .scenario import Campaign
    from .script import Script
    from .server import SimulatorServer
    from .state import State
    from .transport import AsyncSimulatorTransport, SimulatorTransport

__all__ = ["Simulator"]


class Simulator(Endpoint):
    """One simulated endpoint with its own accounts, which come into being when they are first called.

    Any number of threads may use it; requests are answered one by one.

    Args:
        campaigns: the first that fits is offered; none: there is never an engagement.
        cold: how many POSTs each account answers with "Loading account" before it is there.
        script: faults that the first requests meet with, of whatever account.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        seed: makes the ids the same in each run; `None` for random ones.
        clock: tells the time in seconds since the epoch.
        journal_limit: how many requests the journal keeps; `None` for all.

    Attributes:
        journal: the requests and their answers.
        clock: the simulator's time, which can be moved ahead. Also fits a client's `clock` and `sleep`.
    """

    def __repr__(self) -> str:
        return f"<Simulator: {len(self._accounts)} accounts, {len(self.journal)} requests>"

    # ------------------------------------------------------------------------------------------------ scenario

    @classmethod
    def from_scenario(cls, scenario: str | Path | Mapping[str, Any], **options: Any) -> Self:
        """Make a simulator of a scenario.

        Args:
            scenario: a YAML or JSON file, or what would be read from one.
            options: arguments of the constructor, which win over the scenario.

        Raises:
            ScenarioError: the scenario cannot be used; the message says where and why.
            OSError: the file cannot be read.
        """
        from .scenario_file import read_scenario

        plan = read_scenario(scenario)
        simulator = cls(**{**plan.options, **options})
        simulator._plans = {name: each.make for name, each in plan.accounts.items()}
        return simulator

    @property
    def campaigns(self) -> list[Campaign]:
        """The campaigns of accounts that have none of their own; may be changed at any time."""
        return self._answers.campaigns

    @campaigns.setter
    def campaigns(self, campaigns: Iterable[Campaign]) -> None:
        self._answers.campaigns = list(campaigns)

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
            self._changes += 1

    def script(self, account_id: str | None, faults: Script) -> None:
        """Let the next requests meet with these faults, in this order, before normal answers.

        Args:
            account_id: the account; `None` for whichever is called.
            faults: faults, or words such as `"503 x2 then 200"`, or data as in a scenario file.

        Raises:
            ScenarioError: the words or the data are not understood.
        """
        read = read_script(faults)
        with self._lock:
            (self._faults if account_id is None else self._account(account_id).faults).extend(read)
            self._changes += 1

    def mend(self, account_id: str | None = None) -> None:
        """Forget the faults that are still to come, and loading.

        Args:
            account_id: the account; `None` for all.
        """
        with self._lock:
            if account_id is None:
                self._faults.clear()
            for account in self._accounts.values() if account_id is None else [self._account(account_id)]:
                account.faults.clear()
                account.cold = 0
            self._changes += 1

    def faults(self, account_id: str | None = None) -> list[Fault]:
        """Return the faults that are still to come for an account; for `None` those of whichever is called."""
        with self._lock:
            return list(self._faults if account_id is None else self._account(account_id).faults)

    def visitors(self, account_id: str) -> list[Visitor]:
        """Return the visitors of an account, oldest first: the entries of the agents' visitor list."""
        with self._lock:
            return list(self._account(account_id).visitors.values())

    def funnel(self, account_id: str) -> dict[str, int]:
        """Return how many engagements were `offered`, and how often each impression event was reported."""
        from .state import funnel

        with self._lock:
            return funnel(self._account(account_id))

    def state(self) -> State:
        """Return what the page shows: visitors, funnels, requests and faults, as plain data."""
        from .state import read_state

        with self._lock:
            return read_state(
                clock=self.clock,
                journal=self.journal,
                accounts=self._accounts,
                lately=reversed(self._lately),
                faults=self._faults,
                changes=self._changes,
            )

    def reset(self) -> None:
        """Forget all accounts, visitors, requests and faults; campaigns, plans of accounts and the time stay."""
        with self._lock:
            self._accounts.clear()
            self._lately.clear()
            self._faults.clear()
            self.journal.clear()
            self._changes += 1

    def clear_journal(self) -> None:
        """Forget the requests."""
        with self._lock:
            self.journal.clear()
            self._changes += 1

    # -------------------------------------------------------------------------------------------------- mounts

    def transport(self) -> SimulatorTransport:
        """Make a transport that hands requests to this simulator without a socket."""
        from .transport import SimulatorTransport

        return SimulatorTransport(self)

    def async_transport(self) -> AsyncSimulatorTransport:
        """Make the same for async clients."""
        from .transport import AsyncSimulatorTransport

        return AsyncSimulatorTransport(self)

    def asgi(self, *, hosts: Collection[str] | None = None) -> SimulatorApp:
        """Make an ASGI application, for any ASGI server, or to be mounted in another application.

        Args:
            hosts: names under which it may be called, without ports; `None` allows any.
        """
        from .asgi import SimulatorApp

        return SimulatorApp(self, hosts=hosts)

    def serve(self, *, port: int = 0) -> SimulatorServer:
        """Make a server on 127.0.0.1, to be started with `with`; port 0 takes any free one."""
        from .server import SimulatorServer

        return SimulatorServer(self, port=port)

    def _control(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> SimulatedResponse:
        from .control import answer_control

        return answer_control(self, method, path, query, headers, body)
