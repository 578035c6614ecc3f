"""The suite sees faults: with a transport that is broken on purpose it fails, and else the same case does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .broken import BROKEN
from .cases import CASES
from .run import Flavour, broken_promises

if TYPE_CHECKING:
    from pathlib import Path

    from .certificates import Authority
    from .transports import Pair

GOOD = next(case for case in CASES if case.id == "body: ids that are numbers")
LOOKED_FOR = {
    "keeps left-over bytes": "the store knows QyNzU2NmVhZWQ5OTk1 for customer-4712",
    "sends again after a reset": "the server saw 2 requests, expected 1",
    "ignores the deadline": "with a deadline of 3 s",
}
"""What the suite must say about each."""


@pytest.mark.parametrize("flavour", ["sync", "asyncio"])
@pytest.mark.parametrize("name, pair", list(BROKEN.items()), ids=lambda each: getattr(each, "name", ""))
@pytest.mark.thorough
def test_a_broken_transport_is_found(
    name: str, pair: Pair, flavour: Flavour, tmp_path: Path, authority: Authority
) -> None:
    """The suite names the promise that a broken transport breaks."""
    case = next(case for case in CASES if case.id == name)
    found = "\n".join(broken_promises(case, flavour, pair, tmp_path, authority))
    assert LOOKED_FOR[pair.name] in found, found


@pytest.mark.parametrize("pair", list(BROKEN.values()), ids=lambda each: each.name)
def test_a_broken_transport_can_do_its_work(pair: Pair, tmp_path: Path, authority: Authority) -> None:
    """A broken transport is good enough for a good server, so it is the fault that the suite sees."""
    assert broken_promises(GOOD, "sync", pair, tmp_path, authority) == []
