"""The errors: one tree of plain data that can be pickled, copied, printed and distinguished."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lp_engagement import errors
from lp_engagement._core import read_response
from lp_engagement.errors import (
    AccountLoadingError,
    APIStatusError,
    Attempt,
    BadRequestError,
    ConfigurationError,
    ConnectError,
    DeadlineExceeded,
    DomainLookupError,
    EngagementError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    SessionGoneError,
    StoreError,
    TransportError,
    TransportTimeout,
    UnauthorizedError,
    UnexpectedResponseError,
    VisitNotStartedError,
)
from lp_engagement.transports import HttpResponse
from lp_engagement.validation import check
from lp_engagement_client.facts import INTERNAL_CODE_HINTS, OPERATIONS
from tests.both import KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS = (
    Attempt(1, 500, "AccountLoadingError", 20, 0.25, pause=5),
    Attempt(2, None, "TransportTimeout", None, 10.0),
)
STATUS_ERRORS = [
    APIStatusError,
    AccountLoadingError,
    BadRequestError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    ServiceUnavailableError,
    SessionGoneError,
    UnauthorizedError,
]


def status_error(kind: type[APIStatusError]) -> APIStatusError:
    """An error with something in each of its fields."""
    return kind(
        status=500,
        operation="createSession",
        internal_code=20,
        server_message="Loading account: …",
        server_time="2026-11-01T10:00:00.000Z",
        hint="Try again.",
        retry_after=7.0,
        attempts=ATTEMPTS,
    )


SAMPLES: list[EngagementError] = [
    EngagementError("text", attempts=ATTEMPTS),
    ConfigurationError("text"),
    VisitNotStartedError("text"),
    StoreError("text"),
    PayloadError(check({"type": "cart", "total": "1"}, "sde")),
    TransportError("text", maybe_sent=True, retryable=False, attempts=ATTEMPTS),
    ConnectError("text", retryable=False, attempts=ATTEMPTS),
    TransportTimeout("text", maybe_sent=False, attempts=ATTEMPTS),
    DeadlineExceeded("text", maybe_sent=True, attempts=ATTEMPTS),
    UnexpectedResponseError("text", status=204, attempts=ATTEMPTS),
    DomainLookupError("text", status=200),
    *(status_error(kind) for kind in STATUS_ERRORS),
]


def named(value: Any) -> str:
    """The class's name, for the names of tests."""
    return type(value).__name__


def test_every_class_has_a_sample() -> None:
    """The tests below see every error class there is, and all are public."""
    classes = {each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, EngagementError)}
    assert {type(each) for each in SAMPLES} == classes
    assert {each.__name__ for each in classes} | {"Attempt", "CallMeta"} == set(errors.__all__)


# ------------------------------------------------------------------------------------------------------- plain data


@pytest.mark.parametrize("error", SAMPLES, ids=named)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(error: EngagementError, protocol: int) -> None:
    """A pickled error comes back as the same class with the same text and attributes."""
    assert_same(pickle.loads(pickle.dumps(error, protocol)), error)  # noqa: S301 - our own


@pytest.mark.parametrize("error", SAMPLES, ids=named)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy(error: EngagementError, duplicate: Any) -> None:
    """A copied error is the same class with the same text and attributes."""
    assert_same(duplicate(error), error)


def assert_same(copied: EngagementError, error: EngagementError) -> None:
    """See that one error is a faithful copy of another."""
    assert copied is not error
    assert type(copied) is type(error)
    assert (str(copied), repr(copied), copied.args) == (str(error), repr(error), error.args)
    assert vars(copied) == vars(error)


@pytest.mark.parametrize("error", SAMPLES, ids=named)
def test_attributes_are_plain(error: EngagementError) -> None:
    """Nothing live hangs on an error: its attributes are texts, numbers, and frozen records of these."""
    for value in vars(error).values():
        for each in value if isinstance(value, tuple) else (value,):
            assert each is None or isinstance(each, str | int | float | Attempt) or type(each).__name__ == "Problem"


@pytest.mark.parametrize("error", SAMPLES, ids=named)
def test_notes_and_causes_stay(error: EngagementError) -> None:
    """Errors work with notes, causes and groups as all exceptions do."""
    copied = copy.copy(error)
    copied.add_note("while testing")
    group = ExceptionGroup("several", [copied])
    assert group.subgroup(type(error)) is not None
    assert copied.__notes__ == ["while testing"]
    again = pickle.loads(pickle.dumps(copied))  # noqa: S301 - our own
    assert again.__notes__ == ["while testing"]


