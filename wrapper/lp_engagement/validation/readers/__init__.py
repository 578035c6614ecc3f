"""Reading payloads from what people have: JSON, logs, recorded traffic, tokens, tables, scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lp_engagement.validation.documents import Document
from lp_engagement.validation.kinds import recognized
from lp_engagement.validation.yaml_text import read_yaml

from .formats import has_grammars
from .jsonc import read_jsonc, read_with_comments
from .places import at_pointers

if TYPE_CHECKING:
    from collections.abc import Iterator


class Selection(Protocol):
    """Where the payloads are in a file."""

    @property
    def pointers(self) -> tuple[str, ...]:
        """JSON Pointers of the payloads in each document."""
        ...

    @property
    def column(self) -> str | None:
        """The column of a table."""
        ...


def read(data: bytes, file_format: str, selection: Selection) -> Iterator[Document]:
    """Read the payloads of a whole file. Their problems are in `faults`; this never raises."""
    for document in _documents(data, file_format, selection):
        yield from at_pointers(document, selection.pointers)


def read_line(line: bytes, number: int, selection: Selection) -> Iterator[Document]:
    """Read the payloads of one line of a log."""
    yield from at_pointers(read_with_comments(line.rstrip(b"\r"), first_line=number), selection.pointers)


def _documents(data: bytes, file_format: str, selection: Selection) -> Iterator[Document]:
    match file_format:
        case "yaml":
            yield from read_yaml(data)
        case "jsonc":
            yield read_jsonc(data)
        case "har":
            from .har import read_har

            yield from read_har(data)
        case "postman":
            from .postman import read_postman

            yield from read_postman(data)
        case "jwt":
            from .jwt import read_tokens

            yield from read_tokens(data)
        case "csv":
            from .table import read_table

            yield from read_table(data, selection.column)
        case "js" | "ts":
            from .script import read_script

            yield from read_script(_text(data), file_format)
        case "html":
            from .page import read_page

            yield from read_page(_text(data))
        case "tags":
            from .tags import read_tags

            yield from read_tags(data)
        case _:
            yield from _json(data)


def _text(data: bytes) -> Document:
    return Document(data.decode("utf-8-sig", errors="replace"))


def _json(data: bytes) -> Iterator[Document]:
    """Read a JSON file: a payload, or settings with scripts in their strings."""
    document = read_with_comments(data)
    if b"lpTag" in data and isinstance(document.value, dict) and recognized(document.value) is None and has_grammars():
        from .tags import scripts_in

        scripts = list(scripts_in(document))
        if scripts:
            yield from scripts
            return
    yield document
