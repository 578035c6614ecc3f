"""Builders of engagement attributes (SDEs): `sde.cart(total=11.7, num_items=1)`.

One function for each type of the spec. `None` leaves a field out; `0`, `False` and `""` are sent. The result is a
dict, so everything that takes a dict takes it; its repr shows no values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lp_engagement_client import sde as _generated
from lp_engagement_client.sde import *  # noqa: F403 - the list of types is the spec's
from lp_engagement_client.types import Payload, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RawSde", "raw"]
__all__ += _generated.__all__  # the form that type checkers can follow


class RawSde(Payload):
    """An engagement attribute that is sent as it is, whatever the spec says."""


def raw(attribute: Mapping[str, Any]) -> RawSde:
    """Send an attribute without checking it, for what LivePerson has added and the spec does not know yet.

    Args:
        attribute: the JSON object, with its `type`.
    """
    return RawSde(plain(attribute))