@pytest.mark.parametrize("error", SAMPLES, ids=named)
def test_text_and_repr(error: EngagementError) -> None:
    """Every error has a message and a repr that names its class, and neither raises for a half-made error."""
    assert str(error)
    assert type(error).__name__ in repr(error)
    half = type(error).__new__(type(error))
    assert isinstance(f"{half} {half!r}", str)


@pytest.mark.parametrize("kind", STATUS_ERRORS)
def test_repr_tells_what_happened(kind: type[APIStatusError]) -> None:
    """The repr of a refusal has its status and operation, as error trackers show the repr."""
    shown = repr(status_error(kind))
    assert "500" in shown
    assert "createSession" in shown


@given(
    st.builds(
        APIStatusError,
        status=st.integers(),
        operation=st.text(),
        internal_code=st.none() | st.integers(),
        server_message=st.none() | st.text(),
        server_time=st.none() | st.integers() | st.text(),
        hint=st.none() | st.text(),
        retry_after=st.none() | st.floats(),
    )
)
def test_text_never_raises(error: APIStatusError) -> None:
    """Whatever a server sends, the error has a message, and can be pickled."""
    assert str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


def test_text_of_a_refusal() -> None:
    """The text has operation, status, code, the server's words, the number of tries and the hint."""
    assert str(status_error(AccountLoadingError)) == (
        'createSession was answered with HTTP 500 (internal code 20): "Loading account: …"'
        ", after 2 attempts. Try again."
    )
    assert str(NotFoundError(status=404, operation="updateSession")) == "updateSession was answered with HTTP 404"


def test_text_of_a_bad_payload() -> None:
    """The text has place, message, hint and rule of each problem, and never a value."""
    error = PayloadError(check({"type": "personal", "personal": {"firstName": "CANARY", "age": "CANARY"}}, "sde"))
    assert "2 problems, nothing was sent" in str(error)
    assert "/personal/firstName" in str(error)
    assert "/personal/age" in str(error)
    assert "CANARY" not in str(error) + repr(error) + str(error.problems)
    assert [problem.name for problem in error.problems] == ["unknown-key", "not-object"]


# --------------------------------------------------------------------------------------------------------- the tree


@pytest.mark.parametrize(
    "kind, parents",
    [
        (ConfigurationError, (EngagementError, ValueError)),
        (PayloadError, (EngagementError, ValueError)),
        (VisitNotStartedError, (EngagementError,)),
        (StoreError, (EngagementError,)),
        (TransportError, (EngagementError,)),
        (ConnectError, (TransportError,)),
        (TransportTimeout, (TransportError,)),
        (DeadlineExceeded, (TransportError,)),
        (UnexpectedResponseError, (EngagementError,)),
        (DomainLookupError, (UnexpectedResponseError,)),
        (APIStatusError, (EngagementError,)),
        (BadRequestError, (APIStatusError,)),
        (UnauthorizedError, (APIStatusError,)),
        (NotFoundError, (APIStatusError,)),
        (RateLimitedError, (APIStatusError,)),
        (ServerError, (APIStatusError,)),
        (ServiceUnavailableError, (ServerError,)),
        (AccountLoadingError, (ServerError,)),
    ],
)
def test_tree(kind: type[EngagementError], parents: tuple[type[Exception], ...]) -> None:
    """`except` with a parent catches its children, and no other error."""
    assert kind.__bases__ == parents
    assert issubclass(kind, TransportError) + issubclass(kind, APIStatusError) <= 1


def test_connect_error_says_that_nothing_was_sent() -> None:
    """Whether the server may have acted is said by every transport error."""
    assert not ConnectError("text").maybe_sent
    assert TransportTimeout("text", maybe_sent=True).maybe_sent


# ------------------------------------------------------------------------------------------------- from the answers


