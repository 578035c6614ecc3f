"""CPU time of several programs that take turns in one process, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Taken", "measure"]


class Taken(NamedTuple):
    """Microseconds of CPU per call, one number for each round."""

    rounds: list[float]

    @property
    def text(self) -> str:
        """The median, and the least."""
        return f"{statistics.median(self.rounds):,.0f} ({min(self.rounds):,.0f}) µs"

    def ratio(self, other: Taken) -> float:
        """Return the median of the ratios to another in the same round."""
        return statistics.median(ours / its for ours, its in zip(self.rounds, other.rounds, strict=True))


def measure(programs: Mapping[str, Callable[[int], None]], rounds: int, calls: int) -> dict[str, Taken]:
    """Let each program make so many calls in each round, after one round that is not counted."""
    for run in programs.values():
        run(calls)
    taken = {name: Taken([]) for name in programs}
    for number in range(rounds):
        # Forwards and backwards in turn: no one always follows the same one.
        for name, run in list(programs.items())[:: 1 if number % 2 else -1]:
            gc.collect()
            begun = time.process_time()
            run(calls)
            taken[name].rounds.append((time.process_time() - begun) / calls * 1e6)
    return taken
