"""A fault: a row of a table with the failure and the required result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .scripted import Ids, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .world import World

__all__ = ["A", "Ask", "B", "Case", "Expect", "fails", "gives"]

A = Ids("Y0NDhhNWJkMGQ0ZGI2", "lMXsS5SuRJqjMSYmkTiYMg", "4743822558")
"""The ids of the usual answer."""
B = Ids("IyN2Y4ZTQwYTU1MWY2", "zwq8VNrKQbOAkBvXjYPBsA", "6881908469")
"""The ids of somebody else."""
KNOWN = Ids("QyNzU2NmVhZWQ5OTk1", "mQ8WW3VE4a3R62HKFutpvw", "9363925328")
"""The ids of a visit that the store knows from the start."""

Way = Literal["http", "https", "named", "proxy", "look-up"]
Step = Literal["ask", "update", "forget", "close", "settle"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One step of an application."""

    step: Step = "ask"
    key: str = "customer-4711"
    megabytes: int = 0


@dataclass(frozen=True, slots=True)
class Expect:
    """The required result of the last step; the steps before it must succeed.

    Attributes:
        error: the class of the error, or several separated by `|`; empty for the right answer.
        sent: how many requests the server must have seen in all: exactly, or from and to.
        maybe_sent: what the error must say; `None` if it is not looked at.
        visitors: who the store must know in the end, by key; by default who was there or was answered.
        saved: whether the engagement must say that it was saved; `None` if it is not looked at.
    """

    error: str = ""
    sent: int | tuple[int, int] = 1
    maybe_sent: bool | None = None
    visitors: Mapping[str, str | None] | None = None
    saved: bool | None = True

    def __str__(self) -> str:
        """Say it in a cell of a table."""
        low, high = self.sent if isinstance(self.sent, tuple) else (self.sent, self.sent)
        said = {None: "", True: ", `maybe_sent`", False: ", not sent"}[self.maybe_sent]
        result = " or ".join(f"`{each}`" if each else "the right answer" for each in self.error.split("|"))
        saved = "" if self.saved is not False else ", `saved=False`"
        count = f"{low}" if low == high else f"{low} to {high}"
        return f"{result}{said}{saved}; {count} request{'' if high == 1 else 's'}"


def gives(sent: int | tuple[int, int] = 1, **changes: Any) -> Expect:
    """Expect the right answer."""
    return Expect("", sent, **changes)


def fails(error: str, sent: int | tuple[int, int] = 1, **changes: Any) -> Expect:
    """Expect an error."""
    return Expect(error, sent, **changes)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault.

    Attributes:
        group: the part of the world that fails.
        name: what goes wrong.
        script: what the server does.
        expect: what the caller must get, of either client.
        steps: what the application does.
        known: whether the store knows the visit from the start.
        way: how the server is reached.
        tls: which certificate it shows.
        timeout: seconds for one attempt; short ones are for servers that hang.
        deadline: seconds for the call.
        options: further arguments of the client.
        prepare: makes the fault in the world before there is a client.
        at: what happens at the first event of a name.
        heals: whether the server can be well afterwards, and the client must then work.
        peak: how many MiB the call may take at most; `None` if it is not measured.
        quick: whether the case is in the short form of the suite.
        flavours: the flavours that it makes sense in.
    """

    group: str
    name: str
    script: Script
    expect: Expect
    steps: tuple[Ask, ...] = (Ask(),)
    known: bool = False
    way: Way = "http"
    tls: str = "good"
    timeout: float = 5.0
    deadline: float = 10.0
    options: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[World], None] | None = None
    at: Mapping[str, Callable[[World], None]] = field(default_factory=dict)
    heals: bool = True
    peak: int | None = None
    quick: bool = True
    flavours: frozenset[str] = frozenset({"sync", "asyncio", "trio"})

    @property
    def id(self) -> str:
        """The name in the output of pytest."""
        return f"{self.group}: {self.name}"
