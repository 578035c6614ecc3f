"""The whole site: Sphinx, and beside it the page of the API description."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from sphinx.cmd.build import build_main

from tools.repository import ROOT

from . import spec_page

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ROOT / "docs"


def build(folder: Path, sources: Path = SOURCES) -> bool:
    """Build the site from nothing.

    Args:
        folder: where to; what is there goes.
        sources: the pages.

    Returns:
        Whether there was nothing to complain about; each warning counts, and is written to stderr.

    Raises:
        SpecPageError: the page of the API description could not be made.
    """
    trees = folder.with_name(f"{folder.name}-trees")
    for each in (folder, trees):
        shutil.rmtree(each, ignore_errors=True)
    spec_page.write(folder)
    strict = ["--nitpicky", "--fail-on-warning", "--keep-going"]
    return build_main(["-q", "-b", "html", "-d", str(trees), *strict, str(sources), str(folder)]) == 0
