"""Faults of connections, of time, of kept connections, of TLS, of proxies and of the look-up of the host."""

from __future__ import annotations

import json
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from lp_engagement_client.facts import DOMAIN_SERVICE

from .case import KNOWN, A, Ask, B, Case, fails, gives
from .certificates import HOST
from .scripted import (
    LOOPBACK,
    Drip,
    Flood,
    Script,
    close,
    document,
    good,
    half_close,
    hang,
    http,
    in_plain,
    pause,
    reset,
    start_tls,
)

if TYPE_CHECKING:
    from .world import World

__all__ = ["CASES"]

YES = good(A)
YES_KNOWN = good(KNOWN)
DONE = http(200)
BUSY = http(503)
UPDATE = (Ask("update"),)
BIG = (Ask(megabytes=8),)
# A server that hangs is given up after this; the call ends long before its deadline.
HANGS: dict[str, Any] = {"timeout": 0.3, "deadline": 3.0, "quick": False}
QUICK_HANGS: dict[str, Any] = {"timeout": 0.3, "deadline": 3.0}
UNREACHABLE = "ConnectError|DeadlineExceeded"


def turns(*each: Any, **options: Any) -> Script:
    """Make a script of turns; a turn of one step needs no tuple."""
    return Script(tuple(turn if isinstance(turn, tuple) else (turn,) for turn in each), **options)


# ------------------------------------------------------------------------------------------------------ connecting


def _no_address(world: World) -> None:
    world.addresses = []


def _slow_names(world: World) -> None:
    world.things["names"] = threading.Event()
    world.things["undo"] = [world.things["names"].set]


def _first_is_dead(world: World) -> None:
    world.addresses = ["127.0.0.9", LOOPBACK]
    _swallow(world, "127.0.0.9")


def _first_refuses(world: World) -> None:
    world.addresses = ["127.0.0.9", LOOPBACK]


def _six_are_dead(world: World) -> None:
    world.addresses = [f"127.0.0.{number}" for number in range(11, 17)]
    for address in world.addresses:
        _swallow(world, address)


def _one_is_dead(world: World) -> None:
    world.addresses = ["127.0.0.9"]
    _swallow(world, "127.0.0.9")


def _swallow(world: World, address: str) -> None:
    """Make an address that swallows connections: its queue is full."""
    listener = world.stack.enter_context(socket.socket())
    listener.bind((address, world.server.port))
    listener.listen(0)
    for _ in range(4):
        waiting = world.stack.enter_context(socket.socket())
        waiting.settimeout(0)
        waiting.connect_ex((address, world.server.port))


def _listen(world: World) -> None:
    world.server.listen()


