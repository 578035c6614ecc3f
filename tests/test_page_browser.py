"""The simulator's page in a real browser: live, breakable, usable with the keyboard alone, accessible."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lp_engagement import EngagementClient, sde
from lp_engagement.errors import APIStatusError
from lp_engagement.simulator import Simulator
from tests.helpers import ACCOUNT, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

ROOT = Path(__file__).parents[1]
AXE = ROOT / "tools/peers/node_modules/axe-core/axe.min.js"
IMAGE = os.environ.get("LP_SCREENSHOT")
EVIL = "evil.example"
"""Resolves to this machine, as a name does after DNS rebinding."""
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --force-color-profile=srgb --window-size=1180,1500"
)


def missing(what: str) -> None:
    """Skip, but not in CI, where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Chromium, with a profile of its own."""
    selenium = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        missing("Chromium (Debian: chromium chromium-driver)")
    options = selenium.ChromeOptions()
    options.binary_location = chromium
    profile = f"--user-data-dir={tmp_path_factory.mktemp('profile')}"
    for flag in (*FLAGS.split(), profile, f"--host-resolver-rules=MAP {EVIL} 127.0.0.1"):
        options.add_argument(flag)
    browser: Chrome = selenium.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


@pytest.fixture
def simulator() -> Simulator:
    """A simulator with a seed."""
    return Simulator(seed=3)


@pytest.fixture
def page(browser: Chrome, simulator: Simulator) -> Iterator[Chrome]:
    """The browser on the simulator's page."""
    with simulator.serve() as server:
        browser.get(server.url)
        wait(lambda: "0 visitors" in text(browser, "summary"))
        yield browser
        browser.get("about:blank")


@pytest.fixture
def client(page: Chrome) -> Iterator[EngagementClient]:
    """A client of the simulator, over its server, which does not wait between tries."""
    with EngagementClient(
        ACCOUNT, base_url=page.current_url.rstrip("/"), store="memory://", clock=FakeClock()
    ) as client:
        yield client


def wait(condition: Callable[[], Any], seconds: float = 60.0) -> float:
    """Wait until something holds; say how many seconds it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def text(page: Chrome, element: str) -> str:
    """The text that an element shows."""
    return str(page.find_element("id", element).text)


def press(page: Chrome, name: str) -> None:
    """Press a button by its name."""
    page.find_element("xpath", f"//button[normalize-space()='{name}']").click()


def a_visit(client: EngagementClient) -> None:
    """A visit with attributes and impressions."""
    visit = client.visit("sarah")
    engagement = visit.get_engagement(
        sdes=[sde.personal(firstname="Sarah", gender="FEMALE"), sde.cart(total=11.7, num_items=1)],
        sections=["Support", "English"],
    )
    visit.update(
        impressions=[engagement.displayed(), engagement.accepted()],
        sdes=[sde.personal(lastname="West"), sde.cart(total=24.9, num_items=2), sde.search_info(keywords=["bicycle"])],
    )


def test_visit_appears_within_a_second(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """A visit made by the SDK is on the page within a second, with merged attributes, funnel and requests."""
    a_visit(client)
    (visitor,) = simulator.visitors(ACCOUNT)
    took = [wait(lambda: visitor.id in text(page, "visitor-list") and "impAccept" in text(page, "request-list"))]
    shown = text(page, "visitor-list")
    assert '{"personal":{"firstname":"Sarah","gender":"FEMALE","lastname":"West"}}' in shown
    assert "24.9" in shown
    assert "11.7" not in shown
    assert "updateSession" in text(page, "request-list")
    meters = page.find_elements("css selector", "#account-list meter")
    assert [meter.get_attribute("value") for meter in meters] == ["1", "1", "1", "0", "0", "0"]
    while min(took) >= 1 and len(took) < 20:
        # The machine was busy: the page has another chance.
        client.visit(f"tom-{len(took)}").get_engagement()
        took.append(wait(lambda: all(each.id in text(page, "visitor-list") for each in simulator.visitors(ACCOUNT))))
    assert min(took) < 1


def test_fault_by_its_button(page: Chrome, client: EngagementClient) -> None:
    """A fault that is switched on by its button meets the SDK, is shown as in force, and is over when it is cleared."""
    press(page, "Outage")
    wait(lambda: "503 until cleared" in text(page, "account-list"))
    with pytest.raises(APIStatusError) as caught:
        client.visit("sarah").get_engagement()
    assert caught.value.status == 503
    press(page, "Clear faults")
    wait(lambda: "Script in force: none" in text(page, "account-list"))
    assert client.visit("sarah").get_engagement().available


def test_cold_and_clock_by_their_buttons(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """The page makes an account cold and moves the clock; a session whose time is over is shown as ended."""
    press(page, "Make cold")
    wait(lambda: "cold for 1 more POST" in text(page, "account-list"))
    client.visit("sarah").get_engagement()
    assert [entry.status for entry in simulator.journal] == [500, 200]
    wait(lambda: "open" in text(page, "visitor-list"))
    press(page, "+6 h")
    wait(lambda: "ended" in text(page, "visitor-list"))
    assert simulator.clock.ahead == 6 * 3600


def says(page: Chrome, place: str, words: str) -> bool:
    """Whether an element has these words."""
    return words in text(page, place)


def test_availability_by_its_buttons(page: Chrome, client: EngagementClient) -> None:
    """The page makes an account offer to nobody, to everybody and by its rules; dropped parts are in their row."""
    for button, words, expected in (
        ("Not available", "no engagement for anybody", False),
        ("Available", "an engagement for everybody", True),
    ):
        press(page, button)
        wait(partial(says, page, "account-list", words))
        assert client.visit("sarah").get_engagement(sdes=[sde.raw({"type": "newThing"})]).available is expected
    press(page, "By the rules")
    wait(lambda: "everybody" not in text(page, "account-list"))
    wait(lambda: "/engagementAttributes/0: Unknown type [LPE103]" in text(page, "request-list"))


def test_keyboard_alone(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """The keyboard alone reaches every control with visible focus, and can set a fault."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    reached: list[str] = []
    for _ in range(40):
        ActionChains(page).send_keys(Keys.TAB).perform()
        focused = page.switch_to.active_element
        name = focused.get_attribute("id") or focused.text
        if name == "clear":
            break
        reached.append(name)
        assert page.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) != "none", name
        if name == "script":
            ActionChains(page).send_keys("429 after 7", Keys.ENTER).perform()
            wait(lambda: "429 after 7" in text(page, "account-list"))
        if name == "clear-faults":
            assert [fault.title for fault in simulator.faults(ACCOUNT)] == ["429 after 7"]
    controls = page.find_elements("css selector", "button, input, select")
    names = {each.get_attribute("id") or each.text for each in controls}
    assert names - {"clear"} <= set(reached)
    with pytest.raises(APIStatusError) as caught:
        client.visit("sarah").get_engagement()
    assert caught.value.status == 429


