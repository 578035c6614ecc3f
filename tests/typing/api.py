"""Typed uses of the public API. Never executed: mypy reads it, with `warn_unused_ignores`.

The first half must pass; each `type: ignore` of the second half must be needed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_type

from lp_engagement import (
    DOCUMENTED,
    NEVER,
    AsyncEngagementClient,
    AsyncTransport,
    AsyncVisit,
    CallEvent,
    Engagement,
    EngagementClient,
    EngagementDetails,
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
)
from lp_engagement.simulator import Simulator
from lp_engagement.stores import MemoryStore, SQLiteStore, VisitRecord, VisitStore, open_store
from lp_engagement.transport import AsyncHttpxTransport, HttpxTransport
from lp_engagement.validation import Problem, check
from lp_engagement_client import models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

# ---------------------------------------------------------------------------------------------------------- sync


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
        ids = visit.ids
        assert_type(ids, VisitIds | None)
        if ids is not None:
            assert_type(ids.visitor_id, VisitorId)
            assert_type(ids.session_id, SessionId | None)
            assert_type(ids.campaign_id, str | None)
        visit.forget()
    client.close()


def construct() -> None:
    """Every argument of the constructor, in each of its forms."""
    EngagementClient()
    EngagementClient(None, domain="lp.example.com", app_type="MSDK")
    EngagementClient(
        "12345678",
        app_type="EXTERNAL",
        base_url="https://lp.example.com",
        store=MemoryStore(),
        retry=RetryPolicy(pauses=(1, 2.5), rate_limited=True, unanswered=True),
        deadline=30,
        timeout=2.5,
        transport=HttpxTransport(),
        application_id="my-app/1.2",
        hooks=[watch, Watcher(), print],
        sleep=[0.0].append,
        clock=Clock(),
    )
    EngagementClient("12345678", store="memory://", retry=NEVER, transport=Simulator().transport())
    EngagementClient("12345678", store=SQLiteStore("visits.db"), retry=DOCUMENTED, hooks=())
    EngagementClient("12345678", store=open_store("memory://"), transport=MyTransport())


def attributes(visit: Visit) -> None:
    """Builders, models, dicts and a mixture of them, in a list or a tuple."""
    visit.get_engagement()
    visit.get_engagement(sdes=None, sections=None, app_details=None)
    visit.get_engagement(sdes=({"type": "cart", "total": 1, "numItems": 1},), sections=("Support",))
    visit.get_engagement(app_details=models.AppDetails(os="LINUX", device_family="MOBILE"))
    visit.get_engagement(
        sdes=[
            sde.cart(total=Decimal("11.70"), num_items=0, products=[{"product": {"name": "plan"}}]),
            sde.cart(total=1, num_items=1, products=[models.CartProduct(product=models.Product(price=7.8))]),
            sde.purchase(total=None, order_id="D1", cart={"products": []}),
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
    visit.update(sdes=[sde.cart(total=1, num_items=1)], impressions=[models.ImpClose(campaign=1, eng_id=2, revision=3)])


def results(engagement: Engagement) -> None:
    """What an engagement is made of."""
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
    """What errors tell."""
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


def validate() -> None:
    """A payload can be checked without a client."""
    problems = check({"type": "cart"}, "sde", engine="jsonschema")
    assert_type(problems, list[Problem])
    assert_type(problems[0].pointer, str)


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
        assert_type(await visit.ids, VisitIds | None)
        await visit.forget()
    await client.close()


def construct_async() -> None:
    """Every argument that differs."""
    AsyncEngagementClient("12345678", transport=AsyncHttpxTransport(), sleep=pause, store="memory://", hooks=[watch])
    AsyncEngagementClient("12345678", transport=Simulator().async_transport(), store=MemoryStore())
    AsyncEngagementClient("12345678", transport=MyAsyncTransport())


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


async def pause(seconds: float) -> None:
    """A pause may be a coroutine function."""


class Clock:
    """A clock may be anything with these two."""

    def time(self) -> float:
        """The time."""
        return 0.0

    def monotonic(self) -> float:
        """The time, never set back."""
        return 0.0


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

    def items(self) -> Iterator[tuple[str, VisitRecord]]:
        """Everything."""
        yield from ()

    def purge(self, *, before: float) -> int:
        """Purge."""
        return 0

    def close(self) -> None:
        """Close."""


transport: Transport = MyTransport()
async_transport: AsyncTransport = MyAsyncTransport()
store: VisitStore = MyStore()
simulated: Transport = Simulator().transport()

# ------------------------------------------------------------------------------------- what must not pass the checker


def wrong_constructors() -> None:
    """Arguments that a checker can refuse."""
    EngagementClient("12345678", "EXTERNAL")  # type: ignore[call-arg]
    EngagementClient(12345678)  # type: ignore[arg-type]
    EngagementClient("12345678", transport=AsyncHttpxTransport())  # type: ignore[arg-type]
    EngagementClient("12345678", sleep=pause)  # type: ignore[arg-type]
    EngagementClient("12345678", hooks=[len])  # type: ignore[list-item]
    EngagementClient("12345678", retry=(5, 10, 15))  # type: ignore[arg-type]
    EngagementClient("12345678", retries=3)  # type: ignore[call-arg]
    EngagementClient("12345678", store=5)  # type: ignore[arg-type]
    AsyncEngagementClient("12345678", transport=HttpxTransport())  # type: ignore[arg-type]
    AsyncEngagementClient("12345678", sleep=[0.0].append)  # type: ignore[arg-type]
    RetryPolicy(pauses=5)  # type: ignore[arg-type]


def wrong_calls(visit: Visit) -> None:
    """Calls that a checker can refuse."""
    visit.get_engagement([sde.lead()])  # type: ignore[call-arg]
    visit.get_engagement(sdes=sde.lead())  # type: ignore[arg-type]
    visit.get_engagement(sections=[1])  # type: ignore[list-item]
    visit.get_engagement(app_details="LINUX")  # type: ignore[arg-type]
    visit.get_engagement(engagement_attributes=[])  # type: ignore[call-arg]
    visit.update(page_id="1")  # type: ignore[call-arg]
    visit.ids = None  # type: ignore[misc]


async def wrong_awaits(client: AsyncEngagementClient) -> None:
    """What is awaited, and what is not."""
    visit = client.visit("key")
    visit.get_engagement()  # type: ignore[unused-coroutine]
    ids = visit.ids
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
    models.CartSde(total=1)  # type: ignore[call-arg]
    models.AppDetails(os="TVOS")  # type: ignore[arg-type]


def wrong_results(engagement: Engagement) -> None:
    """Results cannot be changed, and ids of different kinds not be mixed up."""
    engagement.status = "Available"  # type: ignore[misc]
    engagement.details.campaign_id  # type: ignore[union-attr]  # noqa: B018 - never executed
    visitor: VisitorId = engagement.session_id  # type: ignore[assignment]
    session: SessionId = "a text of somewhere"  # type: ignore[assignment]
    VisitIds(visitor_id=session, session_id=visitor, page_id=None)  # type: ignore[arg-type]
