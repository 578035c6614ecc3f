"""The interface between a simulator and its mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .response import SimulatedResponse
    from .state import VirtualClock

__all__ = ["Mountable"]


class Mountable(Protocol):
    """The parts of a simulator that a mount uses."""

    @property
    def clock(self) -> VirtualClock:
        """The simulator's time."""
        ...

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> SimulatedResponse:
        """Answer one request; see `Simulator.handle`."""
        ...
