"""Typed uses of the public API. Never executed: mypy and pyright read it, and both complain of a needless ignore.

The first half must pass; each `type: ignore` of the second half must be needed by both.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_type

import attrs
from hypothesis.strategies import SearchStrategy
from pydantic import BaseModel

from lp_engagement import (
    DOCUMENTED,
    NEVER,
    AccountHost,
    AsyncEngagementClient,
    AsyncTransport,
    AsyncVisit,
    CallEvent,
    CallMeta,
    Engagement,
    EngagementClient,
    EngagementDetails,
    EngagementError,
    FailedAttempt,
    Hook,
    HttpRequest,
    HttpResponse,
    RetryPolicy,
    SessionId,
    Transport,
    Visit,
    VisitIds,
    VisitorId,
    errors,
    sde,
    stores,
)
from lp_engagement.simulator import (
    AsyncSimulatorTransport,
    Campaign,
    ConnectionCut,
    Dropped,
    Entry,
    Fault,
    Journal,
    Mountable,
    ScenarioError,
    Session,
    SimulatedResponse,
    Simulator,
    SimulatorApp,
    SimulatorTransport,
    VirtualClock,
    Visitor,
)
from lp_engagement.stores import (
    AsyncEncryptedStore,
    AsyncRedisStore,
    AsyncVisitStore,
    EncryptedStore,
    MappingStore,
    MemoryStore,
    RedisStore,
    SQLiteStore,
    VisitRecord,
    VisitStore,
    open_async_store,
    open_store,
)
from lp_engagement.testing.stores import StoreConformance, StoreConformanceError, check_store
from lp_engagement.testing.strategies import Broken, UnsupportedSchemaError, broken, types, valid
from lp_engagement.transports import (
    MAX_RESPONSE_BYTES,
    AiohttpTransport,
    AsyncHttpxTransport,
    HttpxTransport,
    Urllib3Transport,
)
from lp_engagement.validation import Kind, Problem, check, conforms, kinds
from lp_engagement_client import models

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from datetime import datetime

# ---------------------------------------------------------------------------------------------------------- sync


@dataclass
class DataclassSde:
    """An attribute as a dataclass."""

    type: str = "lead"


@attrs.define
class AttrsSde:
    """An attribute as an attrs class."""

    type: str = "lead"


class PydanticSde(BaseModel):
    """An attribute as a pydantic model."""

    type: str = "lead"


def use() -> None:
    """The first example of the README, and what its parts are."""
    with EngagementClient("12345678") as client:
        assert_type(client, EngagementClient)
        visit = client.visit("customer-4711")
        assert_type(visit, Visit)
        engagement = visit.get_engagement(
            sdes=[sde.personal(firstname="Sarah", gender="FEMALE"), sde.cart(total=11.7, num_items=1)],
            sections=["Support", "English"],
            app_details={"os": "LINUX"},
        )
        assert_type(engagement, Engagement)
        if engagement.available:
            visit.update(impressions=[engagement.displayed(), engagement.accepted()])
        ids = visit.ids()
        assert_type(ids, VisitIds | None)
        if ids is not None:
            assert_type(ids.visitor_id, VisitorId)
            assert_type(ids.session_id, SessionId | None)
            assert_type(ids.campaign_id, str | None)
        assert_type(visit.current_engagement(), Engagement | None)
        assert_type(visit.get_engagement(reuse=True), Engagement)
        assert_type(engagement.meta, CallMeta | None)
        assert_type(engagement.for_browser(), dict[str, Any])
        assert_type(client.domain(), AccountHost)
        assert_type(client.with_options(deadline=2), EngagementClient)
        visit.forget()
    client.close()


def decide(failed: FailedAttempt) -> float | None:
    """A decision of the application's own."""
    assert_type(failed.error, EngagementError)
    return None if failed.idempotent else failed.pause


def construct() -> None:
    """Every argument of the constructor, in each of its forms."""
    EngagementClient()
    EngagementClient(None, domain="lp.example.com", app_type="MSDK")
    EngagementClient(
        "12345678",
        app_type="EXTERNAL",
        base_url="https://lp.example.com",
        store=MemoryStore(),
        retry=RetryPolicy(pauses=(1, 2.5), rate_limited=True, unanswered=True, jitter=1, decide=decide),
        deadline=30,
        timeout=2.5,
        transport=HttpxTransport(),
        application_id="my-app/1.2",
        hooks=[watch, Watcher(), print],
        clock=Clock(),
    )
    EngagementClient("12345678", store="memory://", retry=NEVER, transport=Simulator().transport())
    EngagementClient("12345678", store=SQLiteStore("visits.db"), retry=DOCUMENTED, hooks=())
    EngagementClient("12345678", store=open_store("memory://"), transport=MyTransport())


