"""Whatever JSON a server answers with: only errors of the SDK, and no id that was named is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lp_engagement import EngagementError
from lp_engagement._common import identifiers
from lp_engagement._core import read_response
from lp_engagement.stores import MemoryStore, VisitRecord
from lp_engagement.transports import HttpResponse
from lp_engagement_client import models, values
from lp_engagement_client.facts import FIELDS
from tests.both import ACCOUNT, KINDS, Kind, Maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement import HttpRequest

HUGE = [10**400, -(10**400), 2**63, 2**1024, 1e308, -1e308, 10**30, 0, -1, 0.5, 1e-320]
TEXTS = st.text() | st.sampled_from(
    ["", "null", "..", "\ud800", "a" * 5000, "9" * 40, "Available", "NotAvailable", "\x1b[2J\n"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.sampled_from(HUGE) | st.floats() | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
DETAILS = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS["EngagementDetails"].values(), JSON))
GOOD = {"status": "Available", "visitorId": "new-visitor", "sessionId": "new-session", "pageId": "77"}
MANY = settings(suppress_health_check=[HealthCheck.too_slow])


def entity(names: list[str]) -> st.SearchStrategy[Any]:
    """An object with any of the fields that the spec names, and any other body now and then."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON)) | JSON


ERRORS = entity([*FIELDS["ErrorEntity"].values(), *FIELDS["NestedError"].values(), "vid", "visitorId"])
STATUSES = st.sampled_from([200, 202, 301, 400, 401, 404, 418, 429, 500, 503, 599, 600, 999])


def called(kind: Kind, calls: str, answer: Callable[[HttpRequest], HttpResponse], **options: Any) -> VisitRecord:
    """Make calls whose errors are ours, and return what the store has then."""
    store = MemoryStore()
    store.save(f"{ACCOUNT}:customer-4711", VisitRecord("xyz", "abc", "1"))
    with Maker(kind) as maker:
        visit = maker.client(answer=answer, store=store, **options).visit()
        for name in calls.split():
            try:
                getattr(visit, name)()
            except EngagementError as error:
                text = str(error)
                assert text.isprintable(), text
    return store.load(f"{ACCOUNT}:customer-4711") or VisitRecord()


def answering(status: int, body: Any) -> Callable[[HttpRequest], HttpResponse]:
    """A server that answers so."""
    content = json.dumps(body).encode()
    return lambda _: HttpResponse(status, {}, content)


@MANY
@pytest.mark.parametrize("kind", KINDS)
@given(field=st.sampled_from([*FIELDS["EngagementAnswer"].values(), "other"]), value=JSON)
def test_any_field_of_an_answer(kind: Kind, field: str, value: Any) -> None:
    """Whatever one field holds, the ids that can be read are saved, and the next call uses them."""
    record = called(
        kind, "get_engagement get_engagement", answering(200, {**GOOD, "engagementDetails": {}, field: value})
    )
    if field != "visitorId":
        assert record.visitor_id == "new-visitor"
    if field not in {"visitorId", "sessionId"}:
        assert record.session_id == "new-session"


@MANY
@pytest.mark.parametrize("kind", KINDS)
@given(details=DETAILS | JSON)
def test_any_details(kind: Kind, details: Any) -> None:
    """Whatever the details of an engagement are, the ids of the visit are saved."""
    record = called(kind, "get_engagement get_engagement", answering(200, {**GOOD, "engagementDetails": details}))
    assert (record.visitor_id, record.session_id) == ("new-visitor", "new-session")


@MANY
@pytest.mark.parametrize("kind", KINDS)
@given(status=STATUSES, body=ERRORS)
def test_any_error(kind: Kind, status: int, body: Any) -> None:
    """Whatever an error holds, to a POST and to a PUT, it is one of ours, on one line."""
    called(kind, "get_engagement update get_engagement", answering(status, body))


@MANY
@pytest.mark.parametrize("kind", KINDS)
@given(status=STATUSES, body=entity([*FIELDS["Domain"].values()]))
def test_any_answer_of_the_domain_api(kind: Kind, status: int, body: Any) -> None:
    """Whatever the Domain API says, an error of ours is the worst that happens."""
    called(kind, "get_engagement update", answering(status, body), domain=None)


@MANY
@given(content=st.binary(max_size=200), status=STATUSES)
def test_any_bytes(content: bytes, status: int) -> None:
    """Bytes that are no JSON do no more harm."""
    called("sync", "get_engagement update", lambda _: HttpResponse(status, {}, content))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", HUGE)
@pytest.mark.parametrize("name", FIELDS["EngagementDetails"].values())
def test_huge_numbers(kind: Kind, name: str, value: float) -> None:
    """A number beyond what a float, a date or an id can be costs that field, and not the ids."""
    body = {**GOOD, "engagementDetails": {"campaignId": "1", name: value}}
    record = called(kind, "get_engagement get_engagement", answering(200, body))
    assert (record.visitor_id, record.session_id) == ("new-visitor", "new-session")


@given(JSON)
def test_numbers_are_bounded_when_read(value: Any) -> None:
    """No reader of single values raises, or returns a number that does not fit into a float."""
    for read in (values.integer, values.number, values.integer_or_text):
        found = read(value)
        assert found is None or isinstance(found, str) or abs(float(found)) <= values.LARGEST
    assert models.EngagementDetails.from_dict(value) is not None


# ------------------------------------------------------------------------------------------------ linear

CLASSES = [
    "a",
    "A",
    "1",
    "-",
    "_",
    ".",
    "/",
    "@",
    "=",
    "%41",
    " ",
    "\t",
    "{",
    '"',
    "\\",
    "\u202e",
    "ü",
    "vid:",
    "vid: ",
    "a1-",
]


def named_by(content: bytes) -> str | None:
    """The visitor id that a failed answer names."""
    return read_response.loading_visitor_id(read_response.read(HttpResponse(500, {}, content), "createSession"))


@pytest.mark.parametrize("pattern", CLASSES)
def test_long_texts_are_cut_before_they_are_searched(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a message is, the pattern for visitor ids sees a few thousand characters, once for each place."""
    seen: list[int] = []

    class Counting:
        def search(self, text: str) -> None:
            seen.append(len(text))

    monkeypatch.setattr(read_response, "_LOADING_VISITOR_ID", Counting())
    for size in (1_000, 100_000, 1_000_000):
        text = (pattern * size)[:size]
        for body in ({"message": text}, {"error": {"message": text}}, {"error": text}):
            named_by(json.dumps(body).encode())
        named_by(text.encode())
        assert sum(seen) <= 4 * 4096
        seen.clear()


@pytest.mark.parametrize("pattern", CLASSES)
def test_long_ids_are_measured_before_they_are_matched(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that is too long is refused by its length, and no pattern sees it."""
    seen: list[int] = []

    class Counting:
        def search(self, text: str) -> None:
            seen.append(len(text))

    monkeypatch.setattr(identifiers, "_UNFILLED", Counting())
    for size in (100, 1_000, 1_000_000):
        identifiers.usable_id((pattern * size)[:size])
    assert all(length <= identifiers.LONGEST_ID for length in seen)
