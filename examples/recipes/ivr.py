"""Offer callers a chat instead of the queue, within two seconds.

Call these methods from your phone system.
"""

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
    """The steps of a phone call that concern the offer.

    Args:
        engagements: the client.
        secret: makes keys from phone numbers, which are personal data.
    """

    def __init__(self, engagements: EngagementClient, secret: bytes) -> None:
        self._engagements = engagements
        self._secret = secret

    def open(self) -> None:
        """Look up the account's host before a caller waits for it."""
        self._engagements.domain()

    def is_chat_offered(self, caller: str, topic: str) -> bool:
        """Return whether to play "press 1 to chat"; until then there is silence."""
        try:
            engagement = self._visit(caller).get_engagement(
                sdes=[sde.service(topic=topic)], sections=["IVR"], deadline=BUDGET
            )
        except EngagementError:
            return False  # logged by the client; the caller goes to the queue
        return engagement.available

    def on_played(self, caller: str) -> None:
        """Report the offer as displayed, in the background, when it has been played."""
        visit = self._visit(caller)
        with suppress(EngagementError):
            if offer := visit.current_engagement():  # else it has expired
                visit.update(impressions=[offer.displayed()])

    def on_pressed(self, caller: str) -> None:
        """Report the offer as accepted; then send the caller a link to the chat."""
        visit = self._visit(caller)
        with suppress(EngagementError):
            if offer := visit.current_engagement():
                visit.update(impressions=[offer.accepted()], deadline=BUDGET)

    def _visit(self, caller: str) -> Visit:
        key = hmac.digest(self._secret, caller.encode(), hashlib.sha256).hex()
        return self._engagements.visit(key)
