"""The sync and the async client behind one blocking face, so that each test is written once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, Self

from lp_engagement import AsyncEngagementClient, EngagementClient
from tests.helpers import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    from lp_engagement import AccountHost, AsyncVisit, Engagement, HttpRequest, HttpResponse, Visit, VisitIds
    from lp_engagement.simulator import Simulator

Kind = Literal["sync", "async"]
KINDS: tuple[Kind, ...] = ("sync", "async")
ACCOUNT = "12345678"
BASE_URL = "https://lp.example.com"


class Maker:
    """Makes clients of one kind, and closes them all on leaving `with`.

    Attributes:
        kind: `sync` or `async`.
        clock: what the clients take for the time, and what their pauses move.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.clock = FakeClock()
        self._runner = asyncio.Runner()
        self._faces: list[Face] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        with self._runner:
            for face in self._faces:
                face.close()

    def client(
        self,
        account_id: str | None = ACCOUNT,
        *,
        simulator: Simulator | None = None,
        answer: Callable[[HttpRequest], HttpResponse] | None = None,
        **options: Any,
    ) -> Face:
        """Make a client.

        Args:
            account_id: the account.
            simulator: what it talks to, if not to HTTP.
            answer: what answers its requests, if it is neither.
            options: arguments of the constructor; unless given, `base_url` is a made-up host, the store is in memory,
                and nothing really sleeps.
        """
        if "domain" not in options:
            options.setdefault("base_url", BASE_URL)
        options.setdefault("store", "memory://")
        if self.kind == "sync":
            options.setdefault("clock", self.clock)
            if simulator is not None:
                options["transport"] = simulator.transport()
            if answer is not None:
                options["transport"] = Answering(answer)
            face = Face(EngagementClient(account_id, **options), self.run)
        else:
            options.setdefault("clock", self.clock.for_async)
            if simulator is not None:
                options["transport"] = simulator.async_transport()
            if answer is not None:
                options["transport"] = AsyncAnswering(answer)
            face = Face(AsyncEngagementClient(account_id, **options), self.run)
        self._faces.append(face)
        return face

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end in the one event loop of this maker's clients."""
        return self._runner.run(coroutine)


class Face:
    """A client of either kind."""

    def __init__(
        self, client: EngagementClient | AsyncEngagementClient, run: Callable[[Coroutine[Any, Any, Any]], Any]
    ) -> None:
        self.inner = client
        self._run = run

    def visit(self, key: str = "customer-4711") -> FaceOfVisit:
        """The visit of a consumer."""
        return FaceOfVisit(self.inner.visit(key), self._run)

    def with_options(self, **options: Any) -> Face:
        """A client derived from this one."""
        return Face(self.inner.with_options(**options), self._run)

    def request(self, *arguments: Any, **options: Any) -> HttpResponse:
        """Send a request of the caller's own."""
        found = self.inner.request(*arguments, **options)
        return self._run(found) if asyncio.iscoroutine(found) else found

    def domain(self) -> AccountHost:
        """The host of the account."""
        found = self.inner.domain()
        return self._run(found) if asyncio.iscoroutine(found) else found

    def close(self) -> None:
        """Close the client."""
        if isinstance(self.inner, EngagementClient):
            self.inner.close()
        else:
            self._run(self.inner.aclose())


class FaceOfVisit:
    """A visit of either kind."""

    def __init__(self, visit: Visit | AsyncVisit, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self.inner = visit
        self._run = run

    def _result(self, value: Any) -> Any:
        return self._run(value) if asyncio.iscoroutine(value) else value

    def get_engagement(self, **arguments: Any) -> Engagement:
        """Ask for an engagement."""
        result: Engagement = self._result(self.inner.get_engagement(**arguments))
        return result

    def update(self, **arguments: Any) -> None:
        """Update the session."""
        self._result(self.inner.update(**arguments))

    def call(self, operation: Any, body: Any = None, /, **parameters: Any) -> Any:
        """Call an operation by its name."""
        return self._result(self.inner.call(operation, body, **parameters))

    def ids(self) -> VisitIds | None:
        """The visit's ids."""
        result: VisitIds | None = self._result(self.inner.ids())
        return result

    def forget(self) -> None:
        """Forget the visit."""
        self._result(self.inner.forget())


class Answering:
    """A transport whose answers a function gives.

    Attributes:
        requests: what was sent, oldest first.
        closed: whether somebody closed it.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer
        self.requests: list[HttpRequest] = []
        self.closed = False

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Note the request and hand it over."""
        self.requests.append(request)
        return self._answer(request)

    def close(self) -> None:
        """Note that."""
        self.closed = True


class AsyncAnswering:
    """The same for async clients."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer
        self.requests: list[HttpRequest] = []
        self.closed = False

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        """Note the request and hand it over."""
        self.requests.append(request)
        await asyncio.sleep(0)
        return self._answer(request)

    async def aclose(self) -> None:
        """Note that."""
        self.closed = True
