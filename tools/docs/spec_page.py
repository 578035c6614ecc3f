"""The API description as one HTML page that needs no network: Redoc, with everything it loads inside."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generator import spec
from tools.repository.redocly import redocly

NAME = "app-engagement-api.html"
TITLE = "App Engagement API"

# The page may load nothing: what Redoc fetches without being asked is taken out below; the browser sees to the rest.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)
LOGO = re.compile(r"https://cdn\.redoc\.ly/[^`]+\.svg")
NAME_INSTEAD = "data:image/svg+xml," + quote(
    "<svg xmlns='http://www.w3.org/2000/svg' width='34' height='14'>"
    "<text y='11' font-family='sans-serif' font-size='11' fill='#1e65f5'>Redoc</text></svg>"
)
META = '<meta charset="utf8" />'
HEAD = f"""{META}
  <meta http-equiv="Content-Security-Policy" content="{POLICY}">
  <link rel="icon" href="data:,">
  <style>
    .way-back {{ display: block; padding: 0.6rem 1rem; font: 600 1rem system-ui, sans-serif; text-decoration: none; }}
    .way-back {{ background: #0b6b63; color: #fff; }}
    /* On a phone, the words of a title fit beside Redoc's button. */
    @media (max-width: 50rem) {{ h1, h2 {{ font-size: 1.5rem !important; line-height: 1.3 !important; }} }}
    /* Redoc's own are too pale to read. */
    :root.dark {{ --search-trigger-color: #b9bbc6 !important; }}
    :root:not(.dark) {{ --search-trigger-color: #5b5b66 !important; }}
    :root:not(.dark) .tag-get {{ --tag-color: #0b6b37 !important; }}
    :root:not(.dark) .tag-put {{ --tag-color: #964800 !important; }}
  </style>"""
BODY = "<body>\n"
WAY_BACK = '<a class="way-back" href="index.html">← lp-engagement: all pages</a>'


class SpecPageError(Exception):
    """The page could not be built; the message says why."""


def write(folder: Path) -> Path:
    """Write the page into a folder, and return its path.

    Raises:
        SpecPageError: Redoc failed, or wrote a page that we do not know how to keep from the net.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder.resolve() / NAME
    options = ["--inlineBundle", "--openapi.showExtensions=x-evidence", "--title", TITLE, "--output", str(page)]
    with tempfile.TemporaryDirectory() as scratch:
        shown = Path(scratch) / "spec.json"
        shown.write_text(json.dumps(_in_words(spec.load())), encoding="utf-8")
        done = redocly("build-docs", str(shown), *options)
    if done.returncode:
        raise SpecPageError(f"redocly build-docs failed:\n{done.stdout}{done.stderr}")
    page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    return page


def offline(page: str) -> str:
    """Return the page without what would be fetched, and with a policy under which nothing can be.

    Raises:
        SpecPageError: the page is not the one we know.
    """
    if META not in page or BODY not in page or not LOGO.search(page):
        raise SpecPageError(f"Redoc's page is not what {Path(__file__).name} expects: look for what it loads")
    return LOGO.sub(NAME_INSTEAD, page).replace(META, HEAD, 1).replace(BODY, BODY + WAY_BACK, 1)


def _in_words(node: Any) -> Any:
    """The same with each list of evidence as one string, because Redoc prints lists as JSON."""
    if isinstance(node, dict):
        return {key: "; ".join(value) if key == "x-evidence" else _in_words(value) for key, value in node.items()}
    return [_in_words(each) for each in node] if isinstance(node, list) else node
