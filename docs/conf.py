"""How the site is built: `make docs`."""

# ruff: noqa: INP001 - Sphinx reads this file, nobody imports it

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from pygments.lexers.data import JsonLexer

import lp_engagement

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for tools.docs

# What a package loads only when it is asked for, automodule would not find.
for package in (lp_engagement, lp_engagement.stores):
    vars(package).update({name: getattr(package, name) for name in package.__all__})

project = "lp-engagement"
author = "the lp-engagement contributors"
project_copyright = author
version = release = version_of("lp-engagement")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_llms_txt",
    "tools.docs.excerpts",
    "tools.docs.references",
]
# `make check-links ONLINE=1`: an address that a page gives as an example is no link.
linkcheck_ignore = [r"http://(localhost|127\.0\.0\.1)", r"https://(\w+\.)*example\.com"]
# No sphinx.ext.intersphinx: it would fetch other projects' inventories from the net.

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]  # the boxes of the first page

default_role = "code"  # docstrings write names and values between single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True}
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = "lp-engagement"
html_logo = html_favicon = "_static/logo.svg"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b6b63",
        "color-brand-content": "#0b6b63",
        "color-brand-visited": "#5b4b8a",
        "color-brand-glow": "#0b6b6333",
        "color-accent": "#d97706",
        "font-stack": "Inter, ui-sans-serif, system-ui, sans-serif",
        "font-stack--monospace": "'JetBrains Mono', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
    },
    "dark_css_variables": {
        "color-brand-primary": "#5ccfc0",
        "color-brand-content": "#5ccfc0",
        "color-brand-visited": "#b9a8e8",
        "color-brand-glow": "#5ccfc033",
        "color-accent": "#f59e0b",
    },
}
html_copy_source = True  # sphinx-llms-txt links to the sources
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["scrolling.js"]
html_search_scorer = str(Path(__file__).with_name("_static") / "scorer.js")
templates_path = ["_templates"]

# What others document: their inventories are on the net. (tools.docs.references knows the standard library by its full
# names, but not what a module imports from it for its annotations.)
nitpick_ignore = [
    ("py:class", name)
    for name in (
        *("Decimal", "Path", "aiohttp.ClientSession", "httpx.AsyncClient", "httpx.Client", "urllib3.PoolManager"),
        *("CollectorRegistry", "MeterProvider", "TracerProvider"),
        # Aliases and a default value: the docstrings say what they stand for.
        *("EventName", "GivenBody", "GivenImpression", "GivenSde", "NotGiven", "Outcome", "ValidationMode"),
        *(f"{module}.{name}" for module in ("redis", "redis.asyncio") for name in ("Redis", "RedisCluster")),
    )
]

llms_txt_uri_template = "_sources/{docname}{suffix}{sourcelink_suffix}"
llms_txt_title = project
llms_txt_summary = "Schema-first Python client for LivePerson's App Engagement API. Unofficial."
# The pages of the API reference have nothing but the names of what is documented.
llms_txt_code_files = [
    f"+:../{path}.py"
    for path in (
        "wrapper/lp_engagement/client",
        "wrapper/lp_engagement/visit",
        "wrapper/lp_engagement/engagement",
        "wrapper/lp_engagement/errors",
        "wrapper/lp_engagement/retry",
        "wrapper/lp_engagement/hooks",
        "wrapper/lp_engagement/_core/record",
        "generated_client/lp_engagement_client/sde",
    )
]


def setup(app: Sphinx) -> None:
    """Register what is too small for a module."""
    app.add_lexer("jsonl", JsonLexer)  # one JSON text on each line
