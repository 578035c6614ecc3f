"""Resolves the links of the pages, as far as possible without a network."""

from __future__ import annotations

import difflib
import posixpath
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from ruamel.yaml import YAML

from tools import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HOSTS = Path(__file__).with_name("hosts.txt")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_LINES = re.compile(r"L(\d+)(?:-L(\d+))?")
_LOOPBACK = {"127.0.0.1", "localhost"}


class BrokenLink(NamedTuple):
    """A link that leads nowhere.

    Attributes:
        page: the page, as a path from the root.
        line: the line of the page.
        target: where the link should lead.
        why: what is wrong with it.
    """

    page: str
    line: int
    target: str
    why: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.target or '(nothing)'}: {self.why}"


def hosts() -> frozenset[str]:
    """The hosts that a page may lead to."""
    return frozenset(HOSTS.read_text(encoding="utf-8").split())


class Repository:
    """The pages of a repository, and the files that they may lead to.

    Args:
        root: its folder.
        names: its files, as paths from the root; what git ignores is not there for a reader.
        known: the hosts that pages may lead to.
    """

    def __init__(self, root: Path, names: Iterable[str], known: Iterable[str]) -> None:
        self._root = root
        self._names = frozenset(names)
        self._known = frozenset(known)
        self._read: dict[str, pages.Page] = {}

    @cached_property
    def links(self) -> list[tuple[str, pages.Link]]:
        """All links of all pages, each with its page."""
        return [(name, link) for name in sorted(self._names) if name.endswith(".md") for link in self._page(name).links]

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset({parent.as_posix() for name in self._names for parent in Path(name).parents})

    def faults(self) -> Iterator[BrokenLink]:
        """The links that lead nowhere."""
        for page, link in self.links:
            why = self._why(page, link.target)
            if why is not None:
                yield BrokenLink(page, link.line, link.target, why)

    def _why(self, page: str, target: str) -> str | None:
        """Describe the problem of a link, if it has one."""
        try:
            parts = urlsplit(target)
        except ValueError as error:
            return f"no URL: {error}"
        if parts.scheme or parts.netloc:
            return self._why_url(parts)
        if not parts.path and not parts.fragment:
            return "it leads nowhere"
        return self._why_file(page, unquote(parts.path), unquote(parts.fragment))

    def _why_file(self, page: str, path: str, fragment: str) -> str | None:
        if path.startswith("/"):
            return "a path from the root means something else on each site; write it relative to the page"
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if name.startswith("../"):
            return "it leads out of the repository"
        if name not in self._names and name not in self._folders:
            return f"there is no {name}{_meant(name, self._names)}"
        return self._why_anchor(name, fragment) if fragment else None

    def _why_url(self, parts: SplitResult) -> str | None:
        host = parts.hostname or ""
        if parts.scheme == "mailto" or (host in _LOOPBACK and parts.scheme == "http"):
            return None
        if parts.scheme != "https":
            return f"links out of the repository begin with https://, not {parts.scheme or '//'}"
        if parts.netloc.lower() != host or not _HOST.fullmatch(host):
            return f"{parts.netloc!r} is no plain host"
        if host not in self._known:
            return f"{host} is not in tools/links/hosts.txt{_meant(host, self._known)}"
        return None

    def _why_anchor(self, name: str, fragment: str) -> str | None:
        path = self._root / name
        if path.suffix in {".md", ".html"}:
            anchors = self._page(name).anchors
            if fragment in anchors:
                return None
            return f"there is no #{fragment} in {name}{_meant(fragment, anchors)}"
        if path.suffix in {".yaml", ".yml", ".json"} and fragment.startswith("/"):
            document: Any = YAML(typ="safe").load(path)
            return None if _leads_somewhere(document, fragment) else f"there is no {fragment} in {name}"
        lines = _LINES.fullmatch(fragment)
        if lines is None or not path.is_file():
            return f"{name} has no anchors"
        last = path.read_text(encoding="utf-8").count("\n")
        return None if int(lines[2] or lines[1]) <= last else f"{name} ends with line {last}"

    def _page(self, name: str) -> pages.Page:
        if name not in self._read:
            text = (self._root / name).read_text(encoding="utf-8")
            self._read[name] = pages.read_markup(text) if name.endswith(".html") else pages.read(text)
        return self._read[name]


def _meant(word: str, known: Iterable[str]) -> str:
    """A word about what may have been meant."""
    by_small = {each.lower(): each for each in known}
    close = difflib.get_close_matches(word.lower(), by_small, n=1)
    return f"; did you mean {by_small[close[0]]}?" if close else ""


def _leads_somewhere(document: Any, pointer: str) -> bool:
    """Whether a JSON Pointer names something."""
    for key in pointer.split("/")[1:]:
        step = key.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            if not step.isdecimal() or int(step) >= len(document):
                return False
            document = document[int(step)]
        elif isinstance(document, dict) and step in document:
            document = document[step]
        else:
            return False
    return True
