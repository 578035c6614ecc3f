"""`lp-engagement visits`: look after the visits that a store keeps."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from lp_engagement.config import account_id, visit_key
from lp_engagement.stores import open_store
from lp_engagement.telemetry import fingerprint

from .failures import REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.stores import VisitRecord, VisitStore

_store = click.option(
    "--store",
    "url",
    envvar="LP_VISIT_STORE",
    default="sqlite://",
    metavar="URL",
    help="Where visits are kept.  [default: LP_VISIT_STORE, else the default SQLite file]",
)
_account = click.option(
    "--account", envvar="LP_ACCOUNT_ID", required=True, metavar="ID", help="The account.  [default: LP_ACCOUNT_ID]"
)
_show_ids = click.option("--show-ids", is_flag=True, help="Show ids; otherwise a hash tells them apart.")


@click.group("visits", short_help="List, show, forget, purge or export the visits of a store.")
def command() -> None:
    """Look after the visits that a store keeps between calls.

    Ids are shown as hashes, which differ from run to run, unless --show-ids is given.
    """


@command.command("list")
@_store
@_show_ids
def list_visits(url: str, *, show_ids: bool) -> None:
    """List all visits, the latest first: account and key, visitor, session, engagement, time of the last answer."""
    with _opened(url) as store:
        visits = sorted(store.items(), key=lambda item: item[1].updated_at, reverse=True)
    for key, record in visits:
        shown = _shown(record, show_ids=show_ids)
        engagement = "engagement" if shown["engagement"] else "-"
        click.echo(
            f"{key}  {shown['visitorId'] or '-'}  {shown['sessionId'] or '-'}  {engagement}  {shown['updatedAt']}"
        )


@command.command("show")
@click.argument("key")
@_account
@_store
@_show_ids
@click.pass_context
def show_visit(ctx: click.Context, /, *, key: str, account: str, url: str, show_ids: bool) -> None:
    """Show the visit of KEY as JSON. Exit code 1 if there is none."""
    with _opened(url) as store:
        record = store.load(visit_key(account_id(account), key))
    if record is None:
        click.echo("There is no visit under this key.", err=True)
        ctx.exit(REFUSED)
    click.echo(json.dumps(_shown(record, show_ids=show_ids), indent=2))


@command.command("forget")
@click.argument("key")
@_account
@_store
def forget_visit(key: str, account: str, url: str) -> None:
    """Forget the visit of KEY: the next call opens a new one, with a new visitor."""
    with _opened(url) as store:
        store.delete(visit_key(account_id(account), key))


@command.command("purge")
@click.option(
    "--older-than", type=click.FloatRange(min=0), required=True, metavar="HOURS", help="Since the last answer."
)
@_store
def purge_visits(older_than: float, url: str) -> None:
    """Delete all visits whose last answer is longer ago, and say how many there were."""
    with _opened(url) as store:
        count = store.purge(before=time.time() - older_than * 3600)
    click.echo(f"{count} visit{'' if count == 1 else 's'} deleted.")


@command.command("export")
@_store
@_show_ids
def export_visits(url: str, *, show_ids: bool) -> None:
    """Write all visits as NDJSON, one object for each."""
    with _opened(url) as store:
        for key, record in store.items():
            click.echo(json.dumps({"key": key, **_shown(record, show_ids=show_ids)}))


def _opened(url: str) -> closing[VisitStore]:
    """The store for the length of a command."""
    return closing(open_store(url))


def _shown(record: VisitRecord, *, show_ids: bool) -> dict[str, Any]:
    told: Callable[[str | None], str | None] = (lambda value: value) if show_ids else fingerprint
    return {
        "visitorId": told(record.visitor_id),
        "sessionId": told(record.session_id),
        "pageId": told(record.page_id),
        "engagement": None if record.engagement is None else dict(record.engagement),
        "engagementExpiresAt": _moment(record.engagement_expires_at),
        "updatedAt": _moment(record.updated_at),
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
