"""The short form of the fault suite runs with all tests; `make test-faults` runs every case."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .certificates import Authority

if TYPE_CHECKING:
    from pathlib import Path

ALL = os.environ.get("LP_TEST_FAULTS") == "all"
HERE = os.path.dirname(__file__)  # noqa: PTH120


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "thorough: runs in `make test-faults` only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip slow cases, unless all are requested."""
    if ALL:
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The throw-away authority that all servers are signed by."""
    folder: Path = tmp_path_factory.mktemp("authority")
    return Authority(folder)
