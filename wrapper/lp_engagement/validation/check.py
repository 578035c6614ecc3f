"""Checking a payload."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from lp_engagement_client.facts import KINDS

from . import schemas
from .engines import EngineName, compiled
from .explain import conditional, explain, explain_unfit, places, tolerated
from .kinds import AUTO, detect
from .plain import plain_copy

if TYPE_CHECKING:
    from .problem import Path, Problem

Kind = str
"""`sde`, `impression`, `create-session` or `update-session`: see `kinds()`."""

DEFAULT_ENGINE: EngineName = "jsonschema-rs"


def kinds() -> tuple[Kind, ...]:
    """The kinds of payloads that the spec knows."""
    return tuple(KINDS)


def conforms(payload: Any, kind: Kind, *, engine: EngineName = DEFAULT_ENGINE) -> bool:
    """Tell, fast, whether a payload that was read from JSON has no problem at all, not even a warning.

    Of a payload from elsewhere `check` also sees what JSON cannot carry.
    """
    try:
        return compiled(kind, "strict", engine).is_valid(payload)
    except (ValueError, TypeError, RecursionError):
        # The engine met something that is not JSON.
        return False


_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _writable(payload: Any) -> bool:
    # The fast engine takes NaN for null, and half of a surrogate pair for a text.
    try:
        _write(payload).encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def check(
    payload: Any,
    kind: Kind,
    *,
    engine: EngineName = DEFAULT_ENGINE,
    allow_unknown_keys: bool = False,
    unauthenticated_messaging: bool = False,
) -> list[Problem]:
    """List what is wrong with a payload; an empty list means that nothing is.

    Args:
        payload: the payload as plain JSON values (dict, list, str, int, float, bool, None).
        kind: what it is meant to be: one of `kinds()`, or `auto` to decide by what it holds.
        engine: the JSON Schema validator to use; both give the same problems.
        allow_unknown_keys: report keys that the spec does not know as warnings: LivePerson adds fields without a new
            version.
        unauthenticated_messaging: warn about fields that do harm in an unauthenticated messaging flow.

    Raises:
        ValueError: `kind` is not one of `kinds()`.
    """
    found = examine(
        payload,
        kind,
        engine=engine,
        allow_unknown_keys=allow_unknown_keys,
        unauthenticated_messaging=unauthenticated_messaging,
    )
    return [problem for _, problem in found]


def examine(
    payload: Any,
    kind: Kind,
    *,
    engine: EngineName = DEFAULT_ENGINE,
    allow_unknown_keys: bool = False,
    unauthenticated_messaging: bool = False,
    is_plain: bool = False,
) -> list[tuple[Path, Problem]]:
    """Do what `check` does, with the path of each problem. `is_plain`: it is known to hold nothing but JSON."""
    if kind == AUTO:
        kind = detect(payload)
    if kind not in KINDS:
        raise ValueError(f"unknown kind of payload; use one of {', '.join((*KINDS, AUTO))}")
    found = conditional(payload, kind, "unauthenticated-messaging") if unauthenticated_messaging else []
    if not is_plain:
        if conforms(payload, kind, engine=engine) and _writable(payload):
            return found
        payload, unfit = plain_copy(payload)
        found += [(each.path, explain_unfit(each)) for each in unfit]
    # What the copy holds null for has been reported already.
    reported = {path for path, problem in found if problem.level == "error"}
    root = schemas.load(f"{kind}.strict")
    strict = places(root, payload, compiled(kind, "strict", engine).faults(payload))
    if strict:
        wrong = _not_tolerated(strict, kind, payload, engine)
        for path, keyword in strict.items():
            if path not in reported:
                problem = explain(root, payload, path, keyword)
                if path not in wrong:
                    problem = tolerated(problem, path)
                elif allow_unknown_keys and problem.name == "unknown-key":
                    problem = replace(problem, level="warning")
                found.append((path, problem))
    return found


def _not_tolerated(strict: dict[Path, str], kind: Kind, payload: Any, engine: EngineName) -> dict[Path, str]:
    """Those of the places that the accepting view finds wrong too; looked for only where it is the wider one."""
    root, widened = schemas.load(f"{kind}.strict"), _widened(kind)
    if not any(schemas.locate(root, payload, path[:-1]).owner in widened for path in strict):
        return strict
    accepting = schemas.load(f"{kind}.accepting")
    return places(accepting, payload, compiled(kind, "accepting", engine).faults(payload))


@cache
def _widened(kind: Kind) -> frozenset[str]:
    strict, accepting = schemas.load(f"{kind}.strict")["$defs"], schemas.load(f"{kind}.accepting")["$defs"]
    return frozenset(name for name, schema in strict.items() if accepting[name] != schema)
