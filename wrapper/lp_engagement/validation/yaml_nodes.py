"""Composing the nodes of YAML text: by LibYAML where it reads YAML 1.2, which is fast, and by ruamel.yaml elsewhere."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# LibYAML reads YAML 1.1. In texts without these, the two versions have the same nodes: tags, directives, ends of
# documents, blocks of text at the start of a line, tabs, line breaks other than a line feed, and special characters.
# What begins after very many indicators may be nested so deeply that LibYAML's composer would crash.
_DOUBTFUL = re.compile(
    r"(?:^|[\s\[{,])!|^%|^\.{3}|^[ ]*(?:---[ ]+)?[|>]|^[ ?:-]{200}|"
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]",
    re.MULTILINE,
)


def compose(text: str) -> Iterator[Any]:
    """Yield the node graph of each document.

    Raises:
        Exception: the error of ruamel.yaml, whose words are explained, for text that is not YAML.
    """
    done = 0
    if not _DOUBTFUL.search(text):
        import yaml

        if yaml.__with_libyaml__:
            try:
                for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
                    yield node
                    done += 1
            except yaml.YAMLError:
                pass  # ruamel.yaml finds it too, or reads it
            else:
                return
    yield from islice(_by_ruamel(text), done, None)


def _by_ruamel(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML

    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    reader.composer.warn_double_anchors = False  # valid, and the warning would show a value
    nodes: Iterator[Any] = reader.compose_all(text)
    return nodes
