"""Offer callers a chat instead of the queue, within two seconds: call these functions from your phone system."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from typing import TYPE_CHECKING

from lp_engagement import sde
from lp_engagement.errors import EngagementError

if TYPE_CHECKING:
    from lp_engagement import EngagementClient, Visit

BUDGET = 2
"""Seconds of silence that a caller accepts."""


class Line:
    """The steps of a call that concern the offer.

    Args:
        engagements: the client, made once.
        secret: makes the keys of visits from phone numbers, which are personal.
    """

    def __init__(self, engagements: EngagementClient, secret: bytes) -> None:
        self._engagements = engagements
        self._secret = secret

    def open(self) -> None:
        """Look the account's host up before the first caller waits for it."""
        self._engagements.domain()

    def is_chat_offered(self, caller: str, topic: str) -> bool:
        """Return whether to play "press 1 to chat". The caller hears silence meanwhile."""
        try:
            engagement = self._visit(caller).get_engagement(
                sdes=[sde.service(topic=topic)], sections=["IVR"], deadline=BUDGET
            )
        except EngagementError:
            return False  # logged by the client; the caller goes to the queue as before
        return engagement.available

    def on_played(self, caller: str) -> None:
        """Report the offer as displayed. Call it when the prompt has been played, next to the call."""
        with suppress(EngagementError):
            visit = self._visit(caller)
            if offer := visit.current_engagement():
                visit.update(impressions=[offer.displayed()])

    def on_pressed(self, caller: str) -> None:
        """Report the offer as accepted. Call it when the caller has pressed 1, and send them the link to the chat."""
        with suppress(EngagementError):
            visit = self._visit(caller)
            if offer := visit.current_engagement():
                visit.update(impressions=[offer.accepted()], deadline=BUDGET)

    def _visit(self, caller: str) -> Visit:
        return self._engagements.visit(
            hmac.digest(self._secret, caller.encode(), hashlib.sha256).hex()
        )
