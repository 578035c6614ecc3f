"""The operations of the generated client, each imported at its first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement._common.importing import importing
from lp_engagement.retry import UNKNOWN
from lp_engagement_client import api

if TYPE_CHECKING:
    from lp_engagement_client.operation import Operation

__all__ = ["find"]


@cache
def find(name: str) -> Operation[Any]:
    """Return the operation that has this name in the spec, or one that reads the answer of a request of the caller's.

    Raises:
        KeyError: the spec has no such operation.
    """
    with importing():
        if name == UNKNOWN:
            from lp_engagement_client.operation import Operation

            return Operation(name=name, method="", path="", server=None, parameters={}, body="optional", answer=None)
        return api.find(name)