def attributes(visit: Visit) -> None:
    """Builders, models, dicts and a mixture of them, in a list or a tuple."""
    visit.get_engagement()
    visit.get_engagement(sdes=None, sections=None, app_details=None)
    visit.get_engagement(sdes=[{"type": "cart", "total": 1, "numItems": 1}], sections=("Support",))
    visit.get_engagement(sdes=(sde.lead(), sde.cart(total=1, num_items=1)))
    visit.get_engagement(sdes=[DataclassSde(), AttrsSde(), PydanticSde(), sde.lead()])
    visit.update(sdes=[PydanticSde()], impressions=[DataclassSde(), AttrsSde()])
    visit.get_engagement(app_details=models.AppDetails(os="LINUX", device_family="MOBILE"))
    visit.get_engagement(
        sdes=[
            sde.cart(total=Decimal("11.70"), num_items=0, products=[{"product": {"name": "plan"}}]),
            sde.cart(total=1, num_items=1, products=[models.CartProduct(product=models.Product(price=7.8))]),
            sde.purchase(total=None, order_id="D1", cart={"products": []}),
            sde.purchase(cart=sde.purchased_cart(products=[sde.product(price=Decimal("7.80"))], num_items=1)),
            sde.cart(
                total=11.7,
                num_items=3,
                products=[
                    sde.product(name="antique vase", price=11.7, quantity=1),
                    {"product": {"name": "plan"}},
                    models.CartProduct(product=models.Product(price=7.8)),
                ],
            ),
            sde.prod_view(products=[sde.viewed_product(name="vase", quantity_in_stock=1)]),
            sde.personal(age=sde.age(year=1986), contacts=(sde.contact(address=sde.address(country="NL")),)),
            sde.ctmrinfo(registration_date=sde.calendar_date(day=1, month=2, year=2020)),
            sde.prod_view(currency=None),
            sde.ctmrinfo(balance=-400.99, registration_date={"day": 1, "month": 2, "year": 2020}),
            sde.mrkt_info(channel=1),
            sde.personal(age=models.Age(age=30), contacts=[models.Contact(email="someone@example.com")]),
            sde.lead(value=Decimal(1)),
            sde.service(status=10),
            sde.error(resolved=False),
            sde.search_info(keywords=["shoes"]),
            sde.raw({"type": "new", "field": [1]}),
            models.CartSde(total=11.7, num_items=1),
            {"type": "lead"},
        ]
    )
    visit.update()
    visit.update(sdes=(sde.lead(topic=each) for each in ("mortgage", "loan")))
    visit.update(sdes=[sde.cart(total=1, num_items=1)], impressions=[models.ImpClose(campaign=1, eng_id=2, revision=3)])
    assert_type(
        visit.call("updateSession", {"engagementAttributes": []}, own_parameter="text", other=None),
        models.EngagementAnswer | None,
    )
    assert_type(visit.call("updateSession", models.UpdateSessionRequest(page_id="1")), models.EngagementAnswer | None)
    for body in (DataclassSde(), AttrsSde(), PydanticSde()):
        assert_type(visit.call("updateSession", body), models.EngagementAnswer | None)


def results(engagement: Engagement) -> None:
    """The parts of an engagement."""
    assert_type(engagement.status, str)
    assert_type(engagement.available, bool)
    assert_type(engagement.visitor_id, VisitorId)
    assert_type(engagement.session_id, SessionId)
    assert_type(engagement.page_id, str)
    assert_type(engagement.new_session, bool)
    assert_type(engagement.saved, bool)
    assert_type(engagement.details, EngagementDetails | None)
    expires: datetime | None = engagement.expires_at
    extra: Mapping[str, Any] = engagement.extra
    if engagement.details is not None:
        assert_type(engagement.details.campaign_id, str | None)
        assert_type(engagement.details.engagement_revision, int | None)
        assert_type(engagement.details.valid_for_seconds, float | None)
        assert_type(engagement.details.skill_id, str | None)
    impression: dict[str, Any] = engagement.displayed()
    for other in (engagement.accepted(), engagement.expanded(), engagement.timed_out(), engagement.closed()):
        impression = other
    print(expires, extra, impression)  # noqa: T201 - never executed


