"""`lp-engagement simulate`: the endpoint on this machine, or in a test network."""

from __future__ import annotations

from typing import Any

import click

from .failures import USAGE


@click.command("simulate", short_help="Serve a simulated API and a page to watch it.")
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="IP address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=int, default=0, show_default="any free one", metavar="N", help="Port to listen on.")
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Host name to answer to, besides this machine's. Repeatable."
)
@click.option("--cors", multiple=True, metavar="ORIGIN", help="Origin whose pages may call the API. Repeatable.")
@click.option("--tls", is_flag=True, help="Serve https with a throw-away certificate.")
@click.option(
    "--ca-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Where --tls writes the certificate of its authority.",
)
@click.option(
    "--cert", type=click.Path(dir_okay=False), metavar="FILE", help="Certificate to serve https with, as PEM."
)
@click.option("--key", type=click.Path(dir_okay=False), metavar="FILE", help="Key of the certificate, as PEM.")
@click.option(
    "--scenario",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Campaigns, cold accounts and faults, as YAML or JSON.",
)
@click.option(
    "--export",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Where to write the settings as a scenario (JSON) at the end.",
)
@click.option(
    "--cold", type=click.IntRange(min=0), metavar="N", help='POSTs that each account answers with "Loading account".'
)
@click.option(
    "--strict", is_flag=True, default=None, help="Answer 400 to unknown keys and types, which the API drops silently."
)
@click.option("--seed", type=int, metavar="N", help="Make ids and chances the same in each run.")
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Serve a simulated App Engagement API on 127.0.0.1 until Ctrl-C.

    The first line of output is the address. Open it in a browser to watch visitors and requests, and to
    cause faults.
    """
    from lp_engagement.simulator.__main__ import ServeOptions, run

    problem = run(ServeOptions(**options))
    if problem is not None:
        click.echo(problem, err=True)
        ctx.exit(USAGE)
