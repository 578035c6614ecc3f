"""The deadline and progress of one exchange, which its time-outs carry down to the socket."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lp_engagement.errors import EngagementError

__all__ = ["Allowance", "Timeouts", "Wire"]

_LONGEST_OVERTIME = 64 * 1024
"""Bytes that may still be read when the time is up, because they are there already. Real answers have a few hundred."""
_UNBOUNDED = 1e6
"""Seconds for an exchange that a given client makes elsewhere and does not bound; the system accepts no infinity."""

_OPENINGS = (b"CONNECT ", b"\x01", b"\x05")
"""How messages begin that are for a proxy: HTTP tunnels, and the two parts of a SOCKS handshake."""


class Wire:
    """One exchange, as its connection sees it.

    Attributes:
        deadline: when the exchange must be over, by the monotonic clock.
        used: whether a connection has had to do with it at all; a mock has none.
        sent: whether bytes of the request may have left. The handshake with a proxy does not count.
        refusal: what is wrong with the answer. The next read raises it, so that all readers above end in order.
        over: whether the exchange has ended.
    """

    __slots__ = ("_overtime", "_sends_request", "deadline", "over", "refusal", "sent", "used")

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = time.monotonic() + _UNBOUNDED if deadline is None else deadline
        self.used = False
        self.sent = False
        self.over = False
        self.refusal: EngagementError | None = None
        self._sends_request = False
        self._overtime = 0

    def begin_write(self, message: bytes) -> bool:
        """Note what is about to be written. Return whether it is a part of the request."""
        self._sends_request = not message.startswith(_OPENINGS)
        return self._sends_request

    def wrote(self, count: int) -> None:
        """Note that the system has taken so many bytes."""
        self.sent = self.sent or (self._sends_request and count > 0)

    def received(self, count: int) -> None:
        """Note that the system had so many bytes for us.

        What is there already is read even when the deadline is over, as after a process was stopped; but a server that
        floods us cannot prolong its time.
        """
        if self.is_late():
            self._overtime += count
            if self._overtime > _LONGEST_OVERTIME:
                raise TimeoutError

    def is_late(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.deadline

    def left(self) -> float:
        """Return the seconds left, more than 0.

        Raises:
            TimeoutError: there are none.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Allowance(float):
    """A time-out in seconds that remembers the exchange it is for."""

    __slots__ = ("wire",)
    wire: Wire


class Timeouts(Mapping[str, float]):
    """httpx's time-outs by phase, each cut to what is left of the whole exchange at the moment of the look-up."""

    _PHASES = ("pool", "connect", "write", "read")

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __getitem__(self, phase: str) -> Allowance:
        if phase not in self._PHASES:
            raise KeyError(phase)
        # Reading may go on for a moment: the answer may be there already.
        left = max(self._wire.deadline - time.monotonic(), 0.001) if phase == "read" else self._wire.left()
        allowance = Allowance(left)
        allowance.wire = self._wire
        return allowance

    def __iter__(self) -> Iterator[str]:
        return iter(self._PHASES)

    def __len__(self) -> int:
        return len(self._PHASES)
