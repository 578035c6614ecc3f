"""Faults of answers: HTTP, bodies, encodings, retries, and what the server says about the visit."""

from __future__ import annotations

import gzip
import json
import zlib
from functools import partial
from typing import Any

from .case import KNOWN, A, Ask, B, Case, Expect, fails, gives
from .scripted import Flood, Script, close, document, good, http, reset

__all__ = ["CASES"]

YES = good(A)
JSON = json.dumps(document(A)).encode()
YES_KNOWN = good(KNOWN)
UPDATE = (Ask("update"),)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(JSON)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BROKEN = fails("TransportError|UnexpectedResponseError", maybe_sent=None)
STRANGE = fails("UnexpectedResponseError")


def chunks(data: bytes, size: int = 7) -> bytes:
    """Write chunks without the last one."""
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


def one(group: str, name: str, answer: Any, expect: Expect, **options: Any) -> Case:
    """Make a case of one answer, given again and again; steps in a tuple are done one after another."""
    return Case(group, name, Script((answer if isinstance(answer, tuple) else (answer,),)), expect, **options)


def several(group: str, name: str, answers: tuple[Any, ...], expect: Expect, **options: Any) -> Case:
    """Make a case of an answer to each request."""
    turns = tuple(each if isinstance(each, tuple) else (each,) for each in answers)
    return Case(group, name, Script(turns), expect, **options)


# ------------------------------------------------------------------------------------------------------------ HTTP

