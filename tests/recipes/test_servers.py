"""A recipe under a server that loads the app once and forks its workers."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.simulator import Simulator

ROOT = Path(__file__).parents[2]
APP = "examples.recipes.flask_app:create_app()"
WORKERS = 2


@pytest.fixture
def socket(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The socket of a gunicorn with two workers and `--preload`."""
    monkeypatch.setenv("SECRET_KEY", "made up")
    path = tmp_path / "gunicorn.sock"
    options = ["--preload", f"--workers={WORKERS}", f"--bind=unix:{path}", "--no-control-socket", APP]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *options], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    for _ in range(WORKERS):
        while "Booting worker" not in (line := server.stderr.readline()):
            assert line, "gunicorn has ended"
    yield path
    server.terminate()
    server.communicate()


def test_forked_workers_share_visits(socket: Path, simulator: Simulator) -> None:
    """The client that was made before the fork works in each worker, and a browser stays one visitor."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://localhost") as browser:
        browser.get("/cart/11.7")
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: browser.get("/cart/11.7"), range(24)))
    assert all("<button>" in page.text for page in pages)
    assert simulator.funnel(ACCOUNT)["offered"] == 25
    assert len(simulator.visitors(ACCOUNT)) == 1
