"""The drawing of docs/: the lifecycle of a call, with the pauses, statuses and paths of the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import nodes, spec
from .rendering import render

if TYPE_CHECKING:
    from .nodes import Json

ROW = 78
TOP = 24
# The row with the failure of the sixth step on its right.
AFTER_LAST_TRY = 7


def lifecycle_of_a_call(document: Json) -> str:
    """Return the drawing as SVG, with a description in words."""
    found = {operation["operationId"]: (path, operation) for path, _, operation in nodes.operations(document)}
    path, asking = found["createSession"]
    retry = spec.retry(document, asking)
    statuses = retry["statuses"].lower()
    again = f"{statuses}, a loading account, or no connection"
    pauses = ", ".join(f"{pause} s" for pause in retry["pausesSeconds"])
    segment = path.split("/engagement")[-1]
    steps = [
        ("The body is built and validated", "as plain JSON, validated against the schema"),
        ("The host is found", "yours, or looked up through the Domain API"),
        ("The visit is loaded from the store", "by your key; accounts are separate"),
        ("Single flight", "no visitor known: one caller opens the visit, the others wait"),
        ("The request is sent", f"…{segment} at first, …{segment}{{visitorId}} from then on"),
        ("The response is classified", "by its status, before its body is read"),
        ("The response is read leniently", "ids as strings; unknown keys in extra"),
        ("Ids, engagement and expiry are saved", "in one step; the lease is released"),
        ("The engagement is returned", "whether there is one, and its details"),
    ]
    sides: list[tuple[int, str, str, str]] = [
        (1, "stop", "PayloadError", "the body is invalid; nothing is sent"),
        (2, "stop", "DomainLookupError", "it returns no host; nothing is sent"),
        (3, "stop", "StoreError", "the store cannot be read; nothing is sent"),
        (6, "again", f"{statuses}, loading account, no connection", f"pause {pauses}; a new id is saved first"),
        (AFTER_LAST_TRY, "stop", "A typed error", "anything else, or no pause or time is left"),
        (8, "end", "If the store fails", "the engagement is returned, saved=False"),
    ]
    words = "; ".join(f"{number}. {title}: {text}" for number, (title, text) in enumerate(steps, 1))
    description = (
        f"{words}. After {again}, step 5 is repeated, with pauses of {pauses}; "
        "a visitor id in the response is saved before the pause. Any other failure ends the call with a typed error."
    )

    def top(row: int) -> int:
        return TOP + ROW * (row - 1)

    context: dict[str, Any] = {
        "height": TOP + ROW * len(steps),
        "description": description,
        "steps": [
            {"number": row, "y": top(row), "title": title, "text": text, "kind": "end" if row == len(steps) else "step"}
            for row, (title, text) in enumerate(steps, 1)
        ],
        "sides": [
            {
                "y": top(row),
                "kind": kind,
                "title": title,
                "text": text,
                "beside": None if row == AFTER_LAST_TRY else top(row),
            }
            for row, kind, title, text in sides
        ],
        "send": top(5),
        "again": top(6),
        "give_up": top(AFTER_LAST_TRY),
    }
    return render("pages/lifecycle-of-a-call.svg.jinja", **context)
