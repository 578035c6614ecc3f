"""The bot recipe: many users at once in one event loop, and a conversation in a terminal."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.recipes import bot
from lp_engagement import AsyncEngagementClient
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from lp_engagement.simulator import Simulator

pytestmark = pytest.mark.anyio
OFFER = "Shall I connect you with an agent? Reply yes or no."


async def chat(bot: bot.Bot, user: str, *texts: str) -> list[str]:
    """Write to the bot as a user; return its answers."""
    answers: list[str] = []

    async def send(text: str) -> None:
        await asyncio.sleep(0)
        answers.append(text)

    for text in texts:
        await bot.on_message(user, text, send)
    return answers


async def test_many_users_at_once(simulator: Simulator) -> None:
    """Thirty users who write at the same time are thirty visitors; displays and acceptances are theirs."""
    async with AsyncEngagementClient() as client:
        users = bot.Bot(client)
        texts = [("my parcel", "yes") if number % 3 else ("my parcel",) for number in range(30)]
        found = await asyncio.gather(*(chat(users, f"app:{number}", *texts[number]) for number in range(30)))
    assert [answers[0] for answers in found] == [OFFER] * 30
    assert sum(answers[1:] == ["An agent will be with you shortly."] for answers in found) == 20
    counts = simulator.funnel(ACCOUNT)
    assert (len(simulator.visitors(ACCOUNT)), counts["impDisplay"], counts["impAccept"]) == (30, 30, 20)


async def test_a_display_is_counted_per_offer(simulator: Simulator) -> None:
    """A user who asks twice has the question twice, and the offer counts once."""
    async with AsyncEngagementClient() as client:
        assert await chat(bot.Bot(client), "app:1", "my parcel", "my invoice") == [OFFER] * 2
    assert simulator.funnel(ACCOUNT)["impDisplay"] == 1


async def test_a_yes_without_an_offer(simulator: Simulator) -> None:
    """A yes to nothing connects nobody and reports nothing."""
    async with AsyncEngagementClient() as client:
        assert await chat(bot.Bot(client), "app:1", "yes") == ["What can I do for you?"]
    assert simulator.journal == []


@pytest.mark.parametrize("script", ["503 until cleared", "cut until cleared", "429 x9"])
async def test_an_outage_is_an_answer(simulator: Simulator, script: str) -> None:
    """In an outage the user has an answer."""
    simulator.script(None, script)
    async with AsyncEngagementClient() as client:
        answers = await chat(bot.Bot(client), "app:1", "my parcel")
    assert answers == ["All agents are busy. Please try again later."]


async def test_a_failed_report_does_not_disturb_the_user(simulator: Simulator) -> None:
    """If only the report of the display fails, the offer stands."""
    simulator.script(None, "503 until cleared on updateSession")
    async with AsyncEngagementClient() as client:
        assert await chat(bot.Bot(client), "app:1", "my parcel") == [OFFER]


def test_in_a_terminal(simulator: Simulator) -> None:
    """The program answers line by line, and ends with its input."""
    done = subprocess.run(
        [sys.executable, "-W", "error", Path(bot.__file__)],
        input="my parcel\nyes\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{OFFER}\nAn agent will be with you shortly.\n", "")
    assert simulator.funnel(ACCOUNT)["impAccept"] == 1
