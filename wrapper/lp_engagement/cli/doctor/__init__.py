"""`lp-engagement doctor`: check the set-up, and report in plain words what is wrong and how to fix it."""

from __future__ import annotations

import json
import time

import click

_DEFAULT_SECONDS = 20.0
_MOST_SECONDS = 3600.0


@click.command("doctor", short_help="Check account, network, clock, store and versions; makes no visit.")
@click.option("--account", "account_id", metavar="ID", help="LivePerson account.  [default: LP_ACCOUNT_ID]")
@click.option("--domain", metavar="HOST", help="Host to check.  [default: LP_DOMAIN, else the Domain API is asked]")
@click.option(
    "--base-url", metavar="URL", help="The same with a scheme; http:// for this machine and LP_ALLOW_HTTP_HOSTS only."
)
@click.option("--store", metavar="URL", help="The visit store: sqlite:///FILE, memory://.  [default: LP_VISIT_STORE]")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True, max=_MOST_SECONDS),
    default=_DEFAULT_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Limit for all checks together.",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    account_id: str | None,
    domain: str | None,
    base_url: str | None,
    store: str | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Check the set-up of this machine, with the same settings as `engage`.

    Checks versions, account, proxy, look-up, host, TLS, clock and store. No visit is made: the host is sent a GET of
    its front page, and the store takes a lease and releases it. The output has no ids and no passwords.

    The exit code is 1 if a check fails.
    """
    from . import network, store_probe, versions
    from .diagnosis import Diagnosis

    ends_at = time.monotonic() + timeout
    diagnosis = Diagnosis()
    versions.examine(diagnosis)
    network.examine(diagnosis, network.Target(account_id, domain, base_url), ends_at)
    store_probe.examine(diagnosis, store, ends_at)
    # ASCII, so that no server and no terminal can make this fail.
    click.echo(json.dumps(diagnosis.to_json(), indent=2) if as_json else diagnosis.to_text())
    if diagnosis.failed():
        ctx.exit(1)
