"""The code that is fed: the reading of answers, by both clients, and the reading and checking of payloads."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from lp_engagement import AsyncEngagementClient, EngagementClient, RetryPolicy
from lp_engagement._common.identifiers import usable_id
from lp_engagement.errors import EngagementError
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.transports import HttpResponse
from lp_engagement.validation import check, kinds
from lp_engagement.validation.documents import read_json
from lp_engagement.validation.quick import quick_json
from tests.helpers import FakeClock

from .mutate import damaged, text_of

if TYPE_CHECKING:
    from random import Random

    from lp_engagement.transports import HttpRequest

__all__ = ["TARGETS", "Answers", "Payloads"]


def texts(*documents: Any) -> tuple[str, ...]:
    """Write documents as JSON."""
    return tuple(map(json.dumps, documents))


ACCOUNT = "12345678"
KEY = f"{ACCOUNT}:customer"
VISITOR, SESSION, PAGE = "QyNzU2NmVhZWQ5OTk1", "mQ8WW3VE4a3R62HKFutpvw", "9363925328"
IDS = {"sessionId": SESSION, "visitorId": VISITOR, "pageId": PAGE}
DETAILS = {
    "campaignId": "3346848610",
    "engagementId": "3562981110",
    "contextId": "1",
    "windowId": "3346847910",
    "language": "en-US",
    "engagementRevision": 44,
    "validForSeconds": 900,
    "skillId": 23,
    "skillName": "TestSkill",
    "connectorId": "568046210",
}
ENTITY = {"time": 1500000000000, "message": f"Loading account: 1, vid: {VISITOR}", "internalCode": 20}
GOOD = texts(
    {"status": "Available", **IDS, "engagementDetails": DETAILS},
    {"status": "NotAvailable", **IDS},
    ENTITY,
    {"time": "2020-01-01", "message": f"no {VISITOR} /visitors/{VISITOR}?sid={SESSION}", "internalCode": 12},
    {"error": {"time": 1, "message": "gone", "internalCode": "39"}},
    {"time": 1, "message": "wrong", "internalCode": 4, "errors": [{"message": "x"}]},
)
WORDS = (
    "Available",
    "visitorId",
    "sessionId",
    "engagementDetails",
    "internalCode",
    "message",
    "error",
    "time",
    VISITOR,
)
STATUSES = (200, 200, 200, 200, 201, 202, 204, 304, 400, 401, 403, 404, 404, 404, 429, 500, 500, 503, 520, 600, 99)
RETRY_AFTER = ("", "0", "5", "-1", "1e9", "9" * 400, "\u0665", "tomorrow", "nan")


class Answers:
    """Feeds answers to the sync or, each twentieth time, the async client."""

    name = "answers"

    def __init__(self) -> None:
        """Make what all inputs share."""
        self._loop = asyncio.Runner()
        self._store = MemoryStore()
        self._answers: list[HttpResponse] = []
        options: dict[str, Any] = {
            "base_url": "https://lp.example.com",
            "store": self._store,
            "retry": RetryPolicy(pauses=(0, 0), rate_limited=True),
        }
        self._client = EngagementClient(ACCOUNT, transport=self, clock=FakeClock(), **options)
        self._async = AsyncEngagementClient(ACCOUNT, transport=_Async(self), clock=FakeClock().for_async, **options)

    def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:
        """Give the next answer; the last one again and again."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def close(self) -> None:
        """There is nothing to close."""

    def stop(self) -> None:
        """Close the event loop."""
        self._loop.close()

    def _answer(self, random: Random) -> HttpResponse:
        headers = {"content-type": "application/json"}
        if random.random() < 0.1:
            headers["retry-after"] = random.choice(RETRY_AFTER)
        content = text_of(random, damaged(random, random.choice(GOOD), WORDS))
        return HttpResponse(random.choice(STATUSES), headers, content)

    def feed(self, random: Random) -> int:
        """Make one call, with up to three answers; return how many there were.

        Raises:
            AssertionError: the ids that are stored afterwards cannot be ids.
            Exception: whatever is not an error of ours.
        """
        self._answers = [self._answer(random) for _ in range(random.choice((1, 1, 2, 3)))]
        count = len(self._answers)
        self._store.delete(KEY)
        if random.random() < 0.6:
            self._store.save(KEY, VisitRecord(VISITOR, SESSION, PAGE, updated_at=1.0))
        step = random.randrange(40)
        try:
            if step == 0:
                self._loop.run(self._async.visit("customer").update(sdes=[]))
            elif step == 1:
                self._loop.run(self._async.visit("customer").get_engagement())
            elif step < 12:
                self._client.visit("customer").update(sdes=[])
            else:
                self._client.visit("customer").get_engagement()
        except EngagementError as error:
            f"{error} {error!r}".encode()
        record = self._store.load(KEY)
        if record is not None:
            for each in (record.visitor_id, record.session_id, record.page_id):
                assert each is None or usable_id(each) is not None, "an id was stored that cannot be one"
            record.to_json().encode()
        assert self._store.acquire(KEY, "fuzz", lease=1), "a lease was left behind"
        self._store.release(KEY, "fuzz")
        return count