CONNECTION = partial(Case, "connection")
CONNECTING = [
    CONNECTION("refused", Script(listens=False), fails("ConnectError", 0, maybe_sent=False), heals=False),
    CONNECTION(
        "refused, an update",
        Script(listens=False),
        fails("ConnectError", 0, maybe_sent=False),
        UPDATE,
        known=True,
        heals=False,
    ),
    CONNECTION("refused at first, then listening", turns(YES, listens=False), gives(), at={"retry": _listen}),
    CONNECTION(
        "the host has no address",
        Script(),
        fails("ConnectError", 0, maybe_sent=False),
        way="named",
        prepare=_no_address,
        heals=False,
    ),
    CONNECTION(
        "the host's name is looked up for a minute",
        Script(),
        fails("ConnectError|DeadlineExceeded|TransportTimeout", 0, maybe_sent=False),
        way="named",
        prepare=_slow_names,
        heals=False,
        **HANGS,
    ),
    CONNECTION(
        "packets vanish",
        Script(),
        fails(UNREACHABLE, 0, maybe_sent=False),
        way="named",
        prepare=_one_is_dead,
        heals=False,
        **HANGS,
    ),
    CONNECTION(
        "the first address is dead", turns(YES), gives(), way="named", prepare=_first_is_dead, timeout=2, quick=False
    ),
    CONNECTION("the first address refuses", turns(YES), gives(), way="named", prepare=_first_refuses),
    CONNECTION(
        "six addresses, all dead",
        Script(),
        fails(UNREACHABLE, 0, maybe_sent=False),
        way="named",
        prepare=_six_are_dead,
        heals=False,
        **HANGS,
    ),
    CONNECTION("reset before the answer, first call", turns(reset), fails("TransportError", maybe_sent=True)),
    CONNECTION(
        "reset before the answer, update", turns(reset), fails("TransportError", maybe_sent=True), UPDATE, known=True
    ),
    CONNECTION("reset before the answer, known visit", turns(reset, YES_KNOWN), gives(2), known=True),
    CONNECTION("closed before the answer, first call", turns(close), fails("TransportError", maybe_sent=True)),
    CONNECTION(
        "closed before the answer, update", turns(close), fails("TransportError", maybe_sent=True), UPDATE, known=True
    ),
    CONNECTION("closed before the answer, known visit", turns(close, YES_KNOWN), gives(2), known=True),
    CONNECTION(
        "closed before the answer, known visit, for ever",
        turns(close),
        fails("TransportError", 4, maybe_sent=True),
        known=True,
    ),
    CONNECTION("half-closed before the answer", turns(half_close), fails("TransportError", maybe_sent=True)),
    CONNECTION("half-closed after the answer", turns((YES, half_close)), gives()),
    CONNECTION("reset as soon as accepted", Script(greeting=(reset,)), fails("TransportError|ConnectError", (0, 1))),
    CONNECTION("closed as soon as accepted", Script(greeting=(close,)), fails("TransportError", (0, 1))),
    CONNECTION(
        "a large body is refused early with 400, then closed",
        Script(((http(400), close),), reads_bodies=False),
        fails("BadRequestError|TransportError"),
        BIG,
        quick=False,
    ),
    CONNECTION(
        "a large body is refused early with 400, then reset",
        Script(((http(400), pause(0.1), reset),), reads_bodies=False),
        fails("BadRequestError|TransportError"),
        BIG,
        quick=False,
    ),
    CONNECTION(
        "a large body is refused early with 503, then reset",
        Script(((BUSY, pause(0.1), reset),), reads_bodies=False),
        fails("ServiceUnavailableError|TransportError", (1, 4)),
        BIG,
        quick=False,
    ),
    CONNECTION("an answer before the request was read", Script(((YES, pause(0.05)),), reads_bodies=False), gives()),
    CONNECTION(
        "garbage before the request",
        Script(greeting=(b"SSH-2.0-OpenSSH_9.2\r\n",)),
        fails("TransportError|UnexpectedResponseError", (0, 1)),
    ),
]

# ------------------------------------------------------------------------------------------------------------ time

