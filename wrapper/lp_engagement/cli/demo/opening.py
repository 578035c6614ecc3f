"""The demo's first steps: from a cold account to an engagement and its stored ids."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING

from lp_engagement_client.facts import LOADING_CODES, OPERATIONS, STATUS_AVAILABLE

from .stage import FASTER, KEY, answered, by_role

if TYPE_CHECKING:
    from lp_engagement import Engagement
    from lp_engagement.simulator import Entry

    from .stage import Stage


def first_call(stage: Stage) -> Engagement:
    """Open the visit; show the four steps that this takes."""
    screen, journal, example = stage.screen, stage.journal, stage.example
    given = by_role("CreateSessionRequest", example)
    with stage.step("The first call has no visitor id, so the last segment of its path is empty"):
        engagement = stage.visit.get_engagement(
            sdes=given["engagement_attributes"],
            sections=given["consumer_sections"],
            app_details=given["app_details"],
        )
        first = journal[0]
        loading = by_role("ErrorEntity", answered(first))
        screen.request(first)
        screen.answer(first)
        screen.fact(
            first.path.endswith("/visitors/"), "the path ends in /visitors/: the slash stays, no visitor is named"
        )
        screen.fact(first.body == example, "the body is the request example of LivePerson's page")
        screen.fact(
            first.status == HTTPStatus.INTERNAL_SERVER_ERROR and loading.get("internal_code") in LOADING_CODES,
            'the answer is 500 "Loading account", as an account with little traffic gives it',
        )
    with stage.step("The pause, on the documented schedule"):
        _pause(stage, str(loading["message"]))
    with stage.step("The same request again, with the new visitor id in its path"):
        again = journal[1]
        screen.request(again, body=False)
        screen.answer(again)
        visitor = again.said("visitor_id")
        screen.fact(visitor and loading["message"].endswith(visitor), "the visitor id is the one of the first answer")
        screen.fact(again.body == first.body, "the body is the one shown above")
    _offer(stage, engagement, again)
    return engagement


def _pause(stage: Stage, message: str) -> None:
    screen, schedule = stage.screen, OPERATIONS["createSession"].retry.pauses
    seconds = ", ".join(f"{pause:g}" for pause in schedule)
    screen.say(
        f"Documented: up to {len(schedule)} more tries, after {seconds} s. Here a clock runs {FASTER} times faster."
    )
    screen.fact(stage.pauses == [schedule[0]], f"a pause of {schedule[0]:g} s before the second try")
    waited = stage.waited[0]
    screen.fact(waited >= schedule[0] / FASTER, f"{waited * 1000:.0f} ms of it were really waited")
    kept = stage.ids_in_pause
    screen.fact(
        kept is not None and message.endswith(kept.visitor_id),
        "during the pause the new visitor id was saved already: a process killed now would leave no second visitor",
    )


def _offer(stage: Stage, engagement: Engagement, entry: Entry) -> None:
    with stage.step("There is an engagement to offer"):
        stage.screen.fact(engagement.available, f"the status is {STATUS_AVAILABLE}")
        details = {} if engagement.details is None else engagement.details.documented()
        stage.screen.table(details | {"offered until": f"{engagement.expires_at:%Y-%m-%d %H:%M:%S} UTC"})
        sent = by_role("EngagementAnswer", answered(entry))["engagement_details"]
        stage.screen.fact(
            {name: str(value) for name, value in details.items()} == {name: str(value) for name, value in sent.items()},
            "these are the details of the response; ids are strings, whether they were sent as numbers or as strings",
        )


def ids_are_kept(stage: Stage) -> None:
    """Show that the ids of the latest answer are in the store."""
    screen = stage.screen
    with stage.step("The ids of the visit are kept, in a SQLite file"):
        with stage.new_client() as other:
            ids = other.visit(KEY).ids()
        kept: dict[str, str | None] = {}
        if ids is not None:
            kept = {"visitor_id": ids.visitor_id, "session_id": ids.session_id, "page_id": ids.page_id}
        answer = by_role("EngagementAnswer", answered(stage.journal.last()))
        screen.fact(bool(kept) and kept.items() <= answer.items(), "they are in the file:")
        screen.table({"file": str(stage.file), **kept})
        if os.name == "posix":
            mode = stage.file.stat().st_mode & 0o777
            screen.fact(not mode & 0o077, f"nobody but its owner can read the file (mode {mode:04o})")
