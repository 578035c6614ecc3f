"""Detecting the kind of a payload."""

from __future__ import annotations

from functools import cache
from typing import Any

from lp_engagement_client.facts import KINDS, OPERATIONS

from . import schemas

AUTO = "auto"
"""Pass it as a kind to detect the kind from the payload."""


LISTED = frozenset(KINDS) - {operation.body for operation in OPERATIONS.values()} | {AUTO}
"""Kinds of which a file can have an array: a body is sent alone."""


def detect(payload: Any) -> str:
    """Detect the kind of a payload from its type, else from its keys. The default is an attribute."""
    return recognized(payload) or attribute()


def recognized(payload: Any) -> str | None:
    """Detect the kind of a payload; `None` if neither its type nor its keys are those of any kind."""
    if not isinstance(payload, dict):
        return None
    tag = payload.get("type")
    if isinstance(tag, str) and tag in _by_type():
        return _by_type()[tag]
    return next((kind for key, kind in _by_key().items() if key in payload), None)


@cache
def _by_type() -> dict[str, str]:
    """Map each type to its kind."""
    return {tag: kind for kind in KINDS for tag in _branches(kind)}


@cache
def _by_key() -> dict[str, str]:
    """Map the keys of the bodies to their kinds. Keys that only one body has come first."""
    owners: dict[str, list[str]] = {}
    for kind in KINDS:
        for key in () if _branches(kind) else _object(kind)["properties"]:
            owners.setdefault(key, []).append(kind)
    return {key: owners[key][0] for key in sorted(owners, key=lambda key: len(owners[key]))}


@cache
def attribute() -> str:
    """Return the kind of a single engagement attribute."""
    return next(kind for kind in KINDS if _branches(kind))


def _object(kind: str) -> schemas.Schema:
    root = schemas.load(f"{kind}.strict")
    return schemas.dereference(root, root)[1]


def _branches(kind: str) -> dict[str, schemas.Schema]:
    return schemas.dispatch(_object(kind))[1]