LATE = fails("TransportTimeout", maybe_sent=True)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
TIME = partial(Case, "time")
TIMING = [
    TIME("never answers, first call", turns(hang), LATE, **QUICK_HANGS),
    TIME("never answers, update", turns(hang), LATE, UPDATE, known=True, **HANGS),
    TIME(
        "never answers, known visit",
        turns(hang),
        fails("TransportTimeout|DeadlineExceeded", (2, 4), maybe_sent=True),
        known=True,
        **HANGS,
    ),
    TIME(
        "slow at first, then good, known visit", turns(hang, YES_KNOWN), gives(2), known=True, timeout=0.5, quick=False
    ),
    TIME("stalls in the status line", turns((b"HTTP/1.1 2", hang)), LATE, **HANGS),
    TIME("stalls in the headers", turns((HEAD, hang)), LATE, **HANGS),
    TIME("stalls in the body", turns((YES[:-9], hang)), LATE, **HANGS),
    TIME("stalls before the body", turns((HEAD + b"Content-Length: 9\r\n\r\n", hang)), LATE, **HANGS),
    TIME("stalls in a chunk", turns((CHUNKED + b"ff\r\n{", hang)), LATE, **HANGS),
    TIME("stalls in the header of a chunk", turns((CHUNKED + b"f", hang)), LATE, **HANGS),
    TIME("stalls before the last chunk", turns((CHUNKED + b"2\r\n{}\r\n", hang)), LATE, **HANGS),
    TIME("no length, and never closed", turns((HEAD + b"\r\n{}", hang)), LATE, **HANGS),
    TIME("drips the status line", turns(Drip(YES)), LATE, **HANGS),
    TIME("drips headers for ever", turns((HEAD, Drip(b"X: y\r\n", 0.02, again=True))), LATE, **QUICK_HANGS),
    TIME("drips the body", turns((HEAD + b"Content-Length: 999\r\n\r\n", Drip(b" ", again=True))), LATE, **HANGS),
    TIME("drips chunks", turns((CHUNKED, Drip(b"1\r\n \r\n", 0.02, again=True))), LATE, **HANGS),
    TIME(
        "drips inside the header of a chunk",
        turns((CHUNKED, Drip(b"0", 0.02, again=True))),
        fails("TransportTimeout|TransportError", maybe_sent=True),
        **HANGS,
    ),
    TIME(
        "drips on a connection that is used again",
        turns(YES, (HEAD, Drip(b"X: y\r\n", 0.02, again=True))),
        fails("TransportTimeout", 2, maybe_sent=True, visitors={"customer-4711": A.visitor}),
        (Ask(), Ask("update")),
        known=False,
        timeout=0.5,
        quick=False,
    ),
    TIME(
        "floods with 100 Continue",
        turns(Flood(b"HTTP/1.1 100 Continue\r\n\r\n")),
        fails("TransportTimeout|TransportError|UnexpectedResponseError", maybe_sent=True),
        **HANGS,
    ),
    TIME("drips 100 Continue", turns(Drip(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01, again=True)), LATE, **HANGS),
    TIME("never answers, over TLS", turns(hang), LATE, way="https", **HANGS),
    TIME("drips headers, over TLS", turns((HEAD, Drip(b"X: y\r\n", 0.02, again=True))), LATE, way="https", **HANGS),
    TIME("stalls in the body, over TLS", turns((YES[:-9], hang)), LATE, way="https", **HANGS),
    TIME(
        "a large body that is never read", Script(((hang,),), reads_bodies=False), LATE, BIG, timeout=1.0, quick=False
    ),
    TIME(
        "a large body that is never read, over TLS",
        Script(((hang,),), reads_bodies=False),
        LATE,
        BIG,
        way="https",
        timeout=1.0,
        quick=False,
    ),
    TIME(
        "the deadline is shorter than the timeout",
        turns(hang),
        fails("TransportTimeout|DeadlineExceeded", maybe_sent=True),
        timeout=5.0,
        deadline=0.4,
    ),
    TIME(
        "the deadline is over before anything is sent",
        turns(YES),
        fails("DeadlineExceeded", 0, maybe_sent=False),
        deadline=1e-9,
        heals=False,
    ),
    TIME(
        "the deadline is over before anything is sent, update",
        turns(DONE),
        fails("DeadlineExceeded", 0, maybe_sent=False),
        UPDATE,
        known=True,
        deadline=1e-9,
        heals=False,
    ),
    TIME(
        "the deadline is over before the host is looked up",
        turns(YES),
        fails("DeadlineExceeded", 0, maybe_sent=False),
        way="look-up",
        deadline=1e-9,
        heals=False,
    ),
]

# ------------------------------------------------------------------------------------------------ kept connections

BOTH = (Ask(), Ask(key="customer-4712"))
LATER = (Ask(), Ask("settle"), Ask(key="customer-4712"))
EACH_ITS_OWN = {"customer-4711": A.visitor, "customer-4712": B.visitor}
X = good(KNOWN)
KEEP = partial(Case, "kept connection")


def _cut(world: World) -> None:
    world.server.cut_all()


def _other(answer: bytes, *then: Any) -> Script:
    return turns((answer, *then), good(B))