class _Async:
    def __init__(self, target: Answers) -> None:
        self._target = target

    async def send(self, request: HttpRequest, *, timeout: float) -> HttpResponse:  # noqa: ASYNC109 - the protocol
        return self._target.send(request, timeout=timeout)

    async def aclose(self) -> None:
        """There is nothing to close."""


PAYLOADS = texts(
    {
        "appType": "EXTERNAL",
        "consumerSections": ["Support", "English"],
        "appDetails": {"os": "LINUX", "appVersion": "1.0"},
        "engagementAttributes": [
            {"type": "personal", "personal": {"firstname": "Sarah", "gender": "FEMALE", "age": {"age": 34}}},
            {"type": "cart", "total": 11.7, "currency": "USD", "numItems": 1, "products": [{"product": {"name": "x"}}]},
            {"type": "ctmrinfo", "info": {"cstatus": "cancelled", "ctype": "vip", "balance": -400.99}},
        ],
    },
    {"pageId": PAGE, "engagementAttributes": [{"type": "lead", "lead": {"topic": "luxury", "value": 22.22}}]},
    {"type": "purchase", "total": 11.7, "orderId": "DRV1534XC"},
    [{"type": "error", "error": {"message": "x", "code": "er1"}}, {"type": "searched", "keywords": ["a", "b"]}],
)
KEYS = ("type", "cart", "total", "personal", "products", "engagementAttributes", "appType", "EXTERNAL", "ctmrinfo")
KINDS = (*kinds(), "auto")


class Payloads:
    """Feeds texts to the reader of payloads, and what it has read to the validator."""

    name = "payloads"

    def stop(self) -> None:
        """There is nothing to stop."""

    def feed(self, random: Random) -> int:
        """Read and check one input; return 1.

        Raises:
            AssertionError: the fast reader reads something else than the exact one.
            Exception: whatever the reader or the validator raises, for they must not.
        """
        text = text_of(random, damaged(random, random.choice(PAYLOADS), KEYS))
        document = read_json(text)
        try:
            quick = quick_json(text)
        except ValueError:
            pass
        else:
            assert document.readable, "the fast reader reads what the exact one refuses"
            assert repr(quick) == repr(document.value)
        for problem, span in document.faults:
            f"{problem}".encode()
            assert 0 <= span[0] <= len(document.text) + 1, "a place outside of the text"
        if document.readable:
            for problem in check(document.value, random.choice(KINDS), allow_unknown_keys=random.random() < 0.3):
                f"{problem}".encode()
        return 1


TARGETS = {each.name: each for each in (Answers, Payloads)}
