"""The parts of a server's message that an error may show, and the cost of filtering it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lp_engagement._core import scrub as module
from lp_engagement._core.scrub import scrub, scrub_time

if TYPE_CHECKING:
    from collections.abc import Callable

words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="…\\"), max_size=12)
ids = st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True)
ENCODINGS = (
    str,
    str.upper,
    str.lower,
    quote,
    quote_plus,
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
)
AWKWARD = ("a", "-", ".", "@", "/", "%", "%41", "é", "İ", "\x1b", "\u202e", "1", "A_", "=", " ", "a@", "vid:", "\ud800")


@given(st.lists(words), st.lists(words))
@example(["abcd"], ["abc", "bcd"])
@example(["a", "b"], ["a b"])
@example([], ["%00"])
@example([], ["abcd%20efgh"])
def test_takes_out_what_was_sent(message: list[str], sent: list[str]) -> None:
    """Whatever was sent, and in whatever text it comes back, it is taken out, and the text stays short."""
    scrubbed = scrub(" ".join([*message, *sent, *message]), sent) or ""
    assert not [secret for secret in sent if len(secret) >= 3 and secret in scrubbed]
    assert len(scrubbed) <= 201


@pytest.mark.parametrize("encode", ENCODINGS)
@given(before=st.text("xyz ", max_size=450), after=words)
def test_takes_out_echoes(encode: Callable[[str], str], before: str, after: str) -> None:
    """An echo in another case or percent-encoded is taken out too, wherever in the message it begins."""
    secret = "Sarah Canary-Ünlü"
    scrubbed = (scrub(f"{before}{encode(secret)} {after}", [secret]) or "").lower()
    assert "canary" not in scrubbed
    assert "%43anary" not in scrubbed


def test_takes_out_an_echo_that_is_partly_encoded() -> None:
    """It is the decoded text that counts."""
    assert scrub("bad Canary%46irst or CANARYFIRST here", ["CanaryFirst"]) == "bad … or … here"


@given(st.sampled_from(["vid: {}", "invalid visitor {}.", "{}", "/v/{}/x", "sid={}&v=1.0", "({})", 'id "{}"']), ids)
def test_takes_out_ids(text: str, identifier: str) -> None:
    """A string that looks like an id of this API is removed, even if it is not a known one."""
    assert identifier not in (scrub(text.format(identifier)) or "")


@given(ids, st.integers(150, 450))
def test_leaves_no_half_id(identifier: str, before: int) -> None:
    """An id is not shown in part either where the text is cut."""
    scrubbed = scrub("word " * (before // 5) + identifier + " word" * 100) or ""
    assert not [start for start in range(15) if identifier[start : start + 8] in scrubbed]


@given(st.emails())
def test_takes_out_addresses(address: str) -> None:
    """So is an e-mail address."""
    assert address not in (scrub(f"no such user: {address}") or "")


def test_leaves_words() -> None:
    """Useful parts stay: plain words, names of fields and short numbers."""
    message = "Illegal Version 1.0: appType is not valid"
    assert scrub(message, ["EXTERNAL", "a", ""]) == message
    assert scrub("") is None
    assert scrub(None) is None


@given(st.text())
def test_is_printable(message: str) -> None:
    """No control, format or bidirectional character and no line break is left."""
    assert (scrub(message) or "").isprintable()


@pytest.mark.parametrize("value", ["2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00+0100", "2026-01-01 00:00", 5, None])
def test_time_is_kept(value: str | int | None) -> None:
    """A time is shown as the server wrote it."""
    assert scrub_time(value, ["2026"]) == value


def test_time_that_is_none_is_scrubbed() -> None:
    """A value in place of a time is filtered like a message."""
    assert scrub_time("t CanaryFirst\n", ["CanaryFirst"]) == "t …\\n"
    assert scrub_time("2026-01-01T00:00:00Z" * 10_000) != "2026-01-01T00:00:00Z" * 10_000


class _Watched:
    """Counts the characters that a pattern is shown."""

    def __init__(self, pattern: object) -> None:
        self._pattern = pattern
        self.seen = 0

    def __getattr__(self, name: str) -> object:
        method = getattr(self._pattern, name)

        def counted(*arguments: str) -> object:
            self.seen += max(len(each) for each in arguments)
            return method(*arguments)

        return counted


@pytest.mark.parametrize("character", AWKWARD)
def test_cost_does_not_grow_with_the_message(character: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the message, the patterns see the same few hundred characters of it."""
    seen = []
    for size in (2**12, 2**20):
        patterns = [_Watched(module._OPAQUE), _Watched(module._ENCODED)]
        monkeypatch.setattr(module, "_OPAQUE", patterns[0])
        monkeypatch.setattr(module, "_ENCODED", patterns[1])
        scrub(character * (size // len(character)), ["Sarah", "Canary"])
        seen.append([pattern.seen for pattern in patterns])
        monkeypatch.undo()
    assert seen[0] == seen[1]
    assert max(seen[0]) < 1000


def test_cost_is_linear_in_the_secrets() -> None:
    """Secrets are searched only where they could be shown: a body of a megabyte costs no product of the two."""
    secrets = ["s" * 400_000, *(f"value {number}" for number in range(20_000))]
    before = time.process_time()
    scrub("s" * 2**20, secrets)
    # A product would take minutes; the bound is generous because other programs share the machine's caches.
    assert time.process_time() - before < 10