OWN = gives(2, visitors=EACH_ITS_OWN)
KEPT = [
    KEEP("closed after each answer", turns((YES, close), (good(B), close)), OWN, LATER),
    KEEP("half-closed after each answer", turns((YES, half_close), (good(B), half_close)), OWN, LATER),
    KEEP("reset after each answer", turns((YES, reset), (good(B), reset)), gives(2, visitors=EACH_ITS_OWN), LATER),
    KEEP("`Connection: close` without closing", turns(http(200, document(A), "Connection: close"), good(B)), OWN, BOTH),
    KEEP("408 on the idle connection", _other(YES, http(408, b"", "Connection: close"), close), OWN, LATER),
    KEEP("one whole answer too many, in one segment", _other(YES + X), OWN, BOTH),
    KEEP("one whole answer too many, in a separate segment", _other(YES, X), OWN, LATER),
    KEEP("one whole answer too many, later", _other(YES, pause(0.05), X), OWN, LATER),
    KEEP("one whole answer too many, and the connection closed", _other(YES + X, close), OWN, LATER),
    KEEP("the answer twice", _other(YES + YES), OWN, BOTH),
    KEEP("ten answers too many", _other(YES + X * 10), OWN, BOTH),
    KEEP("one byte too many", _other(YES + b"x"), OWN, BOTH),
    KEEP("a line end too many", _other(YES + b"\r\n"), OWN, BOTH),
    KEEP("half an answer too many", _other(YES + X[:40]), OWN, BOTH),
    KEEP(
        "Content-Length shorter than the body, the rest is an answer",
        turns(http(200, json.dumps(document(A)).encode() + X, length=len(json.dumps(document(A)))), good(B)),
        OWN,
        BOTH,
    ),
    KEEP(
        "chunked, with an answer behind the last chunk",
        turns(
            CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(json.dumps(document(A))), json.dumps(document(A)).encode()) + X,
            good(B),
        ),
        OWN,
        BOTH,
    ),
    KEEP(
        "204 with a body that is an answer",
        turns(http(204, X), good(B)),
        gives(2, visitors={"customer-4711": KNOWN.visitor, "customer-4712": B.visitor}),
        (Ask("update"), Ask(key="customer-4712", step="forget"), Ask(key="customer-4712")),
        known=True,
    ),
    KEEP("304 with a body that is an answer", turns(http(304, X), good(B)), fails("UnexpectedResponseError")),
    KEEP(
        "an answer too many after an update",
        turns(DONE + X, good(B)),
        gives(2, visitors={"customer-4712": B.visitor}),
        (Ask("update"), Ask(key="customer-4712", step="forget"), Ask(key="customer-4712")),
        known=True,
    ),
    KEEP("an answer too many after a refusal", turns(http(400) + X, good(B)), fails("BadRequestError")),
    KEEP(
        "an answer too many after a 503, known visit", turns(BUSY + X, good(KNOWN, pageId="77")), gives(2), known=True
    ),
    KEEP("an answer too many, over TLS", turns((YES + X,), good(B)), OWN, BOTH, way="https"),
    KEEP("an answer too many, through a proxy", turns((YES + X,), good(B), tunnels=True), OWN, BOTH, way="proxy"),
    KEEP("all idle connections cut", turns(YES, good(B)), OWN, BOTH, at={"visit_saved": _cut}),
    KEEP(
        "timed out, then the late answer",
        turns((pause(0.6), good(A)), YES_KNOWN),
        gives(2),
        known=True,
        timeout=0.3,
        quick=False,
    ),
]

# ------------------------------------------------------------------------------------------------------------- TLS

