"""What a test or a demo can ask of the simulator: campaigns that fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lp_engagement_client import facts

from .documents import documented_answer

__all__ = ["Campaign", "Condition"]

Condition = Callable[[Sequence[Mapping[str, Any]], Sequence[str]], bool]
"""Says from the engagement attributes and the sections of a session whether a campaign fits."""


def always(_attributes: Sequence[Mapping[str, Any]], _sections: Sequence[str]) -> bool:
    """Fit every session."""
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Campaign:
    """A campaign whose engagement is offered as soon as its condition holds.

    Attributes:
        condition: called with all engagement attributes of the session so far, and with its latest sections.
        details: fields of `engagementDetails` that differ from the documented example; `None` leaves a field out.
        offers: `False` for a campaign that, where it fits, lets the answer be NotAvailable.
        title: how it is called on the page.
    """

    condition: Condition = always
    details: Mapping[str, Any] = field(default_factory=dict)
    offers: bool = True
    title: str = "campaign"

    def engagement_details(self) -> dict[str, Any]:
        """Return `engagementDetails` as answered."""
        documented = documented_answer("available")[facts.FIELDS["EngagementAnswer"]["engagement_details"]]
        details = documented | self.details
        return {name: value for name, value in details.items() if value is not None}
