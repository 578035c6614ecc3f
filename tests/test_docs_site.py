"""The site: it builds without a warning, needs no network, knows every public name, and can be read and searched."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import re
import shutil
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import click
import pytest
from sphinx.util.inventory import InventoryFile

from generator import nodes, spec
from lp_engagement.cli.group import group
from lp_engagement_client import facts
from tests.test_page_browser import AXE, FLAGS, missing, wait
from tools import pages
from tools.docs import spec_page
from tools.repository import ROOT, copies, redocly
from tools.spec_diff import api

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

DOCS = ROOT / "docs"
# The package `testing` has no names of its own; `transport` is described where its classes are handed in.
PUBLIC = sorted(api.PUBLIC - {"lp_engagement.testing", "lp_engagement._io.httpx_transport"})
# LP_SITE_IMAGES=docs/images writes the pictures that are kept there.
IMAGES = os.environ.get("LP_SITE_IMAGES")
SHOWN = {"site-index": "index.html", "site-api": "api/lp_engagement.html", "site-spec": spec_page.NAME}


def make_docs(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Build the site with `make docs`, in the environment that is there."""
    if not redocly.PROGRAM.exists():
        missing("Redocly (npm ci --prefix tools/redocly)")
    return copies.make(ROOT, "docs", f"SITE_ARGS={' '.join(map(str, arguments))}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once, whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = shared / "site", shared / "site.said"
    with (shared / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            done = make_docs(folder)
            said.write_text(f"{done.returncode}\n{done.stderr}", encoding="utf-8")
    assert said.read_text(encoding="utf-8") == "0\n"
    return folder


@pytest.fixture(scope="session")
def names(site: Path) -> set[str]:
    """All Python names that the site documents."""
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    return {item for kind in inventory.data if kind.startswith("py:") for item in inventory.data[kind]}


# ------------------------------------------------------------------------------------------------- the build


def test_broken_page_is_named(tmp_path: Path) -> None:
    """A page with a broken reference fails the build, which prints the page, the line and the fix."""
    sources = tmp_path / "docs"
    sources.mkdir()
    for name in ("conf.py", "reference.md"):
        shutil.copy(DOCS / name, sources)
    for name in ("_static", "_templates"):
        shutil.copytree(DOCS / name, sources / name)
    toctree = "```{toctree}\nreference\n```\n"
    (sources / "index.md").write_text(f"# Broken\n\n[Gone](gone.md)\n\n{toctree}", encoding="utf-8")
    done = make_docs(tmp_path / "site", "--sources", sources)
    assert done.returncode
    warning, fix = copies.complaints(done)
    assert warning.startswith(f"{sources / 'index.md'}:3: WARNING: ")
    assert "gone.md" in warning
    assert fix == "fix: correct the reported page or docstring, then run make docs"


def test_every_page_is_in_the_site(site: Path) -> None:
    """Each page of docs/ is a page of the site, and the README leads to the site's first steps."""
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS)).with_suffix(".html").is_file()
    links = {link.target for link in pages.read((ROOT / "README.md").read_text(encoding="utf-8")).links}
    assert {"docs/tutorial.md", "docs/configuration.md", "CONTRIBUTING.md"} <= links


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """No page and no style sheet names another host to load a script, style, font, image or frame from."""
    loaded = re.compile(
        r"<(?:script|img|iframe|source|embed)\b[^>]*\ssrc=\"([^\"]*)\""
        r"|<link\b(?=[^>]*rel=\"(?:stylesheet|icon|preload|modulepreload|preconnect|dns-prefetch|manifest)\")[^>]*href=\"([^\"]*)\""
        r"|@import\s+(?:url\()?[\"']?([^\"')]*)|url\([\"']?([^\"')]*)"
    )
    count = 0
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        if page.name == spec_page.NAME:
            continue
        for found in loaded.finditer(page.read_text(encoding="utf-8")):
            count += 1
            (target,) = (each for each in found.groups() if each is not None)
            assert not re.match(r"(?:[a-z]+:)?//", target), f"{page.name}: {target}"
    assert count > 100


def test_page_of_the_spec_may_load_nothing(site: Path) -> None:
    """The page of the API description is one file, whose policy forbids every request."""
    text = (site / spec_page.NAME).read_text(encoding="utf-8")
    assert "cdn.redoc.ly" not in text
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert not re.search(r"https?:|\*", policy[0])
    assert not re.search(r"<(?:script|link)[^>]* (?:src|href)=\"(?!data:)", text)