web = partial(one, "HTTP")
HTTP = [
    web("reset in the body", (YES[:-9], reset), BROKEN),
    web("closed before the length is reached", (YES[:-9], close), BROKEN),
    web("closed in the status line", (b"HTTP/1.", close), BROKEN),
    web("closed in the headers", (HEAD, close), BROKEN),
    web("closed in a header", (HEAD + b"X-Y", close), BROKEN),
    web("a chunk that is cut", (HEAD + CHUNKED + b"\r\nff\r\n{", close), BROKEN),
    web("chunks without an end", (HEAD + CHUNKED + b"\r\n" + chunks(JSON), close), BROKEN),
    web("a bad chunk size", (HEAD + CHUNKED + b"\r\nxyz\r\n{}\r\n0\r\n\r\n", close), BROKEN),
    web("a negative chunk size", (HEAD + CHUNKED + b"\r\n-5\r\n{}\r\n0\r\n\r\n", close), BROKEN),
    web("a chunk size of 1 000 digits", (HEAD + CHUNKED + b"\r\n" + b"f" * 1000 + b"\r\n{}", close), BROKEN),
    web("chunks, good, with trailers", HEAD + CHUNKED + b"\r\n" + chunks(JSON) + b"0\r\nX-Y: z\r\n\r\n", gives()),
    web("chunks of one byte", HEAD + CHUNKED + b"\r\n" + chunks(JSON, 1) + b"0\r\n\r\n", gives()),
    web("Content-Length: abc", http(200, JSON, length="abc"), BROKEN),
    web("Content-Length: -5", http(200, JSON, length=-5), BROKEN),
    web("Content-Length of 22 digits", (http(200, JSON, length="9" * 22), close), BROKEN),
    web("Content-Length of 5 000 digits", (http(200, JSON, length="9" * 5000), close), BROKEN),
    web("two different lengths", http(200, JSON, "Content-Length: 3"), BROKEN),
    web(
        "length and chunks",
        HEAD + LENGTH + CHUNKED + b"\r\n" + chunks(JSON) + b"0\r\n\r\n",
        fails("|TransportError|UnexpectedResponseError", visitors={}),
    ),
    web("no length, ended by closing", (HEAD + b"\r\n" + JSON, close), gives()),
    web("length shorter than the body", http(200, JSON, length=9), STRANGE),
    web("a status line of garbage", (b"garbage\r\n\r\n", close), BROKEN),
    web("HTTP/1.1 42 X", (http("HTTP/1.1 42 X", JSON), close), BROKEN),
    web("ICY 200 OK", (http("ICY 200 OK", JSON), close), BROKEN),
    web("HTTP/0.9", (b"<html>0.9</html>", close), BROKEN),
    web(
        "HTTP/3.7",
        (http("HTTP/3.7 200 OK", JSON), close),
        fails("|TransportError|UnexpectedResponseError", visitors={}),
    ),
    web("HTTP/2 preface", (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, close), BROKEN),
    web("HTTP/1.0", (http("HTTP/1.0 200 OK", JSON), close), gives()),
    web("a status line without a reason", http("HTTP/1.1 200", JSON), gives()),
    web("status 999", http(999, JSON), BROKEN),
    web("status 600", http(600, JSON), BROKEN),
    web("status 299", http(299, JSON), gives()),
    web("a header without a colon", (HEAD + b"nonsense\r\n" + LENGTH + b"\r\n" + JSON, close), BROKEN),
    web("a NUL in a header", (HEAD + b"X: a\x00b\r\n" + LENGTH + b"\r\n" + JSON, close), BROKEN),
    web("a header that is not ASCII", http(200, JSON, "X-Y: \xe4\xf6\xfc\xff"), gives()),
    web("an empty header name", (HEAD + b": x\r\n" + LENGTH + b"\r\n" + JSON, close), BROKEN),
    web(
        "a header of 40 KB",
        http(200, JSON, f"X-Y: {'z' * 40_000}"),
        fails("|TransportError|UnexpectedResponseError", visitors={}),
    ),
    web("an endless header", (HEAD + b"X: ", Flood(b"y" * 65536)), BROKEN, peak=16, quick=False),
    web("endless headers", (HEAD, Flood(b"X: y\r\n" * 1000)), BROKEN, peak=16, quick=False),
    web("an endless status line", (Flood(b"H" * 65536),), BROKEN, peak=16, quick=False),
    web("endless trailers", (HEAD + CHUNKED + b"\r\n0\r\n", Flood(b"X: y\r\n" * 1000)), BROKEN, peak=16, quick=False),
    web(
        "2 000 headers",
        http(200, JSON, *[f"X-{number}: y" for number in range(2000)]),
        fails("|TransportError|UnexpectedResponseError", visitors={}),
    ),
    web(
        "line ends without CR",
        YES.replace(b"\r\n", b"\n"),
        fails("|TransportError|UnexpectedResponseError", visitors={}),
    ),
    web("a folded header", HEAD + b"X: y\r\n z\r\n" + LENGTH + b"\r\n" + JSON, gives()),
    web("101, not requested", http("HTTP/1.1 101 Switching Protocols", b"", "Upgrade: x", length=None), BROKEN),
    web(
        "100 and 103 before the answer",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + YES,
        gives(),
    ),
    web("204 to a request for an engagement", http(204, length=None), STRANGE),
    web("204 to an update", http(204, length=None), gives(), steps=UPDATE, known=True),
    web("205 to an update", http(205), gives(), steps=UPDATE, known=True),
    web("202 to an update", http(202), gives(), steps=UPDATE, known=True),
    web("304", http(304, length=None), STRANGE),
    *(
        web(f"redirected by {status}", http(status, b"", "Location: /evil"), STRANGE)
        for status in (301, 302, 303, 307, 308)
    ),
    web("redirected without a location", http(302), STRANGE),
    web("redirected, an update", http(307, b"", "Location: /evil"), STRANGE, steps=UPDATE, known=True),
    web("a cookie", http(200, JSON, "Set-Cookie: visitor=Y0NDhhNWJkMGQ0ZGI2; Path=/"), gives()),
]

# ------------------------------------------------------------------------------------------------------------ body

body = partial(one, "body")


def json_of(**members: Any) -> bytes:
    """Write the usual answer with other members."""
    return http(200, {**document(A), **members})


def raw(name: str, value: str) -> bytes:
    """Write the usual answer with a member that is written as it is."""
    return http(200, json.dumps(document(A))[:-1] + f', "{name}": {value}}}')


def details(name: str, value: str) -> bytes:
    """Write an available engagement with a member that is written as it is."""
    return http(
        200,
        json.dumps({**document(A), "status": "Available"})[:-1]
        + f', "engagementDetails": {{"campaignId": "1", "engagementId": "2", "{name}": {value}}}}}',
    )


