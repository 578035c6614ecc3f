"""The docstrings of the async half: those of the sync half, in full."""

from __future__ import annotations

import inspect
import re

import pytest

import lp_engagement
from lp_engagement import errors, simulator, stores, transports, validation
from tools.twins import __main__ as twins

SYNC_AND_ASYNC = '''class One:
    """One.

    Args:
        key: a key.
    """

    def load(self):
        """Load it.

        Raises:
            StoreError: no.
        """

    def close(self):
        """Close it."""


class Two:
    """Two, which awaits."""

    async def load(self):
        """Do what `One.load` does."""

    async def aclose(self):
        pass
'''


def test_docstrings_agree() -> None:
    """Every async class has the docstrings of its sync twin word for word, or the check fails."""
    assert twins.main(["--check"]) == 0


def test_a_docstring_that_differs_is_replaced() -> None:
    """A method has its twin's whole docstring, a class the arguments, and a second run changes nothing."""
    agreed = twins.agreed(SYNC_AND_ASYNC, "One", "Two")
    half = agreed.split("class Two:")[1]
    assert half.startswith('\n    """Two, which awaits.\n\n    Args:\n        key: a key.\n    """\n')
    assert '"""Load it.\n\n        Raises:\n            StoreError: no.\n        """' in half
    assert '    async def aclose(self):\n        """Close it."""\n' in half
    assert twins.agreed(agreed, "One", "Two") == agreed


@pytest.mark.parametrize("module", [lp_engagement, errors, simulator, stores, transports, validation])
def test_no_docstring_points_elsewhere(module: object) -> None:
    """No public docstring is a mere pointer to another one."""
    for name in module.__all__:  # type: ignore[attr-defined]
        member = getattr(module, name)
        if not inspect.isclass(member):
            continue
        for inner, each in vars(member).items():
            if not inner.startswith("_"):
                assert not re.match(r"Do (what|it)\b|What `|The same\b", inspect.getdoc(each) or ""), f"{name}.{inner}"
