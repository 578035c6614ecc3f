"""The demo's later steps: a second process, two updates, and a payload that is not sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from lp_engagement import sde
from lp_engagement.errors import PayloadError
from lp_engagement_client.facts import FIELDS

from .stage import ACCOUNT, APP_TYPE, KEY, SECONDS, answered, by_role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lp_engagement import Engagement
    from lp_engagement_client.types import Payload

    from .stage import Stage


def second_process(stage: Stage) -> None:
    """Continue the visit in another process."""
    screen, before = stage.screen, by_role("EngagementAnswer", answered(stage.journal.last()))
    cart = json.dumps(sde.cart(total=11.7, num_items=1, currency="USD"))
    what = ["engage", "--account", ACCOUNT, "--key", KEY, "--app-type", APP_TYPE, "--sdes", "-"]
    where = ["--base-url", stage.url, "--store", stage.store]
    with stage.step("A second process goes on with the visit"):
        screen.say(f"$ echo '{cart}' |")
        screen.say(f"      lp-engagement {' '.join(what)}")
        screen.say(f"          {' '.join(where[:2])}")
        screen.say(f"          {' '.join(where[2:])}")
        output = _run(stage, [*what, *where], cart)
        entry = stage.journal.last()
        screen.request(entry)
        screen.answer(entry)
        screen.fact(entry.said("visitor_id") == before["visitor_id"], "it sent the visitor id of the first process")
        screen.fact(entry.said("session_id") == before["session_id"], "it sent the session id of the first process")
        told = json.loads(output)
        screen.fact(told["available"] and not told["newSession"], "it printed the engagement of the same session:")
        screen.json(told)


def _run(stage: Stage, command: Sequence[str], text: str) -> str:
    arguments = [sys.executable, "-m", "lp_engagement.cli", *command, "--timeout", str(SECONDS)]
    with subprocess.Popen(  # noqa: S603 - ourselves
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=stage.file.parent,
    ) as process:
        try:
            output, complaint = process.communicate(text, timeout=SECONDS)
        finally:
            process.kill()
    stage.screen.fact(
        process.returncode == 0,
        f"process {process.pid} ended with exit code 0 (this one is {os.getpid()})"
        + (f"; it said: {complaint.strip()}" if complaint else ""),
    )
    return output


def shown(stage: Stage, engagement: Engagement) -> None:
    """Report that the offer is on the screen."""
    page_id = by_role("EngagementAnswer", answered(stage.journal.last()))["page_id"]
    with stage.step("The app shows the offer, and reports it with an update of the session"):
        reported = any(entry.impressions for entry in stage.journal)
        stage.screen.fact(not reported, "so far nothing was reported: an offer that is not shown is not a display")
        _report(stage, engagement.displayed(), page_id)


def clicked(stage: Stage, engagement: Engagement) -> None:
    """Report that the consumer clicked the offer."""
    page_id = stage.journal.last().said("page_id")
    with stage.step("The consumer clicks the offer, and the handler of the click reports that"):
        _report(stage, engagement.accepted(), page_id)


def _report(stage: Stage, event: Payload, page_id: str) -> None:
    screen = stage.screen
    stage.visit.update(impressions=[event])
    entry = stage.journal.last()
    screen.request(entry)
    screen.answer(entry)
    screen.fact(entry.method == "PUT" and entry.impressions == [event], f"the impression {event['type']} arrived")
    screen.fact(entry.said("page_id") == page_id, "the page id is the one that the second process was given")
    screen.fact(
        entry.status == HTTPStatus.OK and entry.answer is not None and not entry.answer.body,
        "the answer is 200 with an empty body",
    )


def bad_payload(stage: Stage) -> None:
    """Try to send a payload that the server would silently drop."""
    screen, before = stage.screen, len(stage.journal)
    sdes: list[Any] = [
        {"type": "personal", "personal": {"firstName": "Sarah", "gender": "female"}},
        {"type": "cart", "total": "11.70", "numItems": 1},
    ]
    name = FIELDS["CreateSessionRequest"]["engagement_attributes"]
    places = {f"/{name}/{place}" for place in ("0/personal/firstName", "0/personal/gender", "1/total")}
    with stage.step("A payload with three slips is explained, and not sent"):
        screen.json(sdes)
        refusal: PayloadError | None = None
        try:
            stage.visit.get_engagement(sdes=sdes)
        except PayloadError as error:
            refusal = error
            screen.say(f"PayloadError: {error}")
        found = () if refusal is None else refusal.problems
        screen.fact(
            {problem.pointer for problem in found} == places, "each of the three is named with its place and fix"
        )
        screen.fact(len(stage.journal) == before, f"nothing was sent: the server has seen {before} requests, as before")
