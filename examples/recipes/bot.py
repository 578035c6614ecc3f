"""Hand users of a bot over to an agent. python bot.py chats in the terminal.

Set `LP_ACCOUNT_ID`.
"""

# ruff: noqa: T201 - the terminal is its chat

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from lp_engagement import AsyncEngagementClient, sde
from lp_engagement.errors import EngagementError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send = Callable[[str], Awaitable[None]]


class Bot:
    """Answers the messages of all users with one client."""

    def __init__(self, engagements: AsyncEngagementClient) -> None:
        self._engagements = engagements

    async def on_message(self, user: str, text: str, send: Send) -> None:
        """Answer a message. `user` names platform and user, as in `web:4711`."""
        answer = self._accept if text == "yes" else self._offer
        await answer(user, text, send)

    async def _offer(self, user: str, text: str, send: Send) -> None:
        visit = self._engagements.visit(user)
        try:
            known = await visit.current_engagement()
            offer = await visit.get_engagement(
                sdes=[sde.search_info(keywords=[text])], sections=["Bot"]
            )
        except EngagementError:  # logged by the client
            await send("All agents are busy. Please try again later.")
            return
        if not offer.available:
            await send("Nobody is here at the moment.")
            return
        await send("Shall I connect you with an agent? Reply yes or no.")
        if not known or known.details != offer.details:  # else it is reported already
            with suppress(EngagementError):
                await visit.update(impressions=[offer.displayed()])

    async def _accept(self, user: str, _: str, send: Send) -> None:
        visit = self._engagements.visit(user)
        offer = None
        with suppress(EngagementError):
            if offer := await visit.current_engagement():
                await visit.update(impressions=[offer.accepted()])
        # Start the conversation with visit.ids(): the agent then sees the question.
        here, late = "An agent will be with you shortly.", "What can I do for you?"
        await send(here if offer else late)


async def main() -> None:
    """Chat in the terminal until the input ends."""

    async def send(text: str) -> None:
        print(text, flush=True)

    async with AsyncEngagementClient(application_id="bot", deadline=5) as engagements:
        bot = Bot(engagements)
        while line := await asyncio.to_thread(sys.stdin.readline):
            await bot.on_message("terminal:me", line.strip(), send)


if __name__ == "__main__":
    asyncio.run(main())
