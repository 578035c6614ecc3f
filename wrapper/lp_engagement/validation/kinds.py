"""Detecting the kind of a payload."""

from __future__ import annotations

from functools import cache
from typing import Any

from lp_engagement_client.facts import KINDS

from . import schemas

AUTO = "auto"
"""Pass it as a kind to detect the kind from the payload."""


def detect(payload: Any) -> str:
    """Detect the kind of a payload from its type, else from its keys. The default is an attribute."""
    if isinstance(payload, dict):
        tag = payload.get("type")
        if isinstance(tag, str) and tag in _by_type():
            return _by_type()[tag]
        for key, kind in _by_key().items():
            if key in payload:
                return kind
    return _fallback()


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
def _fallback() -> str:
    return next(kind for kind in KINDS if _branches(kind))


def _object(kind: str) -> schemas.Schema:
    root = schemas.load(f"{kind}.strict")
    return schemas.dereference(root, root)[1]


def _branches(kind: str) -> dict[str, schemas.Schema]:
    return schemas.dispatch(_object(kind))[1]
