"""A plugin of pytest that lets coverage record which test has run a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["pytest_runtest_protocol"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Name the test; the cases of a parameter are one."""
    measured = Coverage.current()
    assert measured is not None  # noqa: S101 - the command runs pytest under coverage
    measured.switch_context(item.nodeid.partition("[")[0])
    return (yield)
