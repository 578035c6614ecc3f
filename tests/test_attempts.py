"""The attempts of a call: their sums, and promises of the documentation about them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from lp_engagement import NEVER, EngagementError
from lp_engagement._common import logs
from lp_engagement._common.logs import fingerprint
from lp_engagement._core import read_response
from lp_engagement._core.domain import KnownDomain
from lp_engagement._core.effects import Load
from lp_engagement.errors import (
    APIStatusError,
    ConnectError,
    DeadlineExceeded,
    TransportError,
    TransportTimeout,
    UnexpectedResponseError,
)
from lp_engagement.transports import HttpResponse
from tests.test_flow import KNOWN, Walk, gone, http, ok

LOST = TransportTimeout("no answer", maybe_sent=True)
REFUSED = ConnectError("refused")

# ------------------------------------------------------------------------------------------------ maybe_sent


def test_maybe_sent_is_kept_up_to_the_last_attempt() -> None:
    """If an earlier attempt may have arrived, a last one that did not reach the server does not deny it."""
    walk = Walk(LOST, *[ConnectError("refused") for _ in range(3)], record=KNOWN)
    with pytest.raises(ConnectError) as caught:
        walk.ask()
    assert caught.value.maybe_sent
    assert len(caught.value.attempts) == 4


def test_error_text_has_attempts_and_seconds() -> None:
    """An error of the connection ends with the number of attempts, and the seconds that they and their pauses took."""
    walk = Walk(*[ConnectError("lo.example.test could not be reached.") for _ in range(4)])
    with pytest.raises(ConnectError) as caught:
        walk.ask()
    assert str(caught.value) == "lo.example.test could not be reached. Gave up after 4 attempts in 30.0 s."
    assert str(ConnectError("refused")) == "refused"
    walk = Walk(ConnectError("Refused. Is it running?"), retry=NEVER)
    with pytest.raises(ConnectError, match=r"^Refused\. Is it running\? Gave up after 1 attempt in 0\.0 s\.$"):
        walk.ask()
    walk = Walk(ConnectError("refused"), ConnectError("refused"), deadline=12.0)
    with pytest.raises(
        DeadlineExceeded, match=r"; attempt 2 ended with ConnectError\. Gave up after 2 attempts in 5\.0 s\.$"
    ):
        walk.ask()


def test_maybe_sent_is_kept_up_to_the_deadline() -> None:
    """The same holds if the deadline ends the call."""
    walk = Walk(LOST, ConnectError("refused"), record=KNOWN, deadline=12.0)
    with pytest.raises(DeadlineExceeded) as caught:
        walk.ask()
    assert caught.value.maybe_sent


def test_maybe_sent_after_an_answer() -> None:
    """A server that answered has seen a request, whatever happened to the last one."""
    walk = Walk(http(503), *[ConnectError("refused") for _ in range(3)])
    with pytest.raises(ConnectError) as caught:
        walk.ask()
    assert caught.value.maybe_sent


def test_maybe_sent_is_false_if_nothing_was() -> None:
    """Attempts that never reached the server leave nothing to doubt."""
    walk = Walk(*[ConnectError("refused") for _ in range(4)])
    with pytest.raises(ConnectError) as caught:
        walk.ask()
    assert not caught.value.maybe_sent


def test_retry_looks_at_its_own_attempt() -> None:
    """An attempt that did not reach the server is repeated even after one that was answered: it does no harm."""
    walk = Walk(http(503), ConnectError("refused"), ok())
    walk.ask()
    assert len(walk.sent) == 3


# ------------------------------------------------------------------------------------------------ deadlines


@pytest.mark.parametrize("what", ["ask", "update"])
def test_deadline_that_is_over_before_the_request(what: str) -> None:
    """A deadline that is over when the request could go out ends the call, and nothing is sent."""
    walk = Walk(record=KNOWN, deadline=3.0)
    load = Load.apply

    def slow(effect: Load, store: Any) -> Any:
        walk.clock.advance(3.0)
        return load(effect, store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Load, "apply", slow)
        with pytest.raises(DeadlineExceeded, match="over before the request could be sent") as caught:
            getattr(walk, what)()
    assert (walk.sent, caught.value.maybe_sent) == ([], False)
    assert walk.reserved == [0.0]


def test_deadline_names_what_failed_before() -> None:
    """The text of the error says why another attempt was needed."""
    walk = Walk(http(503), deadline=3.0)
    with pytest.raises(DeadlineExceeded, match=r"pause of 5 s .* attempt 1 ended with Service.* \(HTTP 503\)"):
        walk.ask()


# ------------------------------------------------------------------------------------------------ the host


@pytest.mark.parametrize(
    "failures",
    [[REFUSED] * 4, [gone(28)], [http(404, b'{"error": {"internalCode": "28"}}')], [http(400, {"internalCode": 28})]],
    ids=["connect", "flat", "nested", "400"],
)
@pytest.mark.parametrize("what", ["ask", "update"])
def test_host_that_is_gone_is_forgotten(what: str, failures: list[Any]) -> None:
    """A host that cannot be reached, or does not know the route, is looked up again at the next call."""
    walk = Walk(*failures, record=KNOWN)
    walk.known = KnownDomain("https://old.example.com", 1e9)
    with pytest.raises((ConnectError, APIStatusError)):
        getattr(walk, what)()
    assert walk.known.until < 0


def test_host_that_is_gone_is_forgotten_at_the_deadline() -> None:
    """The same holds if the deadline ends the call before all attempts are made."""
    walk = Walk(REFUSED, record=KNOWN, deadline=3.0)
    walk.known = KnownDomain("https://old.example.com", 1e9)
    with pytest.raises(DeadlineExceeded):
        walk.ask()
    assert walk.known.until < 0


@pytest.mark.parametrize("failure", [gone(6), http(400), LOST], ids=["account", "bad", "lost"])
def test_host_that_answers_is_kept(failure: Any) -> None:
    """Other failures say nothing about the host."""
    walk = Walk(failure, record=KNOWN, retry=NEVER)
    walk.known = KnownDomain("https://old.example.com", 1e9)
    with pytest.raises(EngagementError):
        walk.ask()
    assert walk.known.until == 1e9


# ------------------------------------------------------------------------------------------------ answers


def test_internal_code_of_nothing() -> None:
    """A success that names the internal code 0 is a success."""
    assert Walk(ok(internalCode=0)).ask().visitor_id == "xyz"


def test_hints_are_about_visits() -> None:
    """An error of the Domain API does not borrow a hint that speaks of visitors and sessions."""
    body = b'{"time": 1, "message": "", "internalCode": 12}'
    errors = {
        name: read_response.failure(read_response.read(HttpResponse(404, {}, body), name), name)
        for name in ("getDomain", "updateSession")
    }
    assert getattr(errors["getDomain"], "hint", "") is None
    assert getattr(errors["updateSession"], "hint", None)


@pytest.mark.parametrize("body, says", [(b" ", "is empty"), (b"[]", "is not a JSON object"), (b"<p>", "is not a")])
def test_what_is_wrong_with_a_body(body: bytes, says: str) -> None:
    """Distinguishes a response without a body from one with another body."""
    with pytest.raises(UnexpectedResponseError, match=says):
        Walk(http(200, body)).ask()


def test_reuse_with_details_of_the_app() -> None:
    """Details of the app are something to report, so the engagement of before is not reused."""
    answer = ok(status="Available", engagementDetails={"campaignId": "1", "validForSeconds": 900})
    walk = Walk(answer, answer)
    walk.ask()
    assert not walk.ask(reuse=True, app_details={"appVersion": "1"}).reused
    assert len(walk.sent) == 2
    assert walk.ask(reuse=True).reused


# ------------------------------------------------------------------------------------------------ fingerprints


def test_fingerprint_is_salted() -> None:
    """The hash of an id differs from process to process, so that it means nothing elsewhere and fits no dictionary."""
    program = "from lp_engagement._common.logs import fingerprint; print(fingerprint('xyz'))"
    hashes = {subprocess.check_output([sys.executable, "-c", program], text=True).strip() for _ in range(2)}
    hashes.add(fingerprint("xyz") or "")
    assert len(hashes) == 3
    assert fingerprint("xyz") == fingerprint("xyz") != fingerprint("xyz2")


def test_fingerprint_depends_on_the_salt() -> None:
    """The salt goes into the hash."""
    one = fingerprint("xyz")
    logs._hash.cache_clear()  # as in a new process
    assert fingerprint("xyz") != one


# ------------------------------------------------------------------------------------------------ forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system has not")
def test_fork_during_the_first_import() -> None:
    """A process that forks while a thread imports the generated client has a child that can import it too."""
    program = """
import os, sys, threading, time
from lp_engagement._core import generated
importing = threading.Event()
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("lp_engagement_client.api"):
            importing.set(); time.sleep(0.2)
        return None
sys.meta_path.insert(0, Finder())
thread = threading.Thread(target=generated.find, args=("createSession",))
thread.start()
importing.wait()
child = os.fork()
if child == 0:
    generated.find("createSession")
    os._exit(7)
thread.join()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout.strip(), run.stderr) == ("7", "")


def test_transport_errors_have_their_attempts() -> None:
    """An error of a transport that ends a call lists the attempts of the call."""
    walk = Walk(TransportError("cut", maybe_sent=True))
    with pytest.raises(TransportError) as caught:
        walk.ask()
    assert [each.error for each in caught.value.attempts] == ["TransportError"]
