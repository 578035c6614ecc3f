"""Parts of a body that the server drops silently: unknown keys, and objects of an unknown type."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from lp_engagement._common.json_pointer import json_pointer
from lp_engagement._common.printable import printable

from .spec import rule, violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Dropped", "drop_unknown"]

_UNKNOWN_KEY, _UNKNOWN_TYPE = "unknown-key", "unknown-type"
_LONGEST = 300


@dataclass(frozen=True, slots=True, repr=False)
class Dropped:
    """A part of a request's body that the server drops silently.

    Attributes:
        pointer: its JSON Pointer (RFC 6901) in the body.
        rule: the id of the rule that the part breaks, e.g. `LPE102`.
        title: the rule's title.
    """

    pointer: str
    rule: str
    title: str

    def __repr__(self) -> str:
        # A key can be personal data.
        return f"<Dropped {self.rule}>"

    def __str__(self) -> str:
        """Format pointer, title and rule as one line."""
        return f"{printable(self.pointer, _LONGEST)}: {self.title} [{self.rule}]"


def drop_unknown(kind: str, body: Any) -> list[Dropped]:
    """Remove unknown keys and objects of an unknown type from a body, and list them.

    Raises:
        ValueError: the body holds something that the validator cannot read, such as too many levels.
    """
    found = list(_unknown(kind, body))
    gone: defaultdict[tuple[str | int, ...], set[int]] = defaultdict(set)
    for *place, last in (path for path, _ in found):
        if isinstance(last, int):
            gone[tuple(place)].add(last)
        else:
            del _at(body, place)[last]
    # After the keys, whose paths would no longer be right; and each array at once, since removing an item moves others.
    for where, indexes in gone.items():
        items = _at(body, where)
        items[:] = [item for index, item in enumerate(items) if index not in indexes]
    return [Dropped(json_pointer(path), rule(name)["id"], rule(name)["title"]) for path, name in found]


def _at(body: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        body = body[step]
    return body


def _unknown(kind: str, body: Any) -> Iterator[tuple[Sequence[str | int], str]]:
    for error in violations(kind, body):
        path = error.instance_path
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            for key in error.kind.unexpected:
                yield [*path, key], _UNKNOWN_KEY
        elif isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Enum) and _is_type_of_item(path, error.instance):
            yield path[:-1], _UNKNOWN_TYPE


def _is_type_of_item(path: Sequence[str | int], value: object) -> bool:
    return len(path) > 1 and path[-1] == "type" and isinstance(path[-2], int) and isinstance(value, str)
