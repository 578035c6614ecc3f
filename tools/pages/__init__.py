"""The parts of a Markdown page: fenced blocks, links, and the anchors that a link can name."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        line: the number of its opening fence.
        end: the number of its closing fence.
        language: the first word behind the opening fence.
        text: what is between the fences.
    """

    line: int
    end: int
    language: str
    text: str


class Link(NamedTuple):
    """A link or an image.

    Attributes:
        line: the number of the line.
        target: where it leads.
    """

    line: int
    target: str


class Page(NamedTuple):
    """A page.

    Attributes:
        blocks: its fenced blocks.
        links: its links and images.
        anchors: what a link can name behind `#`.
    """

    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    anchors: frozenset[str]


@cache
def _parser() -> MarkdownIt:
    # The anchors are those that GitHub and MyST give to headings; the page may name others in MyST's way.
    parser = MarkdownIt("commonmark").enable("table")
    return parser.use(anchors_plugin, max_level=6).use(front_matter_plugin).use(myst_block_plugin)


def read(text: str) -> Page:
    """Read a page in Markdown."""
    tokens = _parser().parse(text)
    markup = [_Markup(line, token.content) for line, token in _each(tokens) if token.type.startswith("html_")]
    links = [
        Link(line, str(token.attrGet("href") or token.attrGet("src") or ""))
        for line, token in _each(tokens)
        if token.type in {"link_open", "image"}
    ]
    named = {str(token.attrGet("id")) for token in tokens if token.type == "heading_open"}
    return Page(
        blocks=tuple(
            Block(token.map[0] + 1, token.map[1], (token.info.split() or [""])[0], token.content)
            for token in tokens
            if token.type == "fence" and token.map
        ),
        links=tuple(sorted(links + [link for each in markup for link in each.links])),
        anchors=frozenset(
            named.union(
                (token.content for token in tokens if token.type == "myst_target"), *(each.ids for each in markup)
            )
        ),
    )


def read_markup(text: str) -> Page:
    """Read a page in HTML."""
    markup = _Markup(1, text)
    return Page((), tuple(markup.links), frozenset(markup.ids))


def _each(tokens: list[Token]) -> Iterator[tuple[int, Token]]:
    """All tokens of a page, each with the number of its line."""
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        yield line, token
        for child in token.children or ():
            if child.type in {"softbreak", "hardbreak"}:
                line += 1
            yield line, child


class _Markup(HTMLParser):
    """The links and the ids of a piece of HTML that begins in some line of a page."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__()
        self._line = line
        self.links: list[Link] = []
        self.ids: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names, and where it leads."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag, name) == ("a", "name"):
                self.ids.add(value)
            elif (tag, name) in {("a", "href"), ("img", "src")}:
                self.links.append(Link(self._line + self.getpos()[0] - 1, value))
