"""The objects that the steps of the demo share."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lp_engagement import EngagementClient
from lp_engagement._common.clock import SystemClock
from lp_engagement.errors import EngagementError
from lp_engagement_client.facts import FIELDS

from .screen import Screen

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lp_engagement import Visit, VisitIds
    from lp_engagement.simulator import Entry, Journal, Simulator
    from lp_engagement_client.facts import AppType

ACCOUNT, KEY = "12345678", "customer-4711"
APP_TYPE: AppType = "MSDK"
FASTER = 100
"""How much faster than the real one the demo's clock runs in a pause."""
SECONDS = 30.0
"""More than anything here takes."""
_EXPECTED = (EngagementError, OSError, subprocess.SubprocessError, LookupError, ValueError)


class Stage:
    """The server's journal, a client of it, and the screen.

    Args:
        simulator: a simulator whose account is cold.
        url: where it is served.
        folder: an empty folder for the visit store.
    """

    def __init__(self, simulator: Simulator, url: str, folder: Path) -> None:
        self.screen: Screen = Screen()
        self.journal: Journal = simulator.journal
        self.url = url
        self.file: Path = folder / "visits.db"
        self.store: str = f"sqlite:///{self.file}"
        self.client: EngagementClient = self.new_client()
        self.pauses: list[float] = []
        self.waited: list[float] = []
        self.ids_in_pause: VisitIds | None = None
        examples = json.loads(files("lp_engagement_client").joinpath("schemas", "examples.json").read_bytes())
        self.example: dict[str, Any] = examples["requests"]["create-session"]

    @property
    def visit(self) -> Visit:
        """The visit that all is about."""
        return self.client.visit(KEY)

    def new_client(self) -> EngagementClient:
        """Make a client that takes nothing from the environment."""
        return EngagementClient(
            ACCOUNT, base_url=self.url, store=self.store, app_type=APP_TYPE, timeout=SECONDS, clock=_DemoClock(self)
        )

    def step(self, title: str) -> AbstractContextManager[None]:
        """Head a step; whatever goes wrong in it ends the demo."""
        return self.screen.step(title, *_EXPECTED)


class _DemoClock(SystemClock):
    """Sleeps for a fraction of the time, and records the pauses for the stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def sleep(self, seconds: float) -> None:
        self._stage.ids_in_pause = self._stage.visit.ids()
        begun = self.monotonic()
        super().sleep(seconds / FASTER)
        self._stage.pauses.append(seconds)
        self._stage.waited.append(self.monotonic() - begun)


def by_role(schema: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an object that have a role, by their roles."""
    return {role: value[key] for role, key in FIELDS[schema].items() if key in value}


def answered(entry: Entry) -> dict[str, Any]:
    """Return the JSON object that an entry was answered with.

    Raises:
        ValueError: it is none.
    """
    value = None if entry.answer is None else entry.answer.json()
    if not isinstance(value, dict):
        raise ValueError("the answer is not a JSON object")  # noqa: TRY004 - the content is wrong, not the argument
    return value
