"""The short form of `make fuzz`: some thousand inputs, other ones in each run."""

from __future__ import annotations

import os
import time

import pytest

from tests.fuzz.run import made, work
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", list(TARGETS))
def test_damaged_input_raises_nothing_but_our_errors(target: str) -> None:
    """Damaged answers and payloads raise nothing but errors of ours; a failure names the number that makes it again."""
    seed = 4711 if "CI" in os.environ else int(time.time())
    result = work(target, seed, 0, 1, time.monotonic() + 60, 1500)
    assert result.failures == []
    assert result.inputs >= 100


@pytest.mark.parametrize("target", list(TARGETS))
def test_a_number_makes_the_same_input_again(target: str) -> None:
    """The number of an input makes the same input again."""
    one, other, another = (made(target, 7, number).random() for number in (1, 1, 2))
    assert one == other != another


def test_an_untyped_error_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that lets an error of another's through fails the run, and the input is named."""
    monkeypatch.setattr("lp_engagement._core.read_response.failure", lambda *_: 1 // 0)
    result = work("answers", 1, 0, 1, time.monotonic() + 60, 5)
    assert len(result.failures) >= 1
    assert result.failures[0].startswith("answers:1:0\n")
    assert "ZeroDivisionError" in result.failures[0]