def test_page_that_is_not_known_is_refused() -> None:
    """If Redoc's page changes, so that nobody knows what it loads, it is not published."""
    with pytest.raises(spec_page.SpecPageError, match="look for what it loads"):
        spec_page.offline("<html></html>")


# ------------------------------------------------------------------------------------------------ what is in it


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_documented(module: str, names: set[str]) -> None:
    """Each name in `__all__` of a public module is in the API reference."""
    documented = {name.rpartition(".")[2] for name in names if name.startswith("lp_engagement")}
    public = set(importlib.import_module(module).__all__)
    modules = {each for each in public if f"{module}.{each}" in PUBLIC}
    assert public - modules - documented == set()


def test_every_public_package_is_documented() -> None:
    """A module of the wrapper that other parts of the documentation import from is public, and none is forgotten."""
    imported = set()
    for page in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for block in pages.read(page.read_text(encoding="utf-8")).blocks:
            imported |= set(re.findall(r"^(?:from|import) (lp_engagement\b[\w.]*)", block.text, re.MULTILINE))
    assert imported <= set(PUBLIC)


def test_every_command_and_option_is_documented(site: Path) -> None:
    """The page of commands has each command and each option of it."""
    text = (site / "command-line.html").read_text(encoding="utf-8")
    options = list(documented(group.to_info_dict(click.Context(group)), "lp-engagement"))
    assert len(options) > 20
    assert [each for each in options if f'id="{each}"' not in text] == []


def documented(command: dict[str, Any], path: str) -> Iterator[str]:
    """The anchors that the page has for a command and its options."""
    yield path.replace(" ", "-")
    for each in command["params"]:
        if each["param_type_name"] == "option" and " " in path and "--help" not in each["opts"]:
            yield f"cmdoption-{path.replace(' ', '-')}{each['opts'][0].removeprefix('-')}"
    for name, inner in command.get("commands", {}).items():
        yield from documented(inner, f"{path} {name}")


def test_models_lead_to_their_fields(site: Path) -> None:
    """A model of the generated client, as an argument of a builder, is a link to its fields in the reference."""
    text = (site / "api" / "sde.html").read_text(encoding="utf-8")
    assert '<a class="reference internal" href="../reference.html#cartproduct"' in text


def test_llms_txt_names_every_page(site: Path) -> None:
    """llms.txt lists all pages by links that exist; llms-full.txt has their text and the public signatures."""
    told = (site / "llms.txt").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]*)\)", told)
    assert len(links) == len(list(DOCS.rglob("*.md")))
    assert all((site / link).is_file() for link in links)
    full = (site / "llms-full.txt").read_text(encoding="utf-8")
    assert "# The lifecycle of a call" in full
    assert "def get_engagement(" in full
    assert "def cart(" in full


def test_drawing_shows_the_pauses_of_the_spec() -> None:
    """The drawing is well-formed, has a text alternative, both themes, and the pauses and statuses of the spec."""
    text = (DOCS / "images" / "lifecycle-of-a-call.svg").read_text(encoding="utf-8")
    retry = facts.OPERATIONS["createSession"].retry
    assert retry
    pauses = ", ".join(f"{pause} s" for pause in retry.pauses)
    root = ET.fromstring(text)  # noqa: S314 - our own file
    described = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert f"with pauses of {pauses}" in described
    assert f"pause {pauses};" in text
    assert f"{retry.statuses[0] // 100}xx" in text
    assert "@media (prefers-color-scheme: dark)" in text


# ------------------------------------------------------------------------------------------------ in a browser


