"""The simulator: the engine behind its page and control calls, and the ways to mount it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from . import control
from .engine import Engine
from .requests import Entry, read_query

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .mounts import AsyncSimulatorTransport, SimulatorApp, SimulatorTransport
    from .response import SimulatedResponse
    from .server import SimulatorServer

__all__ = ["Simulator"]


class Simulator(Engine):
    """One simulated endpoint with its own accounts, which come into being when they are first called.

    Any number of threads may use it; requests are answered one by one.

    Args:
        campaigns: the first that fits is offered; with none there is never an engagement.
        cold: how many POSTs each account answers with "Loading account" before it is loaded.
        script: faults that the first requests of any account are answered with.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        seed: makes the ids the same in each run; `None` for random ones.
        clock: the simulator's clock follows its `time()`; the system's if not given.
        journal_limit: how many requests the journal keeps, 64 MiB of data at most; `None` for all.
        visitor_limit: how many visitors of all accounts to keep, 256 MiB of data at most; the oldest are dropped first.
            `None` for all.

    Attributes:
        journal: the requests and their responses.
        clock: the simulator's time, which can be moved ahead. Also fits a client's `clock`.
    """

    @classmethod
    def from_scenario(cls, scenario: str | Path | Mapping[str, Any], **options: object) -> Self:
        """Make a simulator of a scenario.

        Args:
            scenario: a YAML or JSON file, or the data that would be read from one.
            options: arguments of the constructor, which win over the scenario.

        Raises:
            ScenarioError: the scenario cannot be used; the message names the place and the reason.
            OSError: the file cannot be read.
        """
        from .scenario import read_scenario

        plan = read_scenario(scenario)
        arguments: dict[str, Any] = {**plan.options, **options}
        simulator = cls(**arguments)
        simulator._plans = {name: account.make for name, account in plan.accounts.items()}
        return simulator

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer one request: of the page, a control call, or of the API.

        Args:
            method: the HTTP method in capitals.
            target: path and query as on the wire, percent-encoded.
            headers: header names, in any case, and their values.
            body: the body.

        Raises:
            ConnectionCut: a fault ends the connection without a response.
        """
        path, _, text = target.partition("?")
        query, headers = read_query(text), {name.lower(): value for name, value in headers.items()}
        if control.concerns(method, path):
            return control.answer(self, method, path, query, headers, body)
        return self.answer(
            Entry(method=method, path=path, query=query, headers=headers, content=body, at=self.clock.time())
        )

    def state(self) -> dict[str, Any]:
        """Return what the page shows: visitors, funnels, requests and faults, as plain data."""
        return control.read_state(self)

    def transport(self) -> SimulatorTransport:
        """Make a transport that hands requests to this simulator without a socket."""
        from .mounts import SimulatorTransport

        return SimulatorTransport(self)

    def async_transport(self) -> AsyncSimulatorTransport:
        """Make a transport for async clients."""
        from .mounts import AsyncSimulatorTransport

        return AsyncSimulatorTransport(self)

    def asgi(self, *, hosts: Collection[str] | None = None) -> SimulatorApp:
        """Make an ASGI application, for any ASGI server, or to be mounted in another application.

        Args:
            hosts: names under which it may be called, without ports; `None` allows any.
        """
        from .mounts import SimulatorApp

        return SimulatorApp(self, hosts=hosts)

    def serve(self, *, port: int = 0) -> SimulatorServer:
        """Make a server on 127.0.0.1, to be started with `with`; port 0 takes any free one."""
        from .server import SimulatorServer

        return SimulatorServer(self, port=port)
