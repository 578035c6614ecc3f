"""A Sphinx extension: excerpts in the results of the search, also when the site is opened from a file.

Sphinx fetches each page that it has found, which a browser does not allow a file to do. So the pages are in a script.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAME = "pages.js"
# Markup within a line, but for the targets of links; it is more than half of a page with code.
_INLINE = re.compile(r"</?(?:code|em|strong)\b[^>]*>|<span (?![^>]*\bid=)[^>]*>|</span>|<svg.*?</svg>", re.DOTALL)
_BLANK = re.compile(r"\s+")
_SCRIPT = """// Sphinx's search fetches the pages that it has found, and makes the excerpts of them. Here they are.
const pages = %s;
window.fetch = async (address) => {
  const name = String(address).replace(document.documentElement.dataset.content_root, "").replace(/\\.html$/, "");
  return { text: async () => `<div role="main">${pages[name] ?? ""}</div>` };
};
// It takes the dots of an anchor for classes, and warns that there is no such place.
addEventListener("DOMContentLoaded", () => {
  const read = Search.htmlToText;
  Search.htmlToText = (html, anchor) => read(html, anchor && `#${CSS.escape(anchor.slice(1))}`);
});
"""


def collect(app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Keep the body of a page, or put the script of all of them into the page of the search."""
    if name == "search":
        app.add_js_file(NAME)
    elif doctree is not None and template == "page.html":
        bodies[name] = _BLANK.sub(" ", _INLINE.sub("", context["body"]))


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the script."""
    if error is None:
        script = _SCRIPT % json.dumps(bodies, sort_keys=True).replace("</", "<\\/")
        Path(app.outdir, "_static", NAME).write_text(script, encoding="utf-8")


bodies: dict[str, str] = {}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
