"""Hand users of a bot over to an agent: python bot.py runs it in the terminal. Set `LP_ACCOUNT_ID`."""

# ruff: noqa: T201 - the terminal is its chat

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from lp_engagement import AsyncEngagementClient, AsyncVisit, sde
from lp_engagement.errors import EngagementError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Bot:
    """Answers messages; all its users share one client.

    Args:
        engagements: the client.
    """

    def __init__(self, engagements: AsyncEngagementClient) -> None:
        self._engagements = engagements

    async def on_message(
        self, user: str, text: str, send: Callable[[str], Awaitable[None]]
    ) -> None:
        """Answer a message.

        Args:
            user: the user's id on the platform; ids of two platforms could be the same, so name the platform in it.
            text: the message.
            send: sends a message to the user.
        """
        visit = self._engagements.visit(user)
        if text == "yes":
            await self._hand_over(visit, send)
            return
        try:
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
        with suppress(EngagementError):  # the user has the question, reported or not
            await visit.update(impressions=[offer.displayed()])

    async def _hand_over(
        self, visit: AsyncVisit, send: Callable[[str], Awaitable[None]]
    ) -> None:
        offer = None
        with suppress(EngagementError):
            if offer := await visit.current_engagement():
                await visit.update(impressions=[offer.accepted()])
        # Pass `await visit.ids()` to the conversation, so that the agent sees what the bot has reported.
        await send(
            "An agent will be with you shortly."
            if offer
            else "That was a while ago. What can I do for you?"
        )


async def main() -> None:
    """Chat in the terminal until the input ends."""

    async def send(text: str) -> None:
        print(text, flush=True)

    async with AsyncEngagementClient(application_id="bot", deadline=5) as engagements:
        bot = Bot(engagements)
        while text := await asyncio.to_thread(sys.stdin.readline):
            await bot.on_message("terminal:me", text.strip(), send)


if __name__ == "__main__":
    asyncio.run(main())
