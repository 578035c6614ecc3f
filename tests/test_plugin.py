"""The pytest plugin, and the sample application whose tests are written with nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.testing import plugin
from tests.helpers import PAUSES, FakeClock

if TYPE_CHECKING:
    from lp_engagement.simulator import Simulator, VirtualClock

ROOT = Path(__file__).parents[1]
ACCOUNT = "12345678"
BASE_URL = "https://simulator.invalid"

if not list(entry_points(group="pytest11", name=plugin.__name__)):
    engagement_account = plugin.engagement_account
    engagement_simulator = plugin.engagement_simulator
    engagement_client = plugin.engagement_client
    no_real_sleep = plugin.no_real_sleep
    no_dropped_attributes = plugin.no_dropped_attributes


def run_pytest(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run pytest in a process of its own, with the plugin even where it is not registered yet."""
    registered = list(entry_points(group="pytest11", name=plugin.__name__))
    load = [] if registered else ["-p", plugin.__name__]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *load, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ})


def test_sample_app_passes_its_own_tests() -> None:
    """The tests of the sample application pass: new visit, shown and accepted, restored visit, outage, bad payload."""
    done = run_pytest("examples/sample_app", "-n0")
    assert done.returncode == 0, done.stdout
    assert "11 passed" in done.stdout


def test_sample_app_uses_the_plugin_only() -> None:
    """The sample's tests import nothing from the SDK while they run, and from its own tests nothing at all."""
    lines = (ROOT / "examples/sample_app/test_app.py").read_text(encoding="utf-8").splitlines()
    imports = [line for line in lines if line.startswith(("import", "from"))]
    assert not [line for line in imports if "lp_engagement" in line or "tests" in line]


def test_client_talks_to_the_simulator(engagement_client: EngagementClient, engagement_simulator: Simulator) -> None:
    """The client's calls arrive at the simulator of the same test."""
    assert engagement_client.visit("customer").get_engagement(sections=["Support"]).available
    assert engagement_simulator.journal.last().sections == ["Support"]


APP_WITH_A_SLIP = """
import pytest
from lp_engagement import sde

@pytest.fixture
def _drops({fixture}):
    pass

def _ask(client, **fields):
    with client.with_options(allow_unknown_keys=True) as tolerant:
        tolerant.visit("sarah").get_engagement(sdes=[{{"type": "personal", "personal": fields}}, *{more}])

@pytest.mark.usefixtures("_drops")
def test_app(engagement_client, engagement_simulator):
    _ask(engagement_client, {field}="Sarah")
    print(*engagement_simulator.journal.dropped)
"""


@pytest.mark.parametrize(
    "fixture, field, more, passes",
    [
        ("no_dropped_attributes", "firstName", "[]", False),
        ("no_dropped_attributes", "firstname", "[]", True),
        ("no_dropped_attributes", "firstname", "[sde.raw({'type': 'newThing'})]", False),
        ("engagement_simulator", "firstName", "[sde.raw({'type': 'newThing'})]", True),
    ],
)
def test_drop_fails_a_test_that_wants_it(tmp_path: Path, fixture: str, field: str, more: str, *, passes: bool) -> None:
    """With the fixture a misspelt or unknown attribute fails the test in the rule's words; without it, it is listed."""
    text = APP_WITH_A_SLIP.format(fixture=fixture, field=field, more=more)
    (tmp_path / "test_app.py").write_text(text, encoding="utf-8")
    done = run_pytest("-n0", "-rP", "test_app.py", folder=tmp_path)
    assert ("1 passed" if passes else "1 failed") in done.stdout, done.stdout + done.stderr
    assert "error" not in done.stdout.splitlines()[-1]
    if field == "firstName":
        assert "/engagementAttributes/0/personal/firstName" in done.stdout
        assert ("Did you mean `firstname`?" in done.stdout) is not passes
        assert "LPE102" in done.stdout
    if more != "[]":
        assert "LPE103" in done.stdout
    assert "Sarah" not in done.stdout


def test_client_does_not_wait(engagement_client: EngagementClient, engagement_simulator: Simulator) -> None:
    """Pauses pass on the simulator's clock, which has moved on by them afterwards."""
    engagement_simulator.script(ACCOUNT, "503 x2")
    engagement_client.visit("customer").get_engagement()
    assert engagement_simulator.clock.slept == PAUSES[:2]
    assert engagement_simulator.clock.ahead == sum(PAUSES[:2])


