"""The simulator: the engine with its page and control calls, and the ways to mount it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from . import control
from .engine import Engine
from .overview import Search, read_state
from .requests import Entry, read_query

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from .mounts import AsyncSimulatorTransport, SimulatorApp, SimulatorTransport
    from .response import SimulatedResponse
    from .server import SimulatorServer

__all__ = ["Simulator"]


class Simulator(Engine):
    """A simulated API with its own accounts, each created by its first request.

    Threads can share it; requests are answered one at a time.

    Args:
        campaigns: the first match is offered; with an empty list, there is never an engagement.
        cold: how many POSTs each account answers with "Loading account" before it is loaded.
        script: faults for the first requests of any account.
        host: the host (and port) that the Domain API names; `None` for the one that the request was sent to.
        seed: makes ids and chances the same in each run; `None` for random ones.
        clock: the simulator's clock follows its `time()`; the system's if not given.
        journal_limit: the maximum number of requests in the journal, up to 64 MiB in all; `None` for no limit.
        visitor_limit: the maximum number of visitors of all accounts, up to 256 MiB in all; the oldest are dropped
            first. `None` for no limit.
        strict: answer 400 to unknown keys and unknown types, which the API's server drops silently. The journal lists
            them as `dropped` otherwise.
        available: whether each account offers an engagement to everybody or to nobody; `None` leaves it to the
            campaigns.

    Attributes:
        journal: the requests and their responses.
        clock: the simulator's time, which you can move forward. It can also be a client's `clock`.
    """

    @classmethod
    def from_scenario(cls, scenario: str | Path | Mapping[str, Any], **options: object) -> Self:
        """Create a simulator from a scenario.

        Args:
            scenario: a YAML or JSON file, or its parsed content.
            options: arguments of the constructor, which override the scenario.

        Raises:
            ScenarioError: the scenario is invalid; the message names the place and the reason.
            OSError: the file cannot be read.
        """
        from .scenario import read_scenario

        plan = read_scenario(scenario)
        arguments: dict[str, Any] = {**plan.options, **options}
        simulator = cls(**arguments)
        simulator._plans = {name: account.make for name, account in plan.accounts.items()}
        return simulator

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer one request, to the page, a control call or the API.

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
        """Return the data of the page: visitors, funnels, requests and faults."""
        return read_state(self, Search())

    def transport(self) -> SimulatorTransport:
        """Create a transport that passes requests to this simulator without a socket."""
        from .mounts import SimulatorTransport

        return SimulatorTransport(self)

    def async_transport(self) -> AsyncSimulatorTransport:
        """Create a transport for async clients."""
        from .mounts import AsyncSimulatorTransport

        return AsyncSimulatorTransport(self)

    def asgi(self, *, hosts: Collection[str] | None = None, origins: Collection[str] | None = None) -> SimulatorApp:
        """Create an ASGI application, to serve alone or mount in another application.

        Args:
            hosts: the accepted host names, without ports; `None` accepts any.
            origins: the origins whose pages may use the API (CORS), e.g. `["http://localhost:3000"]`; `None` checks
                no origin.

        Raises:
            ScenarioError: an origin is none.
        """
        from .mounts import SimulatorApp

        return SimulatorApp(self, hosts=hosts, origins=origins)

    def serve(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        allow_hosts: Collection[str] = (),
        cors: Collection[str] = (),
        ssl_context: ssl.SSLContext | None = None,
    ) -> SimulatorServer:
        """Create a server, which a `with` statement starts. By default, only this machine reaches it.

        Args:
            host: the IP address to listen on; `0.0.0.0` for all of this machine.
            port: the port; 0 uses any free port.
            allow_hosts: host names to answer to besides those of this machine, without ports.
            cors: origins whose pages may use the API, e.g. `["http://localhost:3000"]`.
            ssl_context: serves https.

        Raises:
            ConfigurationError: an entry of `allow_hosts` is not a host name.
            ScenarioError: an entry of `cors` is not an origin.
        """
        from .access import read_hosts, read_origins
        from .server import SimulatorServer

        return SimulatorServer(
            self,
            host=host,
            port=port,
            hosts=read_hosts(allow_hosts),
            origins=read_origins(cors),
            ssl_context=ssl_context,
        )