def failures(visit: Visit) -> None:
    """The attributes of errors."""
    try:
        visit.get_engagement()
    except errors.PayloadError as error:
        assert_type(error.problems, tuple[Problem, ...])
    except errors.AccountLoadingError as error:
        assert_type(error.retry_after, float | None)
    except errors.APIStatusError as error:
        assert_type(error.status, int)
        assert_type(error.operation, str)
        assert_type(error.internal_code, int | None)
        assert_type(error.server_message, str | None)
        assert_type(error.server_time, int | str | None)
        assert_type(error.hint, str | None)
        assert_type(error.attempts, tuple[errors.Attempt, ...])
    except errors.TransportError as error:
        assert_type(error.maybe_sent, bool)
        assert_type(error.retryable, bool)
    except errors.UnexpectedResponseError as error:
        assert_type(error.status, int | None)
    except errors.EngagementError as error:
        assert_type(error.attempts[0].pause, float | None)


# What each error also is.
refusals: list[type[errors.APIStatusError]] = [
    errors.BadRequestError,
    errors.UnauthorizedError,
    errors.NotFoundError,
    errors.RateLimitedError,
    errors.ServerError,
]
of_servers: list[type[errors.ServerError]] = [errors.ServiceUnavailableError, errors.AccountLoadingError]
of_sessions: type[errors.NotFoundError] = errors.SessionGoneError
of_transports: list[type[errors.TransportError]] = [
    errors.ConnectError,
    errors.TransportTimeout,
    errors.DeadlineExceeded,
]
of_values: list[type[ValueError]] = [errors.ConfigurationError, errors.PayloadError]
all_errors: list[type[EngagementError]] = [
    errors.APIStatusError,
    errors.ConfigurationError,
    errors.DomainLookupError,
    errors.StoreError,
    errors.TransportError,
    errors.VisitNotStartedError,
]


def validate(kind: Kind) -> None:
    """A payload can be checked without a client."""
    problems = check({"type": "cart"}, "sde", engine="jsonschema")
    assert_type(problems, list[Problem])
    assert_type(problems[0].pointer, str)
    assert_type(check([], kind, allow_unknown_keys=True, unauthenticated_messaging=True), list[Problem])
    assert_type(conforms({}, kind), bool)
    assert_type(kinds(), tuple[str, ...])


def keep() -> None:
    """Every store, with its arguments."""
    each: VisitStore
    for each in (
        MemoryStore(lifetime=60, clock=Clock()),
        SQLiteStore("visits.db", lifetime=None, mode=0o660, clock=Clock()),
        RedisStore("redis://127.0.0.1/0", prefix="visits", lifetime=60),
        EncryptedStore(MemoryStore(), b"key", key_secret="secret"),
        EncryptedStore(stores.MemoryStore(), ["new", "old"]),
        MappingStore({}),
        open_store("sqlite://"),
    ):
        EngagementClient("12345678", store=each)
        for key, record in each.items():
            assert_type(key, str)
            assert_type(record, VisitRecord)
        assert_type(each.purge(before=0), int)


async def keep_async() -> None:
    """An async client takes either kind of store."""
    redis: AsyncVisitStore = AsyncRedisStore("redis://127.0.0.1/0", prefix="visits", lifetime=None)
    for each in (redis, AsyncEncryptedStore(redis, "key"), open_async_store("memory://"), MyAsyncStore()):
        AsyncEngagementClient("12345678", store=each)
    async for key, record in redis.items():
        assert_type(key, str)
        assert_type(record, VisitRecord)


# ----------------------------------------------------------------------------------------------------- tests of others