def failure(status: int, body: Any = b"", operation: str = "createSession", **headers: str) -> EngagementError | None:
    """The class of an answer; a body that is not bytes is written as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_response.failure(read_response.read(HttpResponse(status, headers, content), operation), operation)


def refused(status: int, body: Any = b"", **headers: str) -> APIStatusError:
    """The refusal that an answer stands for."""
    error = failure(status, body, **headers)
    assert isinstance(error, APIStatusError)
    return error


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "status, kind",
    [
        (400, BadRequestError),
        (401, UnauthorizedError),
        (403, APIStatusError),
        (404, NotFoundError),
        (429, RateLimitedError),
        (451, APIStatusError),
        (499, APIStatusError),
        (500, ServerError),
        (502, ServerError),
        (503, ServiceUnavailableError),
        (504, ServerError),
        (520, ServerError),
        (599, ServerError),
    ],
)
def test_class_by_status(operation: str, status: int, kind: type[APIStatusError]) -> None:
    """Each status has its class in each operation, also one that no standard knows, as gateways send them."""
    error = failure(status, operation=operation)
    assert type(error) is kind
    assert isinstance(error, APIStatusError)
    assert (error.status, error.operation) == (status, operation)


@pytest.mark.parametrize("status", [100, 101, 199, 300, 301, 304, 308, 399, 600, 999, 0])
def test_status_that_is_no_answer(status: int) -> None:
    """An answer that is neither a success nor an error is unexpected."""
    error = failure(status)
    assert type(error) is UnexpectedResponseError
    assert error.status == status


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
@pytest.mark.parametrize("body", [b"", b"<html>", {"status": "Available"}, {"message": "fine"}])
def test_success(status: int, body: Any) -> None:
    """A 2xx without an internal code is a success, whatever its body."""
    assert failure(status, body) is None


def test_202_loading() -> None:
    """A 202 with code 38 is a loading account, not a success."""
    error = refused(202, {"message": "Loading account: 12345678, vid: v", "internalCode": 38})
    assert type(error) is AccountLoadingError
    assert (error.status, error.internal_code) == (202, 38)


@pytest.mark.parametrize("code", [20, "20", 20.0])
def test_loading(code: Any) -> None:
    """500 with code 20 is a loading account, and its hint says that it is normal."""
    error = refused(500, {"message": "Loading account: , vid: ", "internalCode": code})
    assert type(error) is AccountLoadingError
    assert "normal" in (error.hint or "")


@pytest.mark.parametrize("status", [400, 404])
def test_4xx_with_the_code_of_loading(status: int) -> None:
    """A 4xx stays what its status says, whatever its code."""
    assert not isinstance(failure(status, {"internalCode": 20}), ServerError)


def test_hint_depends_on_the_status() -> None:
    """Code 18 means one thing with 404, another with 500, and nothing that is known with others."""
    not_found, server, other = (refused(status, {"internalCode": 18}).hint for status in (404, 500, 400))
    assert not_found == INTERNAL_CODE_HINTS[18, 404]
    assert server == INTERNAL_CODE_HINTS[18, 500]
    assert not_found != server
    assert other is None


@pytest.mark.parametrize("code", sorted({code for code, status in INTERNAL_CODE_HINTS if status is None}))
def test_hint_by_code(code: int) -> None:
    """Each code of the spec has its hint in the text."""
    hint = INTERNAL_CODE_HINTS[code, None]
    assert refused(400, {"internalCode": code}).hint == hint
    assert hint in str(refused(400, {"internalCode": code}))


def test_unknown_code() -> None:
    """A code that nobody knows is kept, without a hint."""
    error = refused(400, {"internalCode": 987})
    assert (error.internal_code, error.hint) == (987, None)


@pytest.mark.parametrize(
    "entity, code, time",
    [
        ({"time": 1469543282471, "message": "Illegal Version", "internalCode": 33}, 33, 1469543282471),
        ({"time": "1469543282471", "message": "Illegal Version", "internalCode": "33"}, 33, 1469543282471),
        (
            {"error": {"time": "2026-11-01T10:00:00.000Z", "message": "Illegal Version", "internalCode": "33"}},
            33,
            "2026-11-01T10:00:00.000Z",
        ),
        ({"error": {"message": "Illegal Version", "internalCode": 33}}, 33, None),
        ({"message": "Illegal Version", "internalCode": "not a number"}, None, None),
        ({"message": "Illegal Version", "internalCode": True}, None, None),
        ({"message": "Illegal Version", "internalCode": None, "time": None}, None, None),
        ({"message": "Illegal Version", "internalCode": [33], "time": {}}, None, None),
        ({"error": "text", "message": "Illegal Version", "internalCode": 33}, 33, None),
    ],
)
def test_entity(entity: Any, code: int | None, time: int | str | None) -> None:
    """Flat and nested errors are read the same way, numbers in strings too; nonsense is left out."""
    error = refused(400, entity)
    assert (error.internal_code, error.server_time, error.server_message) == (code, time, "Illegal Version")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<html><body>503 Service Temporarily Unavailable</body></html>",
        b"null",
        b"[]",
        b"[1]",
        b"5",
        b'"text"',
        b"{",
        b"{}",
        b'{"error": null}',
        b'{"error": []}',
        b'{"message": null}',
        b'{"message": {"a": 1}}',
        b"\xff\xfe\x00",
        b"NaN",
        b"[" * 200_000,
        b'{"internalCode": ' + b"9" * 10_000 + b"}",
        b'{"internalCode": 1e999, "time": -1e999}',
    ],
    ids=range(19),
)
@pytest.mark.parametrize("status", [404, 503])
def test_body_that_is_no_entity(status: int, body: bytes) -> None:
    """An empty body, a proxy's HTML or any rubbish never hides the status, and none of it is in the text."""
    error = refused(status, body)
    assert (error.status, error.server_message) == (status, None)
    assert "html" not in str(error)