def test_no_real_sleep(engagement_simulator: Simulator, no_real_sleep: VirtualClock) -> None:
    """A client that somebody else has made does not wait either."""
    engagement_simulator.script(ACCOUNT, "503 x3")
    transport = engagement_simulator.transport()
    with EngagementClient(ACCOUNT, base_url=BASE_URL, store="memory://", transport=transport) as client:
        client.visit("customer").get_engagement()
    assert no_real_sleep.slept == PAUSES


@pytest.mark.anyio
async def test_no_real_sleep_in_async_code(engagement_simulator: Simulator, no_real_sleep: VirtualClock) -> None:
    """Nor does an async one."""
    engagement_simulator.script(ACCOUNT, "503 x3")
    transport = engagement_simulator.async_transport()
    async with AsyncEngagementClient(ACCOUNT, base_url=BASE_URL, store="memory://", transport=transport) as client:
        await client.visit("customer").get_engagement()
    assert no_real_sleep.slept == PAUSES


def test_clocks_of_ones_own_stay(engagement_simulator: Simulator, no_real_sleep: VirtualClock) -> None:
    """A client that was given a clock keeps it."""
    engagement_simulator.script(ACCOUNT, "503")
    clock = FakeClock()
    transport = engagement_simulator.transport()
    with EngagementClient(ACCOUNT, base_url=BASE_URL, store="memory://", transport=transport, clock=clock) as client:
        client.visit("customer").get_engagement()
    assert (clock.slept, no_real_sleep.slept) == ([5], [])


def test_plugin_loads_no_client_before_it_is_used() -> None:
    """Loading the plugin, which every pytest run does where the package is installed, loads none of the package."""
    program = (
        "import sys, lp_engagement.testing.plugin\n"
        "names = ('httpx', 'jsonschema_rs', 'lp_engagement.client', 'lp_engagement.simulator')\n"
        "print([name for name in names if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_documented_test_passes(tmp_path: Path) -> None:
    """The dozen lines or so of the docs are a test that passes as it is."""
    document = (ROOT / "docs/test-without-an-account.md").read_text(encoding="utf-8")
    code = document.partition("```python\n")[2].partition("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 13
    (tmp_path / "test_documented.py").write_text(code, encoding="utf-8")
    done = run_pytest("test_documented.py", "-n0", folder=tmp_path)
    assert "1 passed" in done.stdout, done.stdout


def test_documented_scenario_can_be_used(tmp_path: Path) -> None:
    """The scenario of the docs is one."""
    from lp_engagement.simulator import Simulator

    document = (ROOT / "docs/test-without-an-account.md").read_text(encoding="utf-8")
    file = tmp_path / "scenario.yaml"
    file.write_text(document.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    simulator = Simulator.from_scenario(file)
    assert [campaign.title for campaign in simulator.campaigns] == ["big carts", "everybody else"]


@pytest.mark.parametrize("arguments", [["-p", plugin.__name__], ["-p", plugin.__name__, "-p", plugin.__name__]])
def test_plugin_may_be_named_again(arguments: list[str], tmp_path: Path) -> None:
    """Naming the plugin with -p and in pytest_plugins, although pytest has found it by itself, does no harm."""
    (tmp_path / "conftest.py").write_text(f"pytest_plugins = [{plugin.__name__!r}]\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(engagement_account): pass\n", encoding="utf-8")
    done = run_pytest("-n0", *arguments, "test_it.py", folder=tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_imported_before_pytest(tmp_path: Path) -> None:
    """Pytest does not warn about a package that was imported before it, installed from a wheel with the plugin."""
    info = tmp_path / "site" / "plugin_from_a_wheel-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin-from-a-wheel\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[pytest11]\n{plugin.__name__} = {plugin.__name__}\n", encoding="utf-8")
    files = ("lp_engagement/__init__.py", "lp_engagement/testing/plugin.py", "lp_engagement_client/__init__.py")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(engagement_account): pass\n", encoding="utf-8")
    program = (
        f"import sys, lp_engagement, lp_engagement_client, {plugin.__name__}, pytest\n"
        f"sys.exit(pytest.main(['-q', '-n0', '-p', 'no:cacheprovider', '-p', '{plugin.__name__}', 'test_it.py']))\n"
    )
    command = [sys.executable, "-W", "error::pytest.PytestAssertRewriteWarning", "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(info.parent)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "Rewrite" not in done.stdout + done.stderr
