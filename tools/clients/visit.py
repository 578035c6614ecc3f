"""The visit that the program of each language makes: what was meant to come over the wire, and what to make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from lp_engagement._core.generated import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lp_engagement.simulator import Entry

SCRIPT = "extra-fields"
"""What the first call meets with: LivePerson adds fields without a new version, and no client may stumble over them."""

_VISITORS = "/api/account/12345678/app/engagement/visitors/"
_VERSION = {"v": "1.0"}
_SESSION = find("updateSession").parameters["session_id"].key
_FIRST = {
    "appType": "EXTERNAL",
    "consumerSections": ["Support"],
    "engagementAttributes": [
        {
            "type": "personal",
            "personal": {
                "firstname": "Zoë",
                "gender": "FEMALE",
                "age": {"year": 1986, "month": 7, "day": 22},
                "contacts": [{"email": "zoe@example.com"}],
            },
        },
        {
            "type": "cart",
            "total": 11.7,
            "numItems": 1,
            "products": [{"product": {"name": "antivirus", "price": 11.7}, "quantity": 1}],
        },
    ],
}
_WRONG = {"appType": "EXTERNAL", "appDetails": {"os": "ANDROID", "ipAddress": "localhost"}}


class ExpectedCall(NamedTuple):
    """A request and the status of its answer, as the simulator saw them."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None


def meant(answer: dict[str, Any]) -> list[ExpectedCall]:
    """The calls of the visit.

    Args:
        answer: what the simulator answered to the first one; the second must bring its ids.
    """
    details = answer["engagementDetails"]
    update = {
        "pageId": answer["pageId"],
        "impAttributes": [
            {
                "type": "impDisplay",
                "campaign": int(details["campaignId"]),
                "engId": int(details["engagementId"]),
                "revision": details["engagementRevision"],
                "eContext": [{"type": "engagementContext", "id": details["contextId"]}],
            }
        ],
        "engagementAttributes": [{"type": "service", "service": {"status": 1}}],
    }
    visitor = _VISITORS + quote(answer["visitorId"], safe="")
    return [
        ExpectedCall("POST", _VISITORS, _VERSION, _FIRST, 200),
        ExpectedCall("PUT", visitor, _VERSION | {_SESSION: answer["sessionId"]}, update, 200),
        ExpectedCall("POST", _VISITORS, _VERSION, _WRONG, 400),
    ]


def differences(journal: Sequence[Entry], printed: dict[str, Any], error: str) -> list[str]:
    """List the differences from the intended visit.

    Args:
        journal: what came over the wire.
        printed: the values that the program printed.
        error: the type of error by which its client surfaces a 400.
    """
    if not journal or journal[0].status != 200:
        return [f"the first call was not answered with an engagement: {journal[0] if journal else 'it never came'}"]
    answers = [entry.answer.json() if entry.answer and entry.answer.body else {} for entry in journal]
    calls = meant(answers[0])
    came = [ExpectedCall(each.method, each.path, dict(each.query), each.body, each.status) for each in journal]
    if len(came) != len(calls):
        return [f"{len(calls)} calls were meant, {len(came)} came: {came}"]
    found = [
        f"call {number}: the {name} was meant to be {expected!r}, and was {actual!r}"
        for number, (call, other) in enumerate(zip(calls, came, strict=True), start=1)
        for name, expected, actual in zip(ExpectedCall._fields, call, other, strict=True)
        if expected != actual
    ]
    details = answers[0]["engagementDetails"]
    understood = {
        "status": answers[0]["status"],
        "engagementId": str(details["engagementId"]),
        "skillId": str(details["skillId"]),
        "refusal": {
            "error": error,
            "status": 400,
            "message": answers[-1].get("message"),
            "internalCode": str(answers[-1].get("internalCode")),
        },
    }
    if printed != understood:
        found.append(f"it should have understood {understood!r}, and printed {printed!r}")
    return found
