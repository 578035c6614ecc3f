"""`lp-engagement simulate`: the endpoint on this machine."""

from __future__ import annotations

import click

from .failures import USAGE


@click.command("simulate", short_help="Serve a simulated API and a page to watch it, on this machine.")
@click.option("--port", type=int, default=0, show_default="any free one", metavar="N", help="Port to listen on.")
@click.option(
    "--scenario",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Campaigns, cold accounts and faults, as YAML or JSON.",
)
@click.option(
    "--cold", type=click.IntRange(min=0), metavar="N", help='POSTs that each account answers with "Loading account".'
)
@click.option(
    "--strict", is_flag=True, default=None, help="Answer 400 to unknown keys and types, which the API drops silently."
)
@click.pass_context
def command(ctx: click.Context, /, *, port: int, scenario: str | None, cold: int | None, strict: bool | None) -> None:
    """Serve a simulated App Engagement API on 127.0.0.1 until Ctrl-C.

    The first line of output is the address. Open it in a browser to watch visitors and requests, and to
    cause faults.
    """
    from lp_engagement.simulator.__main__ import run

    problem = run(port=port, scenario=scenario, cold=cold, strict=strict)
    if problem is not None:
        click.echo(problem, err=True)
        ctx.exit(USAGE)