def simulate() -> None:
    """The simulator, and its state after a call."""
    simulator = Simulator(
        campaigns=[Campaign(), Campaign(wants, {"skillName": None}, offers=False, title="loyal")],
        cold=1,
        script="503 x2 then 200",
        host="lp.example.com",
        seed=1,
        clock=Clock(),
        journal_limit=None,
        visitor_limit=None,
    )
    assert_type(Simulator.from_scenario({"cold": 1}, seed=1), Simulator)
    simulator.make_cold("12345678", times=2, visitor_id=False)
    simulator.script(None, [Fault(503, times=None), "loading", 429, {"status": 500}])
    simulator.script("12345678", Fault.drop(times=2, operation="updateSession"))
    simulator.clear_faults()
    try:
        assert_type(simulator.handle("GET", "/", {}, b""), SimulatedResponse)
    except (ConnectionCut, ScenarioError):
        simulator.reset()
    assert_type(simulator.journal, Journal)
    entry = simulator.journal.last("createSession")
    assert_type(entry, Entry)
    assert_type(simulator.journal.of("updateSession"), list[Entry])
    assert_type(simulator.journal.dropped, list[Dropped])
    assert_type(entry.answer, SimulatedResponse | None)
    assert_type(entry.sdes, list[dict[str, Any]])
    for visitor in simulator.visitors("12345678"):
        assert_type(visitor, Visitor)
        assert_type(visitor.sessions, dict[str, Session])
        assert_type(visitor.sessions["1"].seen_by_agent("messaging"), list[dict[str, Any]])
    assert_type(simulator.funnel("12345678"), dict[str, int])
    assert_type(simulator.clock, VirtualClock)
    simulator.clock.advance(3600)
    EngagementClient(transport=simulator.transport(), clock=simulator.clock)
    AsyncEngagementClient(transport=simulator.async_transport(), clock=simulator.clock.for_async)
    assert_type(simulator.transport(), SimulatorTransport)
    assert_type(simulator.async_transport(), AsyncSimulatorTransport)
    endpoint: Mountable = simulator
    assert_type(endpoint.clock, VirtualClock)
    assert_type(simulator.asgi(hosts=["localhost"]), SimulatorApp)
    with simulator.serve(port=0) as server:
        assert_type(server.url, str)


def wants(attributes: Sequence[Mapping[str, Any]], sections: Sequence[str]) -> bool:
    """A condition of a campaign is a function."""
    return bool(attributes or sections)


def draw() -> None:
    """The strategies are those of hypothesis."""
    assert_type(valid("sde", only="cart", wild=True), SearchStrategy[Any])
    assert_type(broken("impression"), SearchStrategy[Broken])
    assert_type(broken("sde").example().pointer, str)
    assert_type(types("sde"), tuple[str, ...])
    unknown: NotImplementedError = UnsupportedSchemaError("…")
    print(unknown)  # noqa: T201 - never executed


class TestMyStore(StoreConformance):
    """A store is tested against the promises by inheriting them."""

    lease = 0.5
    lifetime = 60.0

    def make_store(self) -> VisitStore:
        """Make it."""
        return MyStore()


def hold() -> None:
    """So it is without pytest, whichever kind of store it is."""
    try:
        check_store(MyStore, pass_time=Simulator().clock.advance, lease=1, lifetime=None)
        check_store(MyAsyncStore)
    except StoreConformanceError as error:
        failed: AssertionError = error
        print(failed)  # noqa: T201 - never executed


# --------------------------------------------------------------------------------------------------------- async


async def use_async() -> None:
    """The same with `await`."""
    async with AsyncEngagementClient("12345678") as client:
        assert_type(client, AsyncEngagementClient)
        visit = client.visit("customer-4711")
        assert_type(visit, AsyncVisit)
        engagement = await visit.get_engagement(sdes=[sde.lead()], sections=["Support"], app_details={})
        assert_type(engagement, Engagement)
        await visit.update(impressions=[engagement.displayed()])
        assert_type(await visit.call("updateSession"), models.EngagementAnswer | None)
        assert_type(await visit.ids(), VisitIds | None)
        assert_type(await visit.current_engagement(), Engagement | None)
        assert_type(await visit.get_engagement(reuse=True), Engagement)
        await visit.forget()
    await client.aclose()


def construct_async() -> None:
    """Every argument that differs."""
    AsyncEngagementClient(
        "12345678", transport=AsyncHttpxTransport(), clock=AsyncClock(), store="memory://", hooks=[watch]
    )
    AsyncEngagementClient("12345678", transport=Simulator().async_transport(), store=MemoryStore())
    AsyncEngagementClient("12345678", transport=MyAsyncTransport())
    AsyncEngagementClient("12345678", transport=AiohttpTransport())
    EngagementClient("12345678", transport=Urllib3Transport())
    HttpResponse(200, {}, bytes(MAX_RESPONSE_BYTES))


# ---------------------------------------------------------------------------------------- what others may implement


def watch(event: CallEvent) -> None:
    """A hook may be a function, whatever its parameter is called."""
    assert_type(event.operation, str)
    assert_type(event.pause, float | None)
    if event.name == "retry":
        return


