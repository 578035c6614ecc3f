"""The simulator's page in a real browser: live, breakable, usable with the keyboard alone, accessible."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lp_engagement import EngagementClient, sde
from lp_engagement.errors import APIStatusError
from lp_engagement.simulator import Simulator
from lp_engagement.simulator.export import to_curl
from lp_engagement_client import api
from tests.helpers import ACCOUNT, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

ROOT = Path(__file__).parents[1]
AXE = ROOT / "tools/peers/node_modules/axe-core/axe.min.js"
IMAGES = os.environ.get("LP_SCREENSHOTS")
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
    browser.set_script_timeout(120)
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


def wait(condition: Callable[[], Any], seconds: float = 30.0) -> float:
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


def press_last(page: Chrome, name: str) -> None:
    """Press the last button of a name."""
    page.find_elements("xpath", f"//button[normalize-space()='{name}']")[-1].click()


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
    assert table_of(page) == [
        ["personal"],
        *(["firstname", "Sarah"], ["gender", "FEMALE"], ["lastname", "West"]),
        *(["cart"], ["total", "24.9"], ["numItems", "2"]),
        *(["searchInfo"], ["keywords[0]", "bicycle"]),
    ]
    assert "updateSession" in text(page, "request-list")
    meters = page.find_elements("css selector", "#funnel meter")
    assert [meter.get_attribute("value") for meter in meters] == ["1", "1", "1", "0", "0", "0"]
    chart = page.find_element("css selector", "#funnel svg[role=img]")
    assert "offered 1, impDisplay 1, impAccept 1" in str(chart.get_attribute("aria-label"))
    while min(took) >= 1 and len(took) < 20:
        # The machine was busy: the page has another chance.
        client.visit(f"tom-{len(took)}").get_engagement()
        took.append(wait(lambda: all(each.id in text(page, "visitor-list") for each in simulator.visitors(ACCOUNT))))
    assert min(took) < 1


def table_of(page: Chrome) -> list[list[str]]:
    """The rows of the first visitor's attributes."""
    rows = page.find_elements("css selector", ".visitor:first-child .sdes tr")
    return [[cell.text for cell in row.find_elements("css selector", "th, td")] for row in rows]


def test_first_steps(page: Chrome, simulator: Simulator) -> None:
    """Before anything is sent, the page shows commands that work: curl's, run by a shell, makes the first visit."""
    address, curl, python = (str(each.text) for each in page.find_elements("css selector", "#start pre"))
    assert page.current_url == f"{address}/"
    compile(python, "start.py", "exec")
    subprocess.run(["/bin/sh", "-c", f"{curl} --silent"], check=True, capture_output=True, timeout=30)
    assert [entry.status for entry in simulator.journal] == [200]
    exec(python.replace("base_url=", "store='memory://', base_url="), {})  # noqa: S102 - what a reader would do
    assert [entry.status for entry in simulator.journal] == [200, 200]
    wait(lambda: not page.find_element("id", "start").is_displayed())


def test_fault_by_its_button(page: Chrome, client: EngagementClient) -> None:
    """A fault that is switched on by its button meets the SDK, is shown as in force, and is over when it is cleared."""
    press(page, "Outage")
    wait(lambda: "503 until cleared" in text(page, "account-list"))
    with pytest.raises(APIStatusError) as caught:
        client.visit("sarah").get_engagement()
    assert caught.value.status == 503
    press(page, "Clear faults")
    wait(lambda: "Script: none" in text(page, "account-list"))
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


