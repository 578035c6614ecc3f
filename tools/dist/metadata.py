"""Metadata that depends on the project's home: its URLs, and the README as an index page shows it.

hatchling runs this with every build. The home is a setting in pyproject.toml, empty until there is one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#)([^)\s]+)\)")


def readme(text: str, home: str, version: str) -> str:
    """Return the README with absolute links, to the files of the version; without a home, with none."""

    def link(found: re.Match[str]) -> str:
        image, words, target = found.groups()
        if home:
            return f"{image}[{words}]({home}/{'raw' if image else 'blob'}/v{version}/{target})"
        return "" if image else words

    return _LINK.sub(link, text)


def urls(home: str) -> dict[str, str]:
    """Return the URLs of the project."""
    if not home:
        return {}
    changelog = f"{home}/blob/main/CHANGELOG.md"
    return {
        "Documentation": f"{home}#documentation",
        "Changelog": changelog,
        "Source": home,
        "Issues": f"{home}/issues",
    }


class ProjectMetadata(MetadataHookInterface):
    """Fills in the fields that pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the README and the URLs."""
        home = str(self.config["home"]).rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        shown = readme(text, home, str(metadata["version"]))
        metadata["readme"] = {"content-type": "text/markdown", "text": shown}
        metadata["urls"] = urls(home)
