"""Each case of the tables, with each flavour of the client, over each transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .cases import CASES
from .run import FLAVOURS, Flavour, broken_promises
from .transports import TRANSPORTS, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .case import Case
    from .certificates import Authority


ALWAYS = {"kept connection"}
"""The groups that are in the short form as a whole; of the others it has each eighth case."""


def _parameters() -> Iterator[Any]:
    for pair in TRANSPORTS:
        for number, case in enumerate(CASES):
            for flavour in FLAVOURS:
                if flavour in case.flavours and flavour in pair.flavours:
                    marks = [pytest.mark.xfail(strict=True)] if case.id in pair.refuses else []
                    quick = case.quick and flavour != "trio" and (case.group in ALWAYS or number % 8 == 0)
                    yield pytest.param(
                        case,
                        flavour,
                        pair,
                        id=f"{case.id} - {flavour} - {pair.name}",
                        marks=marks if quick else [*marks, pytest.mark.thorough],
                    )


@pytest.mark.parametrize("case, flavour, pair", list(_parameters()))
def test_a_fault_ends_as_promised(
    case: Case, flavour: Flavour, pair: Pair, tmp_path: Path, authority: Authority
) -> None:
    """The call ends in time, with the right answer or error, and leaves nothing behind and nothing mixed up."""
    broken = broken_promises(case, flavour, pair, tmp_path, authority)
    assert not broken, "\n".join(broken)


def test_there_are_at_least_a_hundred() -> None:
    """The tables hold 100 cases or more, and no two of the same name."""
    assert len({case.id for case in CASES}) == len(CASES) >= 100