LONG_DIGITS = "9" * 400
BODY = [
    body("malformed JSON", http(200, "{"), STRANGE),
    body("HTML with 200", http(200, "<html>Welcome to the hotel</html>"), STRANGE),
    body("empty", http(200), STRANGE),
    body("blanks", http(200, " \r\n "), STRANGE),
    *(
        body(f"JSON that is {value}", http(200, value), STRANGE)
        for value in ("[]", "null", "true", "7", '"text"', "{}")
    ),
    body("two JSON documents", http(200, JSON + JSON), STRANGE),
    body("garbage after the JSON", http(200, JSON + b"x"), STRANGE),
    body("all types wrong", http(200, {"status": 1, "sessionId": [], "visitorId": {}, "pageId": False}), STRANGE),
    body("invalid UTF-8", http(200, JSON[:-1] + b', "x": "\xff\xfe"}'), fails("|UnexpectedResponseError", visitors={})),
    body("UTF-8 with BOM", http(200, b"\xef\xbb\xbf" + JSON), gives()),
    body("UTF-16", http(200, json.dumps(document(A)).encode("utf-16")), gives()),
    body("an unknown charset", http(200, JSON, "Content-Type: application/json; charset=klingon"), gives()),
    body("another content type", HEAD.replace(b"application/json", b"text/html") + LENGTH + b"\r\n" + JSON, gives()),
    body("no visitor id", http(200, {"status": "NotAvailable", "sessionId": A.session, "pageId": A.page}), STRANGE),
    body(
        "no session id",
        http(200, {"status": "NotAvailable", "visitorId": A.visitor, "pageId": A.page}),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    body(
        "no page id",
        http(200, {"status": "NotAvailable", "visitorId": A.visitor, "sessionId": A.session}),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    body(
        "no status",
        http(200, {"visitorId": A.visitor, "sessionId": A.session, "pageId": A.page}),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    body(
        "available without details",
        json_of(status="Available"),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    *(
        body(f"the visitor id is {shown}", json_of(visitorId=value), STRANGE)
        for shown, value in {
            "empty": "",
            "a dot": ".",
            "two dots": "..",
            "half of a surrogate pair": "\ud800",
            "`null` as text": "null",
            "`undefined`": "undefined",
            "an unfilled template": "{{visitorId}}",
            "null": None,
            "an array": [A.visitor],
            "NUL and a line end": "ab\x00c\r\nd",
            "257 letters": "x" * 257,
            "100 KB": "x" * 100_000,
            "right to left": "ab\u202ecd",
        }.items()
    ),
    *(
        body(f"the visitor id is {shown}", json_of(visitorId=value), fails("|UnexpectedResponseError", visitors={}))
        for shown, value in {"blank in between": "ab cd", "not ASCII": "k\u00e4se"}.items()
    ),
    body("the visitor id is 256 letters", json_of(visitorId="x" * 256), gives(visitors={"customer-4711": "x" * 256})),
    body(
        "the visitor id looks like a path", json_of(visitorId="../../x"), gives(visitors={"customer-4711": "../../x"})
    ),
    body(
        "the visitor id looks like a query",
        json_of(visitorId="x?sid=y&z#"),
        gives(visitors={"customer-4711": "x?sid=y&z#"}),
    ),
    body(
        "the session id is `null` as text",
        json_of(sessionId="null"),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    body(
        "the session id is 100 KB",
        json_of(sessionId="x" * 100_000),
        fails("UnexpectedResponseError", visitors={"customer-4711": A.visitor}),
    ),
    body(
        "ids that are numbers",
        http(200, {"status": "NotAvailable", "sessionId": 8, "visitorId": 7, "pageId": 9}),
        gives(visitors={"customer-4711": "7"}),
    ),
    body("an id of 5 000 digits", raw("visitorId", "7" * 5000), STRANGE),
    body(
        "an integer of 5 000 digits somewhere", raw("extra", "7" * 5000), fails("|UnexpectedResponseError", visitors={})
    ),
    body("NaN and Infinity", raw("extra", "[NaN, Infinity, -Infinity]"), gives()),
    *(
        body(f"valid for {shown}", details("validForSeconds", value), gives())
        for shown, value in {
            "310 digits of seconds": LONG_DIGITS,
            "1e999 seconds": "1e999",
            "1e300 seconds": "1e300",
            "NaN seconds": "NaN",
            "-5 seconds": "-5",
            "-1e308 seconds": "-1e308",
            "null": "null",
            "true": "true",
            "an array": "[900]",
            "a string": '"900"',
            "a string of 400 digits": f'"{LONG_DIGITS}"',
            "0.5 seconds": "0.5",
        }.items()
    ),
    *(
        body(f"an {name} that is {shown}", details(name, value), gives())
        for name in ("engagementRevision", "skillId", "windowId")
        for shown, value in {"400 digits": LONG_DIGITS, "1e999": "1e999", "an object": "{}"}.items()
    ),
    body("duplicate keys", http(200, JSON[:-1] + b', "visitorId": "Y0NDhhNWJkMGQ0ZGI2"}'), gives()),
    body("100 000 nested arrays", raw("extra", "[" * 100_000 + "]" * 100_000), STRANGE, peak=32, quick=False),
    body(
        "100 000 nested objects", raw("extra", '{"a":' * 100_000 + "1" + "}" * 100_000), STRANGE, peak=32, quick=False
    ),
    body("900 nested arrays", raw("extra", "[" * 900 + "]" * 900), fails("|UnexpectedResponseError", visitors={})),
    body("1 MB of small objects", http(200, b"[" + b"{}," * 349_000 + b"{}]"), STRANGE, peak=64, quick=False),
    body("a key of 500 KB", raw("x" * 500_000, "1"), gives(), quick=False),
    body(
        "an error that echoes ids and values",
        http(400, {"message": f"bad {KNOWN.visitor} {KNOWN.session} {KNOWN.page} Zaphod-Quux", "internalCode": 1}),
        fails("BadRequestError"),
        known=True,
    ),
    body(
        "an error that echoes in capitals",
        http(400, {"message": f"bad {KNOWN.visitor.upper()} ZAPHOD-QUUX", "internalCode": 1}),
        fails("BadRequestError"),
        known=True,
    ),
    body(
        "an error that echoes percent-encoded",
        http(400, {"message": "bad Zaphod%2DQuux", "internalCode": 1}),
        fails("BadRequestError"),
        known=True,
    ),
    body(
        "an error whose time echoes",
        http(400, {"message": "bad", "time": f"{KNOWN.visitor} Zaphod-Quux", "internalCode": 1}),
        fails("BadRequestError"),
        known=True,
    ),
    body(
        "an error that echoes a new id",
        http(404, {"message": f"no {A.visitor}", "internalCode": 4}),
        fails("NotFoundError"),
    ),
    body(
        "an error whose code is a string",
        http(404, {"error": {"message": "no", "internalCode": "twelve"}}),
        fails("NotFoundError"),
    ),
    body(
        "an error with a code of 5 000 digits",
        http(500, '{"internalCode": ' + "7" * 5000 + "}"),
        fails("ServerError", 4),
    ),
    body(
        "an error with a code of 400 digits", http(400, '{"internalCode": ' + "7" * 400 + "}"), fails("BadRequestError")
    ),
    body(
        "an error with a message of 900 KB of slashes",
        http(400, {"message": "/" * 900_000}),
        fails("BadRequestError"),
        quick=False,
    ),
    body(
        "an error with a message of 900 KB of blanks",
        http(400, {"message": " " * 900_000}),
        fails("BadRequestError"),
        quick=False,
    ),
    body(
        "an error with a message of 30 KB of dashes",
        http(400, {"message": "-" * 30_000}),
        fails("BadRequestError"),
        quick=False,
    ),
    body(
        "an error with a message of 30 KB of letters",
        http(400, {"message": "aB" * 15_000}),
        fails("BadRequestError"),
        quick=False,
    ),
    body(
        "an error with a message of 30 KB of @",
        http(400, {"message": "a@" * 15_000}),
        fails("BadRequestError"),
        quick=False,
    ),
    body(
        "an error with control characters",
        http(400, {"message": "\x1b[2J\r\nforged=1\u202e\u2028"}),
        fails("BadRequestError"),
    ),
    body("HTML with 502 for ever", http(502, "<html>Bad gateway</html>"), fails("ServerError", 4)),
    body("empty 500 for ever", http(500), fails("ServerError", 4)),
    several("body", "HTML with 502, then good", (http(502, "<html>"), YES), gives(2)),
]

# -------------------------------------------------------------------------------------------------------- encoding

ZIPPED = gzip.compress(JSON)
BOMB = gzip.compress(b" " * 50_000_000)
BRACKETS = gzip.compress(b"[" * 20_000_000)


def encoded(data: bytes, name: str, status: int = 200) -> bytes:
    """Write an answer that is encoded."""
    return http(status, data, f"Content-Encoding: {name}")


def raw_deflate(data: bytes) -> bytes:
    """Compress without a head, which is what some take `deflate` for."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


enc = partial(one, "encoding")
ENCODING = [
    enc("gzip, not requested", encoded(ZIPPED, "gzip"), gives()),
    enc("x-gzip", encoded(ZIPPED, "x-gzip"), gives()),
    enc("GZIP in capitals", encoded(ZIPPED, "GZIP"), gives()),
    enc("deflate", encoded(zlib.compress(JSON), "deflate"), gives()),
    enc("deflate without its head", encoded(raw_deflate(JSON), "deflate"), gives()),
    enc("identity", encoded(JSON, "identity"), gives()),
    enc("bad gzip", encoded(b"\x1f\x8bnonsense", "gzip"), STRANGE),
    enc("gzip that is cut", encoded(ZIPPED[:-9], "gzip"), STRANGE),
    enc("gzip with a wrong sum", encoded(ZIPPED[:-8] + b"\x00" * 8, "gzip"), STRANGE),
    enc("gzip with garbage after it", encoded(ZIPPED + b"x", "gzip"), STRANGE),
    enc("two gzip members", encoded(ZIPPED + ZIPPED, "gzip"), STRANGE),
    enc("gzip declared, plain sent", encoded(JSON, "gzip"), STRANGE),
    enc("plain declared, gzip sent", http(200, ZIPPED), STRANGE),
    enc("an unknown encoding", encoded(JSON, "br"), STRANGE),
    enc("too many encodings", encoded(JSON, ", ".join(["gzip"] * 99)), STRANGE),
    enc("a gzip bomb", encoded(BOMB, "gzip"), STRANGE, peak=16),
    enc("a gzip bomb of brackets", encoded(BRACKETS, "gzip"), STRANGE, peak=16),
    enc("a deflate bomb", encoded(zlib.compress(b" " * 50_000_000), "deflate"), STRANGE, peak=16),
    enc(
        "an endless body", (HEAD + b"\r\n", Flood(b" " * 65536)), fails("UnexpectedResponseError"), peak=16, quick=False
    ),
    enc(
        "endless chunks",
        (HEAD + CHUNKED + b"\r\n", Flood(b"1000\r\n" + b" " * 4096 + b"\r\n")),
        fails("UnexpectedResponseError"),
        peak=16,
        quick=False,
    ),
    enc(
        "a length of 10 GB, then much",
        (HEAD + b"Content-Length: 10000000000\r\n\r\n", Flood(b" " * 65536)),
        fails("UnexpectedResponseError"),
        peak=16,
        quick=False,
    ),
    several("encoding", "503 with damaged gzip, then good", (encoded(b"nonsense", "gzip", 503), YES), gives(2)),
]

# ----------------------------------------------------------------------------------------------------------- retry

again = partial(several, "retry")
RETRY = [
    *(
        again(f"Retry-After: {shown}", (http(503, b"", f"Retry-After: {value}"), YES), gives(2))
        for shown, value in {
            "nothing": "",
            "-10": "-10",
            "1e35": "1e35",
            "tomorrow": "tomorrow",
            "a date": "Wed, 21 Oct 2015 07:28:00 GMT",
            "00002x": "00002x",
            "11 digits": "9" * 11,
            "5 000 digits": "9" * 5000,
            "NaN": "nan",
            "0": "0",
        }.items()
    ),
    again("Retry-After: 1, then good", (http(503, b"", "Retry-After: 1"), YES), gives(2), quick=False),
    again(
        "Retry-After beyond the deadline",
        (http(503, b"", "Retry-After: 30"), YES),
        fails("DeadlineExceeded", maybe_sent=True),
    ),
    again(
        "Retry-After: 3000",
        (http(503, b"", "Retry-After: 3000"), YES),
        fails("ServiceUnavailableError|DeadlineExceeded"),
    ),
    again("500 for ever", (http(500),), fails("ServerError", 4)),
    again("520 for ever", (http(520),), fails("ServerError", 4)),
    again("599 for ever", (http(599),), fails("ServerError", 4)),
    *(
        again(f"{status} is not retried", (http(status),), fails(error, visitors={}), known=True)
        for status, error in {
            400: "BadRequestError",
            401: "UnauthorizedError",
            403: "APIStatusError",
            405: "APIStatusError",
            413: "APIStatusError",
            418: "APIStatusError",
            429: "RateLimitedError",
            451: "APIStatusError",
        }.items()
    ),
    *(
        again(f"{status} to an update is not retried", (http(status),), fails(error), known=True, steps=UPDATE)
        for status, error in {400: "BadRequestError", 429: "RateLimitedError"}.items()
    ),
    again(
        "500, then cut, an update",
        (http(500), close),
        fails("TransportError", 2, maybe_sent=True),
        known=True,
        steps=UPDATE,
    ),
    again("500, then cut, first call", (http(500), close), fails("TransportError", 2, maybe_sent=True)),
    again("503 three times, then good", (http(503), http(503), http(503), YES), gives(4)),
    again(
        "503 three times, then an update is taken",
        (http(503), http(503), http(503), http(200)),
        gives(4),
        known=True,
        steps=UPDATE,
    ),
]

# ----------------------------------------------------------------------------------------------------------- visit

CUSTOMER = "customer-4711"


def loading(visitor: str = A.visitor, status: int = 500, code: int = 20) -> bytes:
    """Write the answer of an account that is still being loaded."""
    return http(status, {"time": 1, "message": f"Loading account: 12345678, vid: {visitor}", "internalCode": code})


def refused(status: int, code: int | None = None) -> bytes:
    """Write a refusal."""
    return http(status, {"time": 1, "message": "no", **({} if code is None else {"internalCode": code})})


state = partial(several, "visit")
STILL = {CUSTOMER: A.visitor}
VISIT = [
    state("the account is loading, then good", (loading(), YES), gives(2)),
    state("the account is loading, with 202 and code 38", (loading(status=202, code=38), YES), gives(2)),
    state("the account is loading for ever", (loading(),), fails("AccountLoadingError", 4, visitors=STILL)),
    state(
        "the account is loading, another id each time",
        (loading(B.visitor), loading(), loading(B.visitor), loading()),
        fails("AccountLoadingError", 4, visitors=STILL),
    ),
    *(
        state(f"the account is loading, the id is {shown}", (loading(value),), fails("AccountLoadingError", 4))
        for shown, value in {
            "empty": "",
            "two dots": "..",
            "`null`": "null",
            "`undefined`": "undefined",
            "100 KB": "x" * 100_000,
        }.items()
    ),
    state(
        "the account is loading, then the line is cut",
        (loading(), close),
        fails("TransportError", 4, visitors=STILL, maybe_sent=True),
    ),
    state("the account is loading, then 400", (loading(), http(400)), fails("BadRequestError", 2, visitors=STILL)),
    state("another visitor than requested", (good(A),), gives(visitors={CUSTOMER: A.visitor}), known=True),
    state("an update answered with garbage", (http(200, "<html>"),), gives(), known=True, steps=UPDATE),
    state("an update answered with an answer", (YES,), gives(visitors={}), known=True, steps=UPDATE),
    *(
        state(f"404 with {code}: one more try without a session", (refused(404, code), YES_KNOWN), gives(2), known=True)
        for code in (12, 39)
    ),
    state("404 with 39 for ever", (refused(404, 39),), fails("SessionGoneError|NotFoundError", (2, 3)), known=True),
    state(
        "404 with 37: the visitor is gone",
        (refused(404, 37), YES),
        Expect("|NotFoundError", (1, 2), visitors={}),
        known=True,
    ),
    state("404 with 39 to an update", (refused(404, 39),), fails("SessionGoneError"), known=True, steps=UPDATE),
    state(
        "404 with 37 to an update: the visitor is gone",
        (refused(404, 37),),
        fails("SessionGoneError|NotFoundError", visitors={CUSTOMER: None}),
        known=True,
        steps=UPDATE,
    ),
    state("404 of a wrong route to an update", (refused(404, 4),), fails("NotFoundError"), known=True, steps=UPDATE),
    state("404 of a gateway, HTML", (http(404, "<html>"),), fails("NotFoundError", (1, 2)), known=True),
    state("404 of a gateway, empty", (http(404),), fails("NotFoundError", (1, 2)), known=True),
    state(
        "404 of a gateway to an update",
        (http(404, "<html>"),),
        fails("NotFoundError|SessionGoneError"),
        known=True,
        steps=UPDATE,
    ),
    state("401 for ids that are known", (refused(401, 1),), fails("UnauthorizedError", visitors={}), known=True),
]

CASES: tuple[Case, ...] = (*HTTP, *BODY, *ENCODING, *RETRY, *VISIT)