def test_script_that_is_none_is_explained(page: Chrome) -> None:
    """A script that cannot be understood is answered with the words there are, in a status that is read aloud."""
    page.find_element("id", "script").send_keys("nonsense\n")
    wait(lambda: "is not a fault; there are:" in text(page, "said"))
    assert page.find_element("id", "said").get_attribute("role") == "status"


def test_values_are_shown_as_text(page: Chrome, client: EngagementClient) -> None:
    """Markup in what was sent is shown, not carried out."""
    hostile = "<img src=x onerror='document.title=1'>"
    client.visit("sarah").get_engagement(sdes=[sde.personal(firstname=hostile)], sections=[hostile])
    wait(lambda: hostile in text(page, "visitor-list"))
    assert page.find_elements("css selector", "main img") == []
    assert page.title == "App Engagement simulator"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(page: Chrome, client: EngagementClient, simulator: Simulator, scheme: str) -> None:
    """axe-core finds no violation on the page, empty or full, in light or dark."""
    if not AXE.exists():
        missing("axe-core (npm ci --prefix tools/peers)")
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.execute_script(AXE.read_text(encoding="utf-8"))
    for full in (False, True):
        if full:
            simulator.make_cold(ACCOUNT)
            a_visit(client)
            client.visit("tom").get_engagement(sdes=[sde.lead(topic="mortgage")])
            simulator.script(ACCOUNT, "503 x2 then 200 then html 502")
            wait(lambda: "mortgage" in text(page, "visitor-list") and "html 502" in text(page, "account-list"))
        result = page.execute_async_script("axe.run().then(arguments[0])")
        assert [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]] == []
        assert len(result["passes"]) > 10
    if IMAGE and scheme == "light":
        page.save_screenshot(IMAGE)


class Attacker(BaseHTTPRequestHandler):
    """Serves the page that attacks; its name is rebound to the loopback afterwards."""

    def do_GET(self) -> None:
        """Answer anything with the page, and close the connection."""
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>attack</title>")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Print nothing."""


class AttackingServer(ThreadingHTTPServer):
    """Serves each connection in a thread, since Chromium opens spare ones and holds them in silence for a minute."""

    def __init__(self) -> None:
        self.connections: list[socket.socket] = []
        super().__init__(("127.0.0.1", 0), Attacker)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it."""
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def server_close(self) -> None:
        """End every connection too, so that none is used again when the name leads elsewhere."""
        super().server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


ATTACK = """
const done = arguments[arguments.length - 1];
const json = {"content-type": "application/json"};
const calls = [
  ["/", {}], ["/_sim/journal", {}], ["/_sim/state", {}],
  ["/_sim/script", {method: "POST", headers: json, body: '{"script": "503 until cleared"}'}],
  [arguments[0], {method: "POST", headers: json, body: '{"appType": "MSDK"}'}],
];
Promise.all(calls.map(([path, options]) => fetch(path, options).then(async (it) => [it.status, await it.text()])))
  .then(done, (error) => done(String(error)));
"""


def test_rebound_name_reaches_nothing(browser: Chrome, simulator: Simulator) -> None:
    """A page whose name was rebound to this machine reads no journal, sets no fault and makes no visitor."""
    with AttackingServer() as attacker:
        port = attacker.server_port
        serving = threading.Thread(target=attacker.serve_forever)
        serving.start()
        browser.get(f"http://{EVIL}:{port}/")
        attacker.shutdown()
        serving.join()
    assert browser.title == "attack"
    with simulator.serve(port=port) as server:
        with EngagementClient(ACCOUNT, base_url=server.url, store="memory://") as client:
            client.visit("sarah").get_engagement(sdes=[sde.lead(topic="CanaryTopic")])
        target = f"/api/account/{ACCOUNT}/app/engagement/visitors/?v=1.0"
        answers = browser.execute_async_script(ATTACK, target)
        browser.get("about:blank")
    assert [status for status, _ in answers] == [421] * 5, answers
    assert "CanaryTopic" not in json.dumps(answers)
    assert simulator.faults() == []
    assert len(simulator.visitors(ACCOUNT)) == len(simulator.journal) == 1