class Watcher:
    """A hook may be an object."""

    def __call__(self, event: CallEvent) -> None:
        """Take note."""


hook: Hook = watch


class Clock:
    """A clock may be anything with these three."""

    def time(self) -> float:
        """The time."""
        return 0.0

    def monotonic(self) -> float:
        """The time, never set back."""
        return 0.0

    def sleep(self, seconds: float) -> None:
        """Wait."""


class AsyncClock:
    """A clock of an async client waits with `await`."""

    def time(self) -> float:
        """The time."""
        return 0.0

    def monotonic(self) -> float:
        """The time, never set back."""
        return 0.0

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class MyTransport:
    """A transport may be anything with these two."""

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Send."""
        return HttpResponse(200, dict(request.headers), request.content or b"")

    def close(self) -> None:
        """Close."""


class MyAsyncTransport:
    """So may an async one."""

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        """Send."""
        return HttpResponse(200, {}, b"")

    async def aclose(self) -> None:
        """Close."""


class MyStore:
    """A store may be anything with these."""

    def load(self, key: str) -> VisitRecord | None:
        """Load."""
        return None

    def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save."""
        return record

    def delete(self, key: str) -> None:
        """Delete."""

    def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Acquire."""
        return True

    def release(self, key: str, token: str) -> None:
        """Release."""

    def items(
        self, *, damaged: Callable[[str, errors.StoreError], object] | None = None
    ) -> Iterator[tuple[str, VisitRecord]]:
        """Everything."""
        yield from ()

    def purge(self, *, before: float, damaged: Callable[[str, errors.StoreError], object] | None = None) -> int:
        """Purge."""
        return 0

    def close(self) -> None:
        """Close."""


class MyAsyncStore:
    """So may an async one."""

    async def load(self, key: str) -> VisitRecord | None:
        """Load."""
        return None

    async def save(self, key: str, record: VisitRecord) -> VisitRecord | None:
        """Save."""
        return record

    async def delete(self, key: str) -> None:
        """Delete."""

    async def acquire(self, key: str, token: str, *, lease: float) -> bool:
        """Acquire."""
        return True

    async def release(self, key: str, token: str) -> None:
        """Release."""

    async def items(
        self, *, damaged: Callable[[str, errors.StoreError], object] | None = None
    ) -> AsyncIterator[tuple[str, VisitRecord]]:
        """Everything."""
        yield "key", VisitRecord()

    async def purge(self, *, before: float, damaged: Callable[[str, errors.StoreError], object] | None = None) -> int:
        """Purge."""
        return 0

    async def aclose(self) -> None:
        """Close."""


transport: Transport = MyTransport()
async_transport: AsyncTransport = MyAsyncTransport()
store: VisitStore = MyStore()
async_store: AsyncVisitStore = MyAsyncStore()
simulated: Transport = Simulator().transport()

# ------------------------------------------------------------------------------------- what must not pass the checker


def wrong_constructors() -> None:
    """Arguments that a checker can refuse."""
    EngagementClient("12345678", "EXTERNAL")  # type: ignore[call-arg]
    EngagementClient(12345678)  # type: ignore[arg-type]
    EngagementClient("12345678", transport=AsyncHttpxTransport())  # type: ignore[arg-type]
    EngagementClient("12345678", clock=AsyncClock())  # type: ignore[arg-type]
    EngagementClient("12345678", hooks=[len])  # type: ignore[list-item]
    EngagementClient("12345678", retry=(5, 10, 15))  # type: ignore[arg-type]
    EngagementClient("12345678", retries=3)  # type: ignore[call-arg]
    EngagementClient("12345678", store=5)  # type: ignore[arg-type]
    EngagementClient("12345678", store=AsyncRedisStore("redis://127.0.0.1"))  # type: ignore[arg-type]
    EncryptedStore(AsyncRedisStore("redis://127.0.0.1"), "key")  # type: ignore[arg-type]
    EncryptedStore("sqlite://", "key")  # type: ignore[arg-type]
    SQLiteStore(lifetime="60")  # type: ignore[arg-type]
    AsyncEngagementClient("12345678", transport=HttpxTransport())  # type: ignore[arg-type]
    AsyncEngagementClient("12345678", clock=Clock())  # type: ignore[arg-type]
    RetryPolicy(pauses=5)  # type: ignore[arg-type]


def wrong_calls(visit: Visit) -> None:
    """Calls that a checker can refuse."""
    visit.get_engagement([sde.lead()])  # type: ignore[call-arg]
    visit.get_engagement(sdes=sde.lead())  # type: ignore[arg-type]
    visit.get_engagement(sdes=["nonsense", 3])  # type: ignore[list-item]
    visit.get_engagement(sdes=[{"type": "cart", "total": 1, "numItem": 1}])  # type: ignore[list-item]
    visit.get_engagement(sdes=[{"type": "unknown"}])  # type: ignore[list-item]
    visit.update(impressions=[{"type": "lead"}])  # type: ignore[list-item]
    visit.get_engagement(sections=[1])  # type: ignore[list-item]
    visit.get_engagement(app_details="LINUX")  # type: ignore[arg-type]
    visit.get_engagement(engagement_attributes=[])  # type: ignore[call-arg]
    visit.update(page_id="1")  # type: ignore[call-arg]
    visit.call("updateSession", "text")  # type: ignore[arg-type]
    visit.call("updateSession", [sde.lead()])  # type: ignore[arg-type]


def wrong_simulations(simulator: Simulator) -> None:
    """Scenarios that a checker can refuse."""
    Simulator(loading=1)  # type: ignore[call-arg]
    Simulator(campaigns=Campaign())  # type: ignore[arg-type]
    Campaign(condition=lambda attributes: True)  # type: ignore[arg-type, misc]
    simulator.script("503")  # type: ignore[call-arg]
    simulator.transport().send(MyTransport(), timeout=1)  # type: ignore[arg-type]
    simulator.visitors("12345678")[0].sessions["1"].seen_by_agent("mail")  # type: ignore[arg-type]
    check({}, "sde", engine="fastjsonschema")  # type: ignore[arg-type]
    check_store(MyStore())  # type: ignore[arg-type]


async def wrong_awaits(client: AsyncEngagementClient) -> None:
    """The methods that are awaited, and those that are not."""
    visit = client.visit("key")
    visit.get_engagement()  # type: ignore[unused-coroutine]
    ids = visit.ids()
    print(ids.visitor_id)  # type: ignore[attr-defined]  # noqa: T201 - never executed
    with client:  # type: ignore[attr-defined]
        pass


def wrong_attributes() -> None:
    """Fields that the spec does not have, lacks, or has with another type."""
    sde.cart(total=1)  # type: ignore[call-arg]
    sde.cart(total="11.70", num_items=1)  # type: ignore[arg-type]
    sde.cart(total=1, num_items="1")  # type: ignore[arg-type]
    sde.personal(firstName="Sarah")  # type: ignore[call-arg]
    sde.personal(gender="female")  # type: ignore[arg-type]
    sde.mrkt_info(channel=5)  # type: ignore[arg-type]
    sde.mrkt_info(channel="1")  # type: ignore[arg-type]
    sde.mrkt_info(campaignID="x")  # type: ignore[call-arg]
    sde.service(status=11)  # type: ignore[arg-type]
    sde.loyalty(points=1)  # type: ignore[attr-defined]
    sde.product(nme="vase")  # type: ignore[call-arg]
    sde.product(price="11.70")  # type: ignore[arg-type]
    sde.purchased_cart()  # type: ignore[call-arg]
    sde.contact(phone_type="mobile")  # type: ignore[arg-type]
    sde.cart(total=1, num_items=1, products=sde.product())  # type: ignore[arg-type]
    sde.cart(total=1, num_items=1, products=[sde.contact()])  # type: ignore[list-item]
    sde.cart(total=1, num_items=1, products=[{"product": {"nme": "vase"}}])  # type: ignore[list-item]
    sde.personal(age=34)  # type: ignore[arg-type]
    models.CartSde(total=1)  # type: ignore[call-arg]
    models.AppDetails(os="TVOS")  # type: ignore[arg-type]


def wrong_results(engagement: Engagement) -> None:
    """Results cannot be changed, and ids of different kinds not be mixed up."""
    engagement.status = "Available"  # type: ignore[misc]
    engagement.details.campaign_id  # type: ignore[union-attr]  # noqa: B018 - never executed
    visitor: VisitorId = engagement.session_id  # type: ignore[assignment]
    session: SessionId = "a text of somewhere"  # type: ignore[assignment]
    VisitIds(visitor_id=session, session_id=visitor, page_id=None)  # type: ignore[arg-type]