def choose(page: Chrome, selector: str, value: str) -> None:
    """Choose an option by its value."""
    # In one step: the page may replace the list at any moment.
    script = (
        "const list = document.querySelector(arguments[0]); list.value = arguments[1];"
        "list.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    page.execute_script(script, selector, value)


def offers(simulator: Simulator, available: bool | None) -> bool:  # noqa: FBT001 - of a wait
    """Whether this is the account's setting."""
    return simulator.accounts[ACCOUNT].available is available


def test_availability_of_an_account(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """Buttons and each account's own list make it offer to nobody, to everybody and by its rules."""
    for button, available in (("Not available", False), ("Available", True), ("By the rules", None)):
        press(page, button)
        wait(partial(offers, simulator, available))
    for value, available in (("false", False), ("true", True)):
        wait(lambda: page.find_elements("css selector", ".offers"))
        choose(page, ".offers", value)
        wait(partial(offers, simulator, available))
        assert client.visit("sarah").get_engagement().available is available


def test_detail_shows_request_and_answer(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """A row opens request and answer side by side, with what was dropped or refused; the curl command is copied."""
    from selenium.webdriver.common.keys import Keys

    page.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    client.visit("sarah").get_engagement(sdes=[sde.raw({"type": "newThing"}), sde.lead(topic="mortgage")])
    bad = b'{"appType": "MSDK", "engagementAttributes": [{"type": "cart", "total": "11.7", "numItems": 1}]}'
    send(simulator, bad)
    opener = "[aria-label='Open request 1']"
    wait(lambda: page.find_elements("css selector", opener))
    page.find_element("css selector", opener).send_keys(Keys.ENTER)
    wait(lambda: "Request 1" in text(page, "detail"))
    shown = text(page, "detail")
    assert "/engagementAttributes/0 Unknown type [LPE103]" in shown
    assert "content-type" in shown
    bodies = [json.loads(each.text) for each in page.find_elements("css selector", "#detail pre")]
    assert bodies == [simulator.journal[0].body, simulator.journal[0].answer.json()]  # type: ignore[union-attr]
    press(page, "Copy as curl")
    wait(lambda: "Copied" in text(page, "detail"))
    copied = page.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == to_curl(simulator.journal[0])
    press(page, "Later")
    wait(lambda: "Request 2" in text(page, "detail"))
    assert "/engagementAttributes/0/total Number as a string [LPE202]" in text(page, "detail")
    page.switch_to.active_element.send_keys(Keys.ESCAPE)
    wait(lambda: not page.find_element("id", "detail").is_displayed())
    assert page.switch_to.active_element.get_attribute("aria-label") == "Open request 1"


def send(simulator: Simulator, body: bytes, account: str = ACCOUNT) -> None:
    """Send a request by hand."""
    target = f"{api.find('createSession').path.format(accountId=account)}?v=1.0"
    simulator.handle("POST", target, {"content-type": "application/json", "host": "127.0.0.1"}, body)


def rows(page: Chrome) -> list[str]:
    """The numbers of the requests that are shown."""
    # In one step: the page may replace its rows at any moment.
    script = "return [...document.querySelectorAll('#request-list .open')].map(each => each.innerText)"
    return list(map(str, page.execute_script(script)))


def has_rows(page: Chrome, numbers: list[str]) -> bool:
    """Whether these requests are shown."""
    return rows(page) == numbers


def test_filter(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """Search, account, operation, status and visitor narrow both lists, each down to the right ones."""
    a_visit(client)
    client.visit("tom").get_engagement(sdes=[sde.lead(topic="mortgage")])
    send(simulator, b'{"appType": "MSDK"}', account="87654321")
    send(simulator, b"{}")
    wait(lambda: rows(page) == ["5", "4", "3", "2", "1"])
    changes: list[tuple[Callable[[], Any], list[str], int]] = [
        (lambda: page.find_element("id", "search").send_keys("MORTGAGE"), ["3"], 1),
        (lambda: choose(page, "#filter-account", "87654321"), ["4"], 1),
        (lambda: choose(page, "#filter-operation", "updateSession"), ["2"], 3),
        (lambda: choose(page, "#filter-status", "4xx"), ["5"], 3),
        (lambda: press_last(page, "Requests"), ["2", "1"], 1),
        (lambda: page.find_element("id", "search").send_keys("nothing like this"), [], 0),
    ]
    for change, numbers, visitors in changes:
        change()
        wait(partial(has_rows, page, numbers))
        assert len(page.find_elements("css selector", ".visitor")) == visitors
        if not numbers:
            assert page.find_element("id", "requests-none").is_displayed()
        press(page, "Clear filter")
        wait(lambda: len(rows(page)) == 5)


def test_ten_thousand_visitors(page: Chrome) -> None:
    """All of 10 000 visitors can be reached, and no interaction takes 100 ms of script time."""
    many = Simulator(seed=1)
    for number in range(10_000):
        lead = {"type": "lead", "lead": {"topic": f"topic {number}"}}
        send(many, json.dumps({"appType": "MSDK", "engagementAttributes": [lead]}).encode())
    with many.serve() as server:
        page.get(server.url)

        def shows(words: str) -> Callable[[], bool]:
            return lambda: words in text(page, "visitors-pager")

        wait(shows("1\u201325 of 10,000"))
        page.execute_cdp_cmd("Performance.enable", {})

        def took(act: Callable[[], Any], done: Callable[[], bool]) -> float:
            before = script_seconds(page)
            act()
            wait(done)
            return script_seconds(page) - before

        search = page.find_element("id", "search")
        times = [
            took(page.find_element("css selector", "#visitors-pager .older").click, shows("26\u201350 of 10,000")),
            took(lambda: search.send_keys("topic 77"), shows("1\u201325 of 111")),
            took(lambda: search.send_keys("77"), shows("1\u20131 of 1 (10,000 in all)")),
        ]
        assert table_of(page) == [["lead"], ["topic", "topic 7777"]]
        times.append(took(lambda: press(page, "Clear filter"), shows("1\u201325 of 10,000")))
        assert max(times) < 0.1, times
        page.get("about:blank")
    first = many.visitors(ACCOUNT)[0].id
    last_page = many.handle("GET", "/_sim/state?visitors_from=9975", {}, b"").json()["visitors"]
    assert (len(last_page), last_page[-1]["id"]) == (25, first)


def script_seconds(page: Chrome) -> float:
    """How many seconds the page's scripts have run."""
    metrics = page.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "ScriptDuration"))


def test_reset_with_the_clock(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """A reset asks first, and leaves the page as it was at the start, the clock included."""
    a_visit(client)
    press(page, "+6 h")
    wait(lambda: "21,600 s ahead" in text(page, "summary"))
    press(page, "Reset…")
    press(page, "Cancel")
    assert len(simulator.journal) == 2
    press(page, "Reset…")
    press(page, "Reset")
    wait(lambda: text(page, "summary").startswith("0 visitors · 0 requests") and "ahead" not in text(page, "summary"))
    assert (simulator.clock.ahead, simulator.journal, page.find_element("id", "start").is_displayed()) == (0, [], True)


def test_scenario_is_exported_and_imported(page: Chrome, simulator: Simulator, tmp_path: Path) -> None:
    """The page saves the present settings as a file, and takes it back, or one in YAML; a wrong one is explained."""
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    simulator.script(ACCOUNT, "503 x2 then html 502")
    simulator.set_available(ACCOUNT, available=False)
    press(page, "Export")
    file = tmp_path / "scenario.json"
    wait(file.exists)
    simulator.reset()
    page.find_element("id", "file").send_keys(str(file))
    wait(lambda: "scenario.json is in force" in text(page, "said"))
    assert [fault.title for fault in simulator.faults(ACCOUNT)] == ["503 x2", "html 502"]
    yaml = tmp_path / "cold.yaml"
    for content, words in (("cold: 2", "cold.yaml is in force"), ("colt: 2", "unknown key 'colt'")):
        yaml.write_text(content, encoding="utf-8")
        page.find_element("id", "file").send_keys(str(yaml))
        wait(partial(says, page, "said", words))
    assert simulator.to_scenario()["cold"] == 2


def test_server_gone(browser: Chrome, simulator: Simulator) -> None:
    """When the server ends, a banner says so and the controls are off; both are over when it is back."""
    with simulator.serve() as server:
        port = urlsplit(server.url).port or 0
        browser.get(server.url)
        wait(lambda: "0 visitors" in text(browser, "summary"))
        assert text(browser, "gone") == ""
    wait(lambda: "does not answer" in text(browser, "gone"))
    assert not browser.find_element("id", "cold").is_enabled()
    send(simulator, b'{"appType": "MSDK"}')
    with simulator.serve(port=port):
        wait(lambda: text(browser, "gone") == "" and "1 visitor" in text(browser, "summary"))
        assert browser.find_element("id", "cold").is_enabled()
        browser.get("about:blank")


def test_keyboard_alone(page: Chrome, client: EngagementClient, simulator: Simulator) -> None:
    """The keyboard alone reaches every control with visible focus, and can set a fault."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    client.visit("tom").get_engagement()
    wait(lambda: rows(page) == ["1"])
    reached: list[str] = []
    for _ in range(60):
        ActionChains(page).send_keys(Keys.TAB).perform()
        focused = page.switch_to.active_element
        name = focused.get_attribute("id") or focused.text
        reached.append(name)
        if name == "reset":
            break
        assert page.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) != "none", name
        if name == "script":
            ActionChains(page).send_keys("429 after 7", Keys.ENTER).perform()
            wait(lambda: "429 after 7" in text(page, "account-list"))
        if name == "clear-faults":
            assert simulator.faults(ACCOUNT) == []
    controls = page.find_elements("css selector", "main button, #filter input, main input, #filter select, #view")
    names = {each.get_attribute("id") or each.text for each in controls if each.is_displayed()}
    assert names - {"Filter"} <= set(reached)
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
    page.find_element("css selector", ".open").click()
    wait(lambda: hostile in text(page, "detail"))
    assert page.find_elements("css selector", "main img, dialog img") == []
    assert page.title == "App Engagement simulator"


def set_screen(page: Chrome, width: int, height: int, scheme: str) -> None:
    """Give the page a screen and a colour scheme."""
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


def picture(page: Chrome, name: str) -> None:
    """Save the page as an image of the documentation, if there is a folder for it."""
    if IMAGES:
        taken = page.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 80})
        (Path(IMAGES) / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser: Chrome, scheme: str) -> None:
    """Empty, busy, with an open request and without its server, axe-core finds no violation.

    Nothing is wider than a phone. `LP_SCREENSHOTS=docs/images` makes the images of the documentation.
    """
    if not AXE.exists():
        missing("axe-core (npm ci --prefix tools/peers)")
    simulator = Simulator(seed=3, clock=FakeClock())
    with simulator.serve() as server:
        browser.get(server.url)
        wait(lambda: "0 visitors" in text(browser, "summary"))
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        check_screens(browser, scheme)
        with EngagementClient(ACCOUNT, base_url=server.url, store="memory://", clock=FakeClock()) as client:
            a_busy_day(client, simulator)
        wait(lambda: "mortgage" in text(browser, "visitor-list") and "html 502" in text(browser, "account-list"))
        check_screens(browser, scheme)
        picture(browser, "simulator" if scheme == "light" else "simulator-dark")
        browser.find_element("css selector", "[aria-label='Open request 6']").click()
        wait(lambda: "LPE202" in text(browser, "detail"))
        check_screens(browser, scheme)
        if scheme == "light":
            picture(browser, "simulator-request")
        press(browser, "Close")
    wait(lambda: "does not answer" in text(browser, "gone"))
    check_screens(browser, scheme)
    browser.get("about:blank")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def a_busy_day(client: EngagementClient, simulator: Simulator) -> None:
    """Visits, a dropped part, a fault, a refused request, and settings that are in force."""
    a_visit(client)
    simulator.clock.advance(20)
    client.visit("tom").get_engagement(sdes=[sde.raw({"type": "newThing"}), sde.lead(topic="mortgage")])
    simulator.script(ACCOUNT, "503")
    simulator.clock.advance(30)
    client.visit("tom").get_engagement(sections=["Sales"])
    send(simulator, b'{"appType": "MSDK", "engagementAttributes": [{"type": "cart", "total": "11.7", "numItems": 1}]}')
    simulator.set_available("87654321", available=False)
    simulator.script(ACCOUNT, "503 x2 then 200 then html 502")


def check_screens(page: Chrome, scheme: str) -> None:
    """See that the page fits a phone and a desk, and ask axe-core about the latter."""
    for width, height in ((390, 844), (1280, 900)):
        set_screen(page, width, height, scheme)
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
    # Colours apart, the schemes are one page.
    options = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    result = page.execute_async_script("axe.run(arguments[0]).then(arguments[1])", options)
    assert [(each["id"], each["nodes"][0]["html"]) for each in result["violations"]] == []
    assert result["passes"]


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


VISIT = """
const [url, done] = arguments;
const headers = {"content-type": "application/json"};
fetch(url, {method: "POST", headers, body: '{"appType": "MSDK"}'})
  .then(async (answer) => done((await answer.json()).status), (error) => done(String(error)));
"""


@pytest.mark.parametrize("cors", [True, False])
def test_page_of_another_origin(browser: Chrome, simulator: Simulator, *, cors: bool) -> None:
    """A page of another origin makes a visit and reads the answer with `--cors`; without, it makes none."""
    with AttackingServer() as app:
        serving = threading.Thread(target=app.serve_forever)
        serving.start()
        origin = f"http://localhost:{app.server_port}"
        with simulator.serve(cors=[origin] if cors else []) as server:
            browser.get(f"{origin}/")
            url = f"{server.url}{api.find('createSession').path.format(accountId=ACCOUNT)}?v=1.0"
            found = browser.execute_async_script(VISIT, url)
            browser.get("about:blank")
        app.shutdown()
        serving.join()
    assert found == ("Available" if cors else "TypeError: Failed to fetch")
    assert len(simulator.visitors(ACCOUNT)) == int(cors)
