"""`lp-engagement replay`: a recorded journal once more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lp_engagement.cli.failures import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.transports import Transport

_FILE = click.Path(exists=True, dir_okay=False)
_IN_PROCESS = "http://127.0.0.1"


@click.command("replay", short_help="Send recorded requests again, and compare the answers.")
@click.argument("file", type=_FILE)
@click.option("--base-url", metavar="URL", help="Where to send them.  [default: a simulator in this process]")
@click.option("--scenario", type=_FILE, metavar="FILE", help="Scenario of the simulator in this process.")
@click.option(
    "--faults/--no-faults",
    default=None,
    help="Ask for the recorded faults too, by a header that only simulators know.  [default: without --base-url]",
)
@click.option(
    "--timeout", type=float, default=10.0, show_default=True, metavar="SECONDS", help="Limit for each request."
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    file: str,
    base_url: str | None,
    scenario: str | None,
    faults: bool | None,
    timeout: float,
) -> None:
    """Send the requests of a recording again, and compare the answers with the recorded ones.

    FILE is a HAR file, or a journal of the simulator as NDJSON. The server's new ids replace the recorded ones in
    later requests. Nothing waits between requests: a simulator in this process moves its clock instead. Each request
    whose answer differs is a line on stdout. Requests of other APIs are left out.
    """
    from .exchanges import Replay
    from .recording import RecordingError, read_recording

    if scenario is not None and base_url is not None:
        raise click.UsageError("--scenario is for the simulator in this process. Leave out --scenario or --base-url.")
    try:
        recorded, others = read_recording(Path(file).read_bytes())
    except RecordingError as error:
        raise click.UsageError(str(error)) from None
    asks_for_faults = base_url is None if faults is None else faults
    transport, url, advance = _target(base_url, scenario)
    replay = Replay(transport, url, timeout=timeout, faults=asks_for_faults, advance=advance)
    try:
        differing = 0
        for number, request in enumerate(recorded, 1):
            difference = replay.send(request)
            if difference:
                differing += 1
                click.echo(f"{number} {request.operation}: {difference}")
    finally:
        transport.close()
    left_out = f" {others} of other APIs were left out." if others else ""
    click.echo(f"{len(recorded)} requests replayed, {len(recorded) - differing} answered as recorded.{left_out}")
    if differing:
        ctx.exit(REFUSED)


def _target(base_url: str | None, scenario: str | None) -> tuple[Transport, str, Callable[[float], None] | None]:
    """Return how and where to send, and what moves the clock there."""
    if base_url is not None:
        from lp_engagement._core import checks, plain_http
        from lp_engagement._io.named_transports import open_transport

        allowed = plain_http.allowed(None, os.environ.get("LP_ALLOW_HTTP_HOSTS"))
        url = checks.base_url(base_url, allow_http=allowed)
        transport, _ = open_transport(None, asynchronous=False)
        return transport, url, None
    from lp_engagement.simulator import ScenarioError, Simulator

    try:
        simulator = Simulator.from_scenario(scenario or {})
    except ScenarioError as error:
        raise click.UsageError(f"the scenario cannot be used: {error}") from None
    return simulator.transport(), _IN_PROCESS, simulator.clock.advance
