"""The simulator of a torture run, in a process of its own, and what it saw."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

from lp_engagement.simulator import Simulator

from .worker import ACCOUNT

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def serve(channel: Connection) -> None:
    """Print the address; on request, print the journal; end when the other side does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    simulator = Simulator(journal_limit=None)
    with simulator.serve() as server:
        channel.send(server.url)
        try:
            while True:
                channel.recv()
                channel.send(_seen(simulator))
        except EOFError:
            pass


def _seen(simulator: Simulator) -> dict[str, Any]:
    """The new visitors, each with the process and key that created it."""
    made = {}
    for entry in simulator.journal.of("createSession"):
        if entry.status == 200 and entry.answer is not None:  # the one that makes a visitor
            agent = entry.headers["user-agent"].split(" ")[0]
            visitor = json.loads(entry.answer.body)["visitorId"]
            made[visitor] = (agent, json.loads(entry.content)["consumerSections"][0])
    return {
        "visitors": [visitor.id for visitor in simulator.visitors(ACCOUNT)],
        "made": made,
        "requests": len(simulator.journal),
    }
