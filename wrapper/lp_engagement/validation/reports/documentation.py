"""The page about a rule, if the package names its documentation."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

_LABEL = "documentation"
# Not a literal where it is used, or PyInstaller would take the metadata along.
_DISTRIBUTION = "lp-engagement"


def url_of(rule: str) -> str | None:
    """Return the address of the page about a rule."""
    site = _site()
    return None if site is None else f"{site}/rules.html#{rule.lower()}"


@cache
def _site() -> str | None:
    """Read the address of the documentation from the package's metadata (`project.urls`)."""
    try:
        urls = metadata(_DISTRIBUTION).get_all("Project-URL") or []
    except PackageNotFoundError:  # a frozen app need not have it
        return None
    pairs = (url.partition(", ") for url in urls)
    return next((url.rstrip("/") for label, _, url in pairs if label.lower() == _LABEL), None)
