"""The surroundings of a fault: a server, a store, host names, a clock; everything is restored at the end."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import pytest

from lp_engagement._common.clock import AsyncSystemClock, SystemClock
from lp_engagement.stores import VisitRecord

from .case import KNOWN, A, B
from .certificates import HOST
from .scripted import LOOPBACK, Server, good

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from .case import Case
    from .certificates import Authority

__all__ = ["ACCOUNT", "World"]

ACCOUNT = "12345678"
HEALTHY = good(B)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class WorldClock(SystemClock):
    """The machine's clock with the wrong time of day of a world."""

    def __init__(self, world: World) -> None:
        """Show the time of a world."""
        self._world = world

    def time(self) -> float:
        """The time of day, as the client sees it."""
        return super().time() + self._world.shift


class AsyncWorldClock(AsyncSystemClock):
    """The same for an event loop."""

    def __init__(self, world: World) -> None:
        """Show the time of a world."""
        self._world = world

    def time(self) -> float:
        """The time of day, as the client sees it."""
        return super().time() + self._world.shift


class World:
    """The surroundings of one client.

    Attributes:
        folder: an empty folder.
        server: the server.
        store: the client's store.
        addresses: the addresses of the made-up host.
        things: what faults want to remember.
        shift: seconds by which the time of day is wrong.
    """

    def __init__(self, case: Case, folder: Path, authority: Authority) -> None:
        """Begin with a good world."""
        self.case = case
        self.folder = folder
        self.authority = authority
        self.store: Any = "memory://"
        self.addresses = [LOOPBACK]
        self.things: dict[str, Any] = {}
        self.shift = 0.0
        self.stack = ExitStack()

    @property
    def environment(self) -> pytest.MonkeyPatch:
        """Changes to the process, undone at the end."""
        found: pytest.MonkeyPatch = self.things["environment"]
        return found

    def __enter__(self) -> Self:
        """Build it."""
        case = self.case
        with ExitStack() as stack:
            self.things["environment"] = stack.enter_context(pytest.MonkeyPatch.context())
            for name in _PROXIES:
                self.environment.delenv(name, raising=False)
                self.environment.delenv(name.lower(), raising=False)
            self.environment.setenv("SSL_CERT_FILE", str(self.authority.file))
            self.environment.delenv("SSL_CERT_DIR", raising=False)
            self.server = stack.enter_context(
                Server(
                    case.script,
                    tls=getattr(self.authority, case.tls),
                    immediately=case.way in {"https", "named"},
                    healthy=HEALTHY,
                )
            )
            if case.way in {"proxy", "look-up"}:
                self.environment.setenv("HTTPS_PROXY", f"http://{LOOPBACK}:{self.server.port}")
            self._resolve()
            self.stack.push(stack.pop_all())
        if case.prepare is not None:
            try:
                case.prepare(self)
            except BaseException:
                self.stack.close()
                raise
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        """Put everything back."""
        self.stack.close()

    def _resolve(self) -> None:
        real = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name != HOST:
                return real(host, port, *arguments, **options)
            if "names" in self.things:
                self.things["names"].wait(60)
            if not self.addresses:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return [
                (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, int(port)))
                for each in self.addresses
            ]

        self.environment.setattr(socket, "getaddrinfo", getaddrinfo)

    @property
    def base_url(self) -> str | None:
        """The client's arguments."""
        port = self.server.port
        return {
            "http": f"http://{LOOPBACK}:{port}",
            "https": f"https://localhost:{port}",
            "named": f"https://{HOST}:{port}",
            "proxy": f"https://{HOST}",
            "look-up": None,
        }[self.case.way]

    def record(self) -> VisitRecord:
        """The stored record of a known visit."""
        return VisitRecord(KNOWN.visitor, KNOWN.session, KNOWN.page, updated_at=time.time())


SECRETS = (*(value for ids in (A, B, KNOWN) for value in (ids.visitor, ids.session, ids.page)), "Zaphod-Quux")
