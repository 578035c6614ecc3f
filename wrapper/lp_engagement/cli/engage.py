"""`lp-engagement engage`: one call from the shell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click

from .failures import report_as_json
from .inputs import STDIN, read_list, read_object

if TYPE_CHECKING:
    from lp_engagement import CallEvent, Engagement, Visit, VisitIds

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)


@click.command("engage", short_help="Ask for an engagement, or update a visit: JSON in, JSON out.")
@click.option("--account", "account_id", metavar="ID", help="LivePerson account.  [default: LP_ACCOUNT_ID]")
@click.option("--key", required=True, metavar="KEY", help="Your own key for the consumer; the visit is kept under it.")
@click.option("--domain", metavar="HOST", help="Host to call.  [default: LP_DOMAIN, else the Domain API is asked]")
@click.option(
    "--base-url", metavar="URL", help="The same with a scheme; http:// for this machine and LP_ALLOW_HTTP_HOSTS only."
)
@click.option("--store", metavar="URL", help="The visit store: sqlite:///FILE, memory://.  [default: LP_VISIT_STORE]")
@click.option("--app-type", default="EXTERNAL", show_default=True, metavar="TYPE", help="EXTERNAL or MSDK.")
@click.option("--section", "sections", multiple=True, metavar="NAME", help="A section of the app; repeat for more.")
@click.option("--app-details", type=_FILE, metavar="FILE", help="JSON object about the app; - for stdin.")
@click.option(
    "--sdes", type=_FILE, metavar="FILE", help="JSON array of engagement attributes, or a single one; - for stdin."
)
@click.option(
    "--impressions", type=_FILE, metavar="FILE", help="JSON array of impression events; - for stdin. Implies --update."
)
@click.option(
    "--update", is_flag=True, help="Update the visit's session (PUT) instead of requesting an engagement (POST)."
)
@click.option("--timeout", type=float, metavar="SECONDS", help="Limit for one attempt.  [default: LP_TIMEOUT, else 10]")
@click.option("--deadline", type=float, metavar="SECONDS", help="Limit for all attempts and pauses.  [default: none]")
@click.option("--no-retry", is_flag=True, help="Do not retry.")
@click.option("--show-ids", is_flag=True, help="Show visitor, session and page id; they are hidden by default.")
@click.option("--dry-run", is_flag=True, help="Validate and print the request instead of sending it.")
@click.option("--json-errors", is_flag=True, help="After a failure, write one JSON object to stderr, and nothing else.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    key: str,
    sections: tuple[str, ...],
    app_details: str | None,
    sdes: str | None,
    impressions: str | None,
    update: bool,
    no_retry: bool,
    show_ids: bool,
    dry_run: bool,
    json_errors: bool,
    **connection: Any,
) -> None:
    """Request an engagement for a consumer, or update the consumer's visit.

    The first call for a key opens a visit; later calls, from any process with the same store, continue it. The result
    is one JSON object on stdout. Errors and retries are reported on stderr.
    """
    from lp_engagement import NEVER, EngagementClient
    from lp_engagement.errors import ConfigurationError

    from . import rehearsal

    if json_errors:
        report_as_json(ctx)
    update = update or impressions is not None
    if update and (sections or app_details):
        raise click.UsageError("--section and --app-details are for asking; an update does not take them.")
    if (app_details, sdes, impressions).count(STDIN) > 1:
        raise click.UsageError("Only one of the inputs can be stdin.")
    what: dict[str, Any] = {"sdes": read_list(sdes, "--sdes")}
    if update:
        what["impressions"] = read_list(impressions, "--impressions")
    else:
        what |= {"sections": list(sections) or None, "app_details": read_object(app_details, "--app-details")}

    try:
        client = EngagementClient(
            **connection,
            retry=NEVER if no_retry else None,
            transport=rehearsal.RehearsalTransport() if dry_run else None,
            hooks=() if json_errors else (_tell,),
        )
    except ConfigurationError as error:
        raise ConfigurationError(_as_typed(ctx.command, str(error))) from None
    with client:
        visit = client.visit(key)
        try:
            result = _call(visit, update=update, show_ids=show_ids, **what)
        except rehearsal.Rehearsed as rehearsed:
            result = rehearsal.to_json(rehearsed.request, show_ids=show_ids)
    # ASCII, so that no server and no terminal can make this fail.
    click.echo(json.dumps(result, indent=2))


def _as_typed(command: click.Command, message: str) -> str:
    """Replace the client's argument names in a message by the options that the user typed."""
    names = {str(each.name): each.opts[0] for each in command.params}
    # An argument of one word is also an English word, unless the sentence is about it.
    pattern = "|".join(rf"\b{name}\b" if "_" in name else rf"\A{name}\b" for name in names)
    return re.sub(pattern, lambda found: names[found[0]], message)


def _call(visit: Visit, *, update: bool, show_ids: bool, **what: Any) -> dict[str, Any]:
    ids: Engagement | VisitIds | None
    if update:
        visit.update(**what)
        result: dict[str, Any] = {"updated": True}
        ids = visit.ids() if show_ids else None
    else:
        ids = visit.get_engagement(**what)
        result = _to_json(ids)
    if show_ids and ids is not None:
        result["ids"] = {"visitorId": ids.visitor_id, "sessionId": ids.session_id, "pageId": ids.page_id}
    return result


def _to_json(engagement: Engagement) -> dict[str, Any]:
    return {
        "status": engagement.status,
        "available": engagement.available,
        "engagement": None if engagement.details is None else engagement.details.documented(),
        "expiresAt": None if engagement.expires_at is None else engagement.expires_at.isoformat(timespec="seconds"),
        "newSession": engagement.new_session,
        "saved": engagement.saved,
    }


def _tell(event: CallEvent) -> None:
    if event.name == "retry":
        reason = event.error if event.status is None else f"HTTP {event.status} ({event.error})"
        click.echo(f"{event.operation}: {reason}. Next try in {event.pause:g} s.", err=True)
    elif event.name == "visit_not_saved":
        click.echo("The visit could not be saved: the next call will not know it.", err=True)
