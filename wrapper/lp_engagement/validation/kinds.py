"""Telling by a payload what it is meant to be."""

from __future__ import annotations

from functools import cache
from typing import Any

from lp_engagement_client.facts import KINDS

from . import schemas

AUTO = "auto"
"""The kind that stands for: decide by what the payload holds."""


def detect(payload: Any) -> str:
    """The kind that fits best: what the type says, else the body whose keys it has, else an attribute."""
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
    """The types of the discriminated kinds."""
    return {tag: kind for kind in KINDS for tag in _branches(kind)}


@cache
def _by_key() -> dict[str, str]:
    """The keys of the bodies. A key that one body alone has comes before those that several have."""
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