TLS = partial(Case, "TLS", way="https")
REFUSED = fails("ConnectError", 0, maybe_sent=False)
RECORD = b"\x17\x03\x03\x00\x40" + bytes(range(64))
SECURE = [
    TLS("good", turns(YES), gives()),
    TLS("an unknown certificate authority", turns(YES), REFUSED, tls="unknown", heals=False),
    TLS("the certificate of another host", turns(YES), REFUSED, tls="other_host", heals=False),
    TLS("an expired certificate", turns(YES), REFUSED, tls="ended", heals=False),
    TLS("1.1 only", turns(YES), REFUSED, tls="old", heals=False),
    TLS("plain HTTP on the port", Script(handshake=(http(400), close)), REFUSED),
    TLS("reset in the handshake", Script(handshake=(reset,)), REFUSED),
    TLS("closed in the handshake", Script(handshake=(close,)), REFUSED),
    TLS("garbage in the handshake", Script(handshake=(b"\x00" * 400, pause(0.05), close)), REFUSED),
    TLS("an alert in the handshake", Script(handshake=(b"\x15\x03\x03\x00\x02\x02\x28", close)), REFUSED),
    TLS("stalls in the handshake", Script(handshake=(hang,)), fails(UNREACHABLE, 0, maybe_sent=False), **HANGS),
    TLS(
        "drips in the handshake",
        Script(handshake=(Drip(b"\x16\x03\x03\x40\x00" + b"\x02" * 999),)),
        fails(UNREACHABLE, 0, maybe_sent=False),
        **HANGS,
    ),
    TLS("a damaged record after the handshake", turns(in_plain(RECORD)), fails("TransportError", maybe_sent=True)),
    TLS("a damaged record in the body", turns((YES[:-9], in_plain(RECORD))), fails("TransportError", maybe_sent=True)),
    TLS(
        "plain text after the handshake",
        turns((in_plain(http(502)), pause(0.05), close)),
        fails("TransportError", maybe_sent=True),
    ),
    TLS(
        "an alert after the handshake",
        turns((in_plain(b"\x15\x03\x03\x00\x02\x02\x50"), pause(0.05), close)),
        fails("TransportError", maybe_sent=True),
    ),
    TLS(
        "a client certificate is wanted (1.3)",
        turns(YES),
        fails("TransportError|ConnectError", (0, 1)),
        tls="wants_certificate",
        heals=False,
    ),
    TLS("cut in the body", turns((YES[:-9], close)), fails("TransportError", maybe_sent=True)),
    TLS("cut before the answer", turns(close), fails("TransportError", maybe_sent=True)),
    TLS("reset before the answer", turns(reset), fails("TransportError", maybe_sent=True)),
    TLS(
        "cut without close_notify, no length, the answer incomplete",
        turns((HEAD + b"\r\n" + YES.partition(b"\r\n\r\n")[2][:-9], close)),
        fails("UnexpectedResponseError|TransportError"),
    ),
    TLS("closed after each answer", turns((YES, close), (good(B), close)), OWN, LATER),
]

# ----------------------------------------------------------------------------------------------------------- proxy

PROXY = partial(Case, "proxy", way="proxy", heals=False)
NO_WAY = fails("ConnectError", 0, maybe_sent=False)
BEYOND = [
    PROXY("good", turns(YES, tunnels=True), gives()),
    PROXY("refuses with 403", turns(http(403)), NO_WAY),
    PROXY("requires credentials (407)", turns(http(407, b"", "Proxy-Authenticate: Basic")), NO_WAY),
    PROXY("answers 502", turns(http(502)), NO_WAY),
    PROXY("is not there", Script(listens=False), NO_WAY),
    PROXY("hangs", turns(hang), fails(UNREACHABLE, 0, maybe_sent=False), **HANGS),
    PROXY(
        "drips",
        turns(Drip(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 99)),
        fails(UNREACHABLE, 0, maybe_sent=False),
        **HANGS,
    ),
    PROXY("talks nonsense", turns((b"\x00\xff nonsense\r\n\r\n", close)), NO_WAY),
    PROXY("closes", turns(close), NO_WAY),
    PROXY("resets", turns(reset), NO_WAY),
    PROXY("opens a tunnel, then closes", turns((http(200), close)), NO_WAY),
    PROXY(
        "opens a tunnel, then stalls in the handshake",
        turns((http(200, length=None), hang)),
        fails(UNREACHABLE, 0, maybe_sent=False),
        **HANGS,
    ),
    PROXY("opens a tunnel to another host", turns((http(200, length=None), start_tls)), NO_WAY, tls="other_host"),
    PROXY("opens a tunnel, then the server hangs", turns(hang, tunnels=True), LATE, **HANGS),
    PROXY(
        "opens a tunnel, then the answer is cut",
        turns((YES[:-9], close), tunnels=True),
        fails("TransportError", maybe_sent=True),
    ),
]