@pytest.mark.parametrize(
    "header, seconds",
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("1.5", 1.5),
        ("1.5.5", None),
        ("Wed, 21 Oct 2026", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT" * 1000, None),
        ("٣", None),
        ("9" * 9, None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    """`Retry-After` is read in seconds; a date without a `Date` beside it, or nonsense, is not."""
    assert refused(503, **{"retry-after": header}).retry_after == seconds


@pytest.mark.parametrize(
    "until, seconds",
    [
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2026 09:28:30 +0200", 30),
        ("Wed, 21 Oct 2026 07:27:00 GMT", 0),
        ("Wed, 99 Oct 2026 07:27:00 GMT", None),
    ],
)
def test_retry_after_a_date(until: str, seconds: float | None) -> None:
    """A date is read as the time from the answer's own `Date`, so a clock that is wrong here does not matter."""
    headers = {"retry-after": until, "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert refused(503, **headers).retry_after == seconds


# --------------------------------------------------------------------------------------------------- in real calls


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


def test_error_of_a_call_can_leave_the_process(maker: Maker) -> None:
    """The error of a real call, with its tries, survives pickle and deepcopy."""
    answer = HttpResponse(500, {}, b'{"message":"Loading account: , vid: ","internalCode":20}')
    visit = maker.client(answer=lambda _: answer).visit()
    with pytest.raises(AccountLoadingError) as caught:
        visit.get_engagement()
    error = caught.value
    assert [attempt.internal_code for attempt in error.attempts] == [20] * 4
    assert_same(pickle.loads(pickle.dumps(error)), error)  # noqa: S301 - our own
    assert_same(copy.deepcopy(error), error)


# ------------------------------------------------------------------------------------------------------ the base


def drawn(kind: type[EngagementError], indent: str = "    ") -> Iterator[str]:
    """The tree below a class, a line for each, in the order of the module."""
    yield indent + kind.__name__
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from drawn(child, indent + "    ")


def test_tree_is_the_one_that_is_drawn() -> None:
    """The drawing in the docstring of the module shows the classes as they are."""
    drawing = [line for line in (errors.__doc__ or "").splitlines() if line.startswith("    ")]
    assert drawing == list(drawn(EngagementError))


@pytest.mark.parametrize("name", ["maybe_sent", "status", "internal_code", "retry_after", "retryable", "attempts"])
def test_every_error_has_what_the_base_declares(name: str) -> None:
    """A handler of `EngagementError` can read these without asking for the class: each error has them."""
    made = [StoreError("x"), PayloadError([]), UnexpectedResponseError("x"), ConnectError("x"), ConfigurationError("x")]
    values = [getattr(error, name) for error in [*made, ServerError(status=500, operation="getDomain")]]
    assert len(values) == len(made) + 1


@pytest.mark.parametrize(
    "error, expected",
    [
        (PayloadError([]), False),
        (ConfigurationError("x"), False),
        (VisitNotStartedError("x"), False),
        (DomainLookupError("x"), False),
        (ConnectError("x"), False),
        (UnexpectedResponseError("x"), True),
        (BadRequestError(status=400, operation="updateSession"), True),
    ],
)
def test_maybe_sent_of_every_class(error: EngagementError, *, expected: bool) -> None:
    """`maybe_sent` is false for what is raised before anything is sent, and true where the server has answered."""
    assert error.maybe_sent is expected
