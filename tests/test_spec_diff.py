"""The change report detects planted changes."""

from __future__ import annotations

import pytest

from tests.helpers import PAUSES
from tools.repository import ROOT
from tools.repository import SPEC as NAME
from tools.spec_diff import __main__ as spec_diff

SPEC = (ROOT / NAME).read_text(encoding="utf-8")


def report(monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> str:
    """The report about a spec whose older version had other descriptions."""
    base = SPEC
    for now, before in changes:
        assert now in base
        base = base.replace(now, before)
    # It is rated by a program of its own, which not every machine has.
    monkeypatch.setattr(spec_diff, "rated", lambda *_: [])
    return spec_diff.report(base, "a test")


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report of a spec that is as it was says so in one line."""
    assert report(monkeypatch) == "The spec is as in a test.\n"


def test_what_breaks_and_what_adds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has payloads, signatures and facts that changed, a whole type in one line, and the consequence."""
    field = "        skillName:\n          x-role: skill_name\n          description: The skill's name.\n"
    told = report(
        monkeypatch,
        ("required: [type, total, numItems]", "required: [type, total]"),
        ("        storeNumber:", "        shopNumber:"),
        ("enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE]"),
        ("fix: Add the field.", "fix: Add it."),
        (str(PAUSES), str(PAUSES[:2])),
        ('{code: 10, name: not-authorized, hint: "Not authorized: the', '{code: 10, name: not-authorized, hint: "The'),
        ("Email address; not checked.\n          x-pii: true", "Email address; not checked.\n          x-pii: false"),
        ('        - $ref: "#/components/schemas/SearchInfoSde"\n', ""),
        ('          searchInfo: "#/components/schemas/SearchInfoSde"\n', ""),
        (f"{field}          x-pii: false\n          type: string\n", ""),
    )
    created = "lp_engagement_client.models.CreateSessionRequest.engagement_attributes"
    for line in (
        "code-demo-cart-title-key.json: error LPE102 at /title  ->  error LPE101 at /numItems",
        "~ lp_engagement_client.sde.cart: num_items: int | None = None  ->  num_items: int\n",
        "- lp_engagement_client.models.CustomerInfo.shop_number\n",
        "lp_engagement_client.sde.cart: now needs num_items",
        "~ LPE101 missing-mandatory: fix\n",
        f"~ OPERATIONS createSession retry pauses: {tuple(PAUSES[:2])}  ->  {tuple(PAUSES)}\n",
        "~ INTERNAL_CODE_HINTS 10: The ids were not accepted.  ->  Not authorized: the ids",
        "  + PERSONAL_DATA Contact.email\n",
        "+ lp_engagement_client.models.SearchInfoSde: additional_properties, keywords, type_\n",
        "+ lp_engagement_client.sde.search_info(keywords: Sequence[str] | None = None) -> Payload\n",
        f"~ {created}: + SearchInfoSde\n",
        "+ lp_engagement_client.models.EngagementDetails.skill_name: str | None\n",
        "Consequence: major",
        "**Breaking:**",
    ):
        assert line in told


@pytest.mark.parametrize(
    "breaking, changed, word", [(True, True, "major"), (False, True, "minor"), (False, False, "patch")]
)
def test_consequence(breaking: bool, changed: bool, word: str) -> None:  # noqa: FBT001 - parameters of a test
    """A breaking change is major, an addition minor, everything else a patch."""
    assert spec_diff.consequence(breaking=breaking, changed=changed).startswith(word)