# --------------------------------------------------------------------------------------------------------- look-up

LOOK_UP = partial(Case, "look-up of the host", way="look-up", heals=False)


def host(name: object, *, service: str = DOMAIN_SERVICE, **more: object) -> bytes:
    """Write an answer of the Domain API."""
    return http(200, {"service": service, "account": "12345678", "baseURI": name, **more})


def _found(name: object) -> Script:
    return turns(host(name), YES, tunnels=True)


def _looked_up(*each: Any) -> Script:
    return turns(*each, tunnels=True)


NO_HOST = fails("DomainLookupError")
LOOKED_UP = [
    LOOK_UP("good", _found(HOST), gives(2)),
    LOOK_UP("503, then good", _looked_up(BUSY, host(HOST), YES), gives(3)),
    LOOK_UP("cut, then good", _looked_up(close, host(HOST), YES), gives(3)),
    LOOK_UP("503 for ever", _looked_up(BUSY), fails("ServiceUnavailableError", 4)),
    LOOK_UP("hangs", _looked_up(hang), fails("TransportTimeout|DeadlineExceeded", (2, 4)), **HANGS),
    LOOK_UP(
        "drips",
        _looked_up((HEAD, Drip(b"X: y\r\n", again=True))),
        fails("TransportTimeout|DeadlineExceeded", (2, 4)),
        **HANGS,
    ),
    LOOK_UP("404", _looked_up(http(404)), fails("NotFoundError")),
    LOOK_UP("HTML", _looked_up(http(200, "<html>")), fails("UnexpectedResponseError")),
    LOOK_UP("an array", _looked_up(http(200, [])), fails("UnexpectedResponseError")),
    LOOK_UP(
        "redirected",
        _looked_up(http(302, b"", "Location: https://evil.example.test/")),
        fails("UnexpectedResponseError"),
    ),
    LOOK_UP("no host", _looked_up(http(200, {})), NO_HOST),
    LOOK_UP("a host that is null", _found(None), NO_HOST),
    LOOK_UP("a host that is a number", _found(7), NO_HOST),
    LOOK_UP("a host that is an array", _found([HOST]), NO_HOST),
    LOOK_UP("an empty host", _found(""), NO_HOST),
    LOOK_UP("a host with a path", _found(f"{HOST}/evil"), NO_HOST),
    LOOK_UP("a host with a user", _found(f"{HOST}@evil.example.test"), NO_HOST),
    LOOK_UP("a host with a port", _found(f"{HOST}:8443"), NO_HOST),
    LOOK_UP("a host with a line end", _found(f"{HOST}\r\nX: y"), NO_HOST),
    LOOK_UP("a host of 5 000 letters", _found("x" * 5000), NO_HOST),
    LOOK_UP("an address", _found("127.0.0.1"), NO_HOST),
    LOOK_UP("an address of the cloud's metadata", _found("169.254.169.254"), NO_HOST),
    LOOK_UP("an address in brackets", _found("[::1]"), NO_HOST),
    LOOK_UP("localhost", _found("localhost"), NO_HOST),
    LOOK_UP("https:// in capitals", _found(f"HTTPS://{HOST}"), gives(2)),
    LOOK_UP("the host of another service", _looked_up(host(HOST, service="agentVep"), YES), NO_HOST),
]

CASES: tuple[Case, ...] = (*CONNECTING, *TIMING, *KEPT, *SECURE, *BEYOND, *LOOKED_UP)
