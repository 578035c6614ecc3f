"""Report the start and the end of a call, and add up its time on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from lp_engagement.errors import EngagementError, PayloadError, StoreError

from .effects import Reserve, Send, Sleep, StoreEffect

if TYPE_CHECKING:
    from lp_engagement.hooks import Outcome

    from .effects import Effect, Flow
    from .exchange import Call

__all__ = ["watched"]

T = TypeVar("T")


def watched(call: Call, operation: str, flow: Flow[T]) -> Flow[T]:
    """Run a flow between the two events of its call. However it ends, the second one is emitted once."""
    return _Watch(call, operation).over(flow)


class _Watch:
    __slots__ = ("_attempts", "_begun", "_call", "_clock", "_operation", "_stored", "_waited")

    def __init__(self, call: Call, operation: str) -> None:
        self._call = call
        self._clock = call.settings.clock
        self._operation = operation
        self._begun = self._clock.monotonic()
        self._attempts = 0
        self._stored = self._waited = 0.0

    def over(self, flow: Flow[T]) -> Flow[T]:
        outcome: Outcome = "cancelled"
        name: str | None = None
        try:
            self._call.emit("call_started", self._operation)
            effect = next(flow)
            while True:
                begun = self._clock.monotonic()
                try:
                    result = yield effect
                except BaseException as error:  # noqa: BLE001 - the flow decides
                    self._note(effect, begun, error)
                    effect = flow.throw(error)
                else:
                    self._note(effect, begun)
                    effect = flow.send(result)
        except StopIteration as stop:
            outcome = "reused" if getattr(stop.value, "reused", False) else "success"
            return stop.value  # type: ignore[no-any-return]
        except BaseException as error:
            name = type(error).__name__
            if isinstance(error, EngagementError):
                error.meta = self._call.meta()
            if isinstance(error, Exception):
                outcome = "invalid" if isinstance(error, PayloadError) else "failed"
            raise
        finally:
            self._end(outcome, name)

    def _note(self, effect: Effect[Any], begun: float, error: BaseException | None = None) -> None:
        seconds = self._clock.monotonic() - begun
        if isinstance(effect, StoreEffect):
            self._stored += seconds
            if isinstance(error, StoreError):
                name = type(error).__name__
                self._call.emit("store_failed", self._operation, seconds=seconds, error=name)
        elif isinstance(effect, Send):
            self._attempts += 1
        elif isinstance(effect, Reserve | Sleep):
            self._waited += seconds

    def _end(self, outcome: Outcome, error: str | None) -> None:
        self._call.emit(
            "call_ended",
            self._operation,
            seconds=self._clock.monotonic() - self._begun,
            error=error,
            outcome=outcome,
            attempts=self._attempts,
            waited=self._waited,
            store_seconds=self._stored,
        )
