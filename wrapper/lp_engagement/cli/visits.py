"""`lp-engagement visits`: manage the visits in a store."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from lp_engagement._common.logs import fingerprint
from lp_engagement._common.muted import Muted
from lp_engagement._common.printable import printable
from lp_engagement._core.checks import account_id, visit_key
from lp_engagement.stores import MemoryStore, open_store

from .failures import REFUSED
from .import_lines import HashedIdsError, Imported, import_lines
from .inputs import not_readable, opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lp_engagement.errors import StoreError
    from lp_engagement.stores import VisitRecord, VisitStore

_WIDEST = 200
_MOST_NAMED = 20

_store = click.option(
    "--store",
    "url",
    envvar="LP_VISIT_STORE",
    default="sqlite://",
    metavar="URL",
    help="The visit store.  [default: LP_VISIT_STORE, else the default SQLite file]",
)
_account = click.option(
    "--account", envvar="LP_ACCOUNT_ID", required=True, metavar="ID", help="The account.  [default: LP_ACCOUNT_ID]"
)
_show_ids = click.option("--show-ids", is_flag=True, help="Show ids; otherwise a hash distinguishes them.")


@click.group("visits", short_help="List, show, forget, purge, export or import the visits of a store.")
def command() -> None:
    """Manage the visits in a store.

    Ids are shown as hashes, which differ from run to run, unless --show-ids is given.
    """


@command.command("list")
@_store
@_show_ids
@click.pass_context
def list_visits(ctx: click.Context, url: str, *, show_ids: bool) -> None:
    """List all visits, the latest first: account and key, visitor, session, engagement, time of the last response.

    The exit code is 1 if a visit cannot be read; stderr names it.
    """
    damaged = _Damaged()
    with _opened(url) as store:
        visits = sorted(store.items(damaged=damaged), key=lambda item: item[1].updated_at, reverse=True)
    for key, record in visits:
        shown = _shown(record, show_ids=show_ids)
        engagement = "engagement" if shown["engagement"] else "-"
        # Keys are what an app's users have typed, ids what a server has sent.
        columns = (key, shown["visitorId"] or "-", shown["sessionId"] or "-", engagement, shown["updatedAt"])
        click.echo("  ".join(printable(column, _WIDEST) for column in columns))
    if not visits and not damaged.count:
        click.echo("The visit store is empty.", err=True)
    damaged.end(ctx)


@command.command("show")
@click.argument("key")
@_account
@_store
@_show_ids
@click.pass_context
def show_visit(ctx: click.Context, /, *, key: str, account: str, url: str, show_ids: bool) -> None:
    """Show the visit of KEY as JSON. The exit code is 1 if there is none."""
    with _opened(url) as store:
        record = store.load(visit_key(account_id(account), Muted(key)))
    if record is None:
        click.echo("There is no visit under this key.", err=True)
        ctx.exit(REFUSED)
    click.echo(json.dumps(_shown(record, show_ids=show_ids), indent=2))


@command.command("forget")
@click.argument("key")
@_account
@_store
def forget_visit(key: str, account: str, url: str) -> None:
    """Delete the visit of KEY. The next call opens a new one, with a new visitor."""
    with _opened(url) as store:
        store.delete(visit_key(account_id(account), Muted(key)))


@command.command("purge")
@click.option(
    "--older-than", type=click.FloatRange(min=0), required=True, metavar="HOURS", help="Hours since the last response."
)
@_store
@click.pass_context
def purge_visits(ctx: click.Context, older_than: float, url: str) -> None:
    """Delete all visits whose last response is older, and print their number.

    The exit code is 1 if a value can be neither read nor deleted; stderr names it.
    """
    damaged = _Damaged()
    with _opened(url) as store:
        count = store.purge(before=time.time() - older_than * 3600, damaged=damaged)
    click.echo(f"{count} visit{'' if count == 1 else 's'} deleted.")
    damaged.end(ctx)


@command.command("export")
@_store
@_show_ids
@click.pass_context
def export_visits(ctx: click.Context, url: str, *, show_ids: bool) -> None:
    """Write all visits as NDJSON, one object for each.

    The exit code is 1 if a visit cannot be read; stderr names it.
    """
    damaged = _Damaged()
    with _opened(url) as store:
        for key, record in store.items(damaged=damaged):
            # Times to the microsecond: an import compares them.
            shown = _shown(record, show_ids=show_ids, timespec="microseconds")
            click.echo(json.dumps({"key": key, **shown}))
    damaged.end(ctx)


@command.command("import")
@click.argument("file")
@click.option("--overwrite", is_flag=True, help="Also replace visits that are newer in the store.")
@_store
@click.pass_context
def import_visits(ctx: click.Context, file: str, url: str, *, overwrite: bool) -> None:
    """Save the visits of FILE, as written by visits export --show-ids; - is stdin.

    A visit is left alone if the store has it as new or newer. Each visit expires a lifetime after its import.

    Invalid lines are skipped: stderr names the first of them by number, the others are imported, and the exit code is
    1. Importing again changes nothing, so you can correct the lines and import the whole file.
    """
    counts, skipped = Imported(), _Skipped()
    try:
        source = opened(file)
    except OSError as error:
        raise not_readable(file, "FILE", error) from None
    with source as lines, closing(open_store(url)) as store:
        try:
            import_lines(lines, store, counts, overwrite=overwrite, report=skipped)
        except HashedIdsError as error:
            raise click.UsageError(f"{error}") from None
        finally:
            click.echo(counts)
    if counts.skipped:
        ctx.exit(REFUSED)


class _Skipped:
    """Names the first lines that are skipped."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, sentence: str) -> None:
        self.count += 1
        if self.count <= _MOST_NAMED:
            click.echo(sentence, err=True)
        elif self.count == _MOST_NAMED + 1:
            click.echo("Skipped more lines, which are not listed.", err=True)


class _Damaged:
    """Reports each value that cannot be read, and lets the command continue."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, key: str, error: StoreError) -> None:
        self.count += 1
        click.echo(f"Skipped {printable(key, _WIDEST)}: {error}", err=True)

    def end(self, ctx: click.Context) -> None:
        if self.count:
            ctx.exit(REFUSED)


def _opened(url: str) -> closing[VisitStore]:
    """Open the store for one command. A misspelt path creates no file."""
    store = open_store(url)
    path: Path | None = getattr(store, "path", None)
    if path is not None and not path.exists():
        click.echo(
            f"There is no visit store at {printable(str(path), 300)}. Nothing was saved there yet, or --store is"
            " misspelt.",
            err=True,
        )
        return closing(MemoryStore())
    return closing(store)


def _shown(record: VisitRecord, *, show_ids: bool, timespec: str = "seconds") -> dict[str, Any]:
    told: Callable[[str | None], str | None] = (lambda value: value) if show_ids else fingerprint
    return {
        "visitorId": told(record.visitor_id),
        "sessionId": told(record.session_id),
        "pageId": told(record.page_id),
        "engagement": None if record.engagement is None else dict(record.engagement),
        "engagementExpiresAt": _moment(record.engagement_expires_at, timespec),
        "updatedAt": _moment(record.updated_at, timespec),
    }


def _moment(seconds: float | None, timespec: str) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec)
