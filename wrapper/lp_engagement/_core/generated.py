"""The operations of the generated client, each imported at its first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement._common.importing import importing
from lp_engagement_client import api

if TYPE_CHECKING:
    from lp_engagement_client.operation import Operation

__all__ = ["find"]


@cache
def find(name: str) -> Operation[Any]:
    """Return the operation that has this name in the spec.

    Raises:
        KeyError: the spec has no such operation.
    """
    with importing():
        return api.find(name)
