"""`lp-engagement demo`: a whole visit on this machine, with each step checked in the server's journal."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click


@click.command("demo", short_help="See it work: a whole visit on this machine; nothing leaves it.")
def command() -> None:
    """Show a whole visit: a loading account, the retry, an engagement, a second process, two updates.

    A simulator of the API runs on this machine. You need no account, and nothing leaves the machine. The exit code is 0
    only if every step succeeds.
    """
    from lp_engagement.simulator import Simulator

    from . import later, opening
    from .stage import Stage

    started = time.monotonic()
    simulator = Simulator(cold=1)
    with TemporaryDirectory(prefix="lp-engagement-") as folder, simulator.serve() as server:
        stage = Stage(simulator, server.url, Path(folder))
        stage.screen.frame(
            f"One visit on this machine. A simulator of the App Engagement API listens on {stage.url}; its account has "
            "yet to be loaded. Requests and answers are shown from the server's own journal; the ids are made up by it."
        )
        with stage.client:
            engagement = opening.first_call(stage)
            opening.ids_are_kept(stage)
            later.second_process(stage)
            later.shown(stage, engagement)
            later.clicked(stage, engagement)
            later.bad_payload(stage)
    stage.screen.frame(
        f"All {stage.screen.steps} steps happened, with {len(simulator.journal)} requests in "
        f"{time.monotonic() - started:.1f} s. Your turn: README.md, and `lp-engagement engage --help`."
    )