@pytest.fixture(scope="module")
def browser(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Chromium, for which no host but this one exists."""
    selenium = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        missing("Chromium (Debian: chromium chromium-driver)")
    options = selenium.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser: Chrome = selenium.Chrome(options=options, service=Service(driver))
    browser.set_window_size(1280, 960)
    yield browser
    browser.quit()


def opened(browser: Chrome, url: str) -> list[str]:
    """Open a page; return its requests beyond its own files, and its console errors."""
    complaints(browser)
    browser.get(url)
    wait(lambda: browser.execute_script("return document.readyState") == "complete")
    return complaints(browser)


def complaints(browser: Chrome) -> list[str]:
    """The requests and errors of pages since the last look."""
    logs: dict[str, Any] = {name: browser.get_log(name) for name in ("browser", "performance")}  # type: ignore[no-untyped-call]
    events = [json.loads(each["message"])["message"] for each in logs["performance"]]
    asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
    foreign = [url for url in asked if re.match("https?:|wss?:", url)]
    return foreign + [each["message"] for each in logs["browser"] if each["level"] in {"SEVERE", "WARNING"}]


@pytest.mark.parametrize("image", SHOWN)
def test_pages_open_without_a_network(browser: Chrome, site: Path, image: str) -> None:
    """The first page, the API reference and the API description open from a file, and ask nobody for anything."""
    assert opened(browser, (site / SHOWN[image]).as_uri()) == []
    heading = browser.find_element("tag name", "h1").text
    assert heading.replace("\n", " ").startswith({"site-spec": "LivePerson App Engagement API"}.get(image, "lp"))
    if IMAGES and image != "site-spec":
        browser.save_screenshot(str(ROOT / IMAGES / f"{image}.png"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", [*SHOWN.values(), "reference.html", "lifecycle-of-a-call.html"])
def test_axe_finds_nothing_serious(browser: Chrome, site: Path, page: str, scheme: str) -> None:
    """axe-core finds no serious violation on the pages, in light or dark."""
    if not AXE.exists():
        missing("axe-core (npm ci --prefix tools/peers)")
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    opened(browser, (site / page).as_uri())
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = browser.execute_async_script("axe.run().then(arguments[0])")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    grave = [each for each in result["violations"] if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], each["nodes"][0]["html"]) for each in grave] == []
    assert len(result["passes"]) > 10


@pytest.mark.parametrize(
    "word, expected", [("VisitNotStartedError", "api/errors.html"), ("lease", "lifecycle-of-a-call.html")]
)
def test_search_works_without_a_network(browser: Chrome, site: Path, word: str, expected: str) -> None:
    """The search finds a public name, and a word of a page, from a file."""
    assert opened(browser, f"{(site / 'search.html').as_uri()}?q={word}") == []
    wait(lambda: browser.find_elements("css selector", f"#search-results li a[href*='{expected}']"))
    wait(lambda: browser.find_elements("css selector", "#search-results li p.context"))
    excerpts = browser.find_elements("css selector", "#search-results li p.context")
    assert any(word.lower() in each.text.lower() for each in excerpts)
    assert complaints(browser) == []


@pytest.mark.parametrize("page", [*SHOWN.values(), "comparison.html", "command-line.html"])
def test_pages_fit_a_phone(browser: Chrome, site: Path, page: str) -> None:
    """On a phone nothing is wider than the screen, and no word of a heading is broken."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        assert opened(browser, (site / page).as_uri()) == []
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        headings = browser.execute_script(
            "return [...document.querySelectorAll('h1, h2')].map(each => {"
            "each.style.overflowWrap = 'normal'; return [each.innerText, each.scrollWidth - each.clientWidth]})"
        )
        assert headings
        assert [text for text, excess in headings if excess > 0] == []
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_api_description_has_a_way_back(browser: Chrome, site: Path) -> None:
    """The API description leads back to the first page."""
    opened(browser, (site / spec_page.NAME).as_uri())
    browser.find_element("css selector", "a.way-back").click()
    wait(lambda: browser.current_url.endswith("/index.html"))


def test_api_description_can_be_walked_through(browser: Chrome, site: Path) -> None:
    """In the API description, a reader can go from the menu to an operation and its evidence."""
    assert opened(browser, (site / spec_page.NAME).as_uri()) == []
    operation = next(operation for _, _, operation in nodes.operations(spec.load()))
    summary, evidence = operation["summary"], operation["x-evidence"][0]
    browser.find_element("xpath", "//*[@data-text='engagement']").click()
    entry = f"//*[@role='listitem']//*[contains(text(), '{summary}')]"
    wait(lambda: browser.find_elements("xpath", entry))
    browser.find_element("xpath", entry).click()
    wait(lambda: evidence in browser.find_element("tag name", "body").text)
    assert operation["operationId"].lower() in browser.current_url
    if IMAGES:
        browser.save_screenshot(str(ROOT / IMAGES / "site-spec.png"))
    assert complaints(browser) == []
