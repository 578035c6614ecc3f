"""Transports that hand a client's requests to a simulator in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lp_engagement.errors import TransportError, TransportTimeout
from lp_engagement.http import HttpResponse

from .faults import ConnectionCut

if TYPE_CHECKING:
    from lp_engagement.http import HttpRequest

    from .engine import Simulator

__all__ = ["AsyncSimulatorTransport", "SimulatorTransport"]


class _InProcess:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._closed = False

    def _exchange(self, request: HttpRequest, timeout: float) -> HttpResponse:
        if self._closed:
            raise RuntimeError("This transport is closed. Make a new one to send more requests.")
        url = urlsplit(request.url)
        target = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
        headers = {"host": url.netloc} | {name.lower(): value for name, value in request.headers.items()}
        try:
            answer = self._simulator.handle(request.method, target, headers, request.content or b"")
        except ConnectionCut:
            raise TransportError("The simulator cut the connection.", maybe_sent=True) from None
        # Nobody waits here: the simulator's clock moves instead.
        self._simulator.clock.advance(min(answer.seconds, timeout))
        if answer.seconds >= timeout:
            raise TransportTimeout("The simulator took longer to answer than the timeout allows.", maybe_sent=True)
        if answer.cut_after is not None:
            raise TransportError("The simulator cut the connection inside of its answer.", maybe_sent=True)
        return HttpResponse(answer.status, answer.headers, answer.body)


class SimulatorTransport(_InProcess):
    """Sends to a simulator, whatever the host of the URL. Slow answers move the simulator's clock; nobody waits."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Hand over one request; see `lp_engagement.http.Transport.send`."""
        return self._exchange(request, timeout)

    def close(self) -> None:
        """Refuse further requests. May be called again."""
        self._closed = True


class AsyncSimulatorTransport(_InProcess):
    """The same for async clients."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the contract
        """Hand over one request; see `lp_engagement.http.AsyncTransport.send`."""
        from anyio.lowlevel import checkpoint

        # A network would let other tasks run before and after, and a cancellation arrive.
        await checkpoint()
        answer = self._exchange(request, timeout)
        await checkpoint()
        return answer

    async def aclose(self) -> None:
        """Refuse further requests. May be called again."""
        self._closed = True
