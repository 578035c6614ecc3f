"""Validating one payload."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lp_engagement._common.importing import importing
from lp_engagement_client.facts import KINDS

from . import plain_json, schemas
from .engines import EngineName, compiled
from .kinds import AUTO, detect, recognized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .locate import Located
    from .plain_json import NotPlain
    from .problem import Path, Problem

Kind = str
"""`sde`, `impression`, `create-session` or `update-session`: see `kinds()`."""

DEFAULT_ENGINE: EngineName = "jsonschema-rs"


def kinds() -> tuple[Kind, ...]:
    """List the kinds of payloads in the spec."""
    return tuple(KINDS)


def conforms(payload: Any, kind: Kind, *, engine: EngineName = DEFAULT_ENGINE) -> bool:
    """Test, fast, whether a payload that was read from JSON has no problems, not even warnings.

    For any other payload, use `check`, which also finds values that JSON cannot represent.
    """
    try:
        return compiled(kind, "strict", engine).is_valid(payload)
    except (ValueError, TypeError, RecursionError):
        # The payload has something that is not JSON.
        return False


_write = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _writable(payload: Any) -> bool:
    # The fast engine reads NaN as null, and half a surrogate pair as a string.
    try:
        _write(payload).encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return True


@cache
def _load_explanations() -> None:
    """Import what only an invalid payload needs."""
    with importing():
        import_module(".explain", __package__)
        import_module(".locate", __package__)


def unfit(payload: Any) -> list[Problem]:
    """List what JSON cannot carry in a value of any kind."""
    if plain_json.is_plain(payload):
        return []
    _load_explanations()
    from .explain import explain_unfit

    return [explain_unfit(value) for value in plain_json.plain_copy(payload)[1]]


def check(
    payload: Any,
    kind: Kind,
    *,
    engine: EngineName = DEFAULT_ENGINE,
    allow_unknown_keys: bool = False,
    unauthenticated_messaging: bool = False,
) -> list[Problem]:
    """List the problems of a payload; an empty list means that it is valid.

    Args:
        payload: plain JSON values (dict, list, str, int, float, bool, None).
        kind: one of `kinds()`, or `auto` to detect it from the payload's keys.
        engine: the JSON Schema validator to use; both report the same problems.
        allow_unknown_keys: report unknown keys as warnings, because LivePerson adds fields without a new version.
        unauthenticated_messaging: warn about fields that break unauthenticated messaging.

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
    """Check a payload, with the path of each problem. `is_plain`: the payload is known to be plain JSON."""
    given, kind = kind, detect(payload) if kind == AUTO else kind
    if kind not in KINDS:
        raise ValueError(f"unknown kind of payload; use one of {', '.join((*KINDS, AUTO))}")
    unfit: list[NotPlain] = []
    fits = not is_plain and conforms(payload, kind, engine=engine) and _writable(payload)
    if not fits and not is_plain and not plain_json.is_plain(payload):
        payload, unfit = plain_json.plain_copy(payload)
    if fits and not unauthenticated_messaging:
        return []
    _load_explanations()
    from .explain import conditional, explain_unfit

    found = conditional(payload, kind, "unauthenticated-messaging") if unauthenticated_messaging else []
    if fits:
        return found
    found += [(value.path, explain_unfit(value)) for value in unfit]
    # The copy has null in these places, which have been reported already.
    reported = {value.path for value in unfit}
    for path, problem in _judge(payload, kind, engine):
        if path not in reported:
            waived = allow_unknown_keys and problem.name == "unknown-key"
            found.append((path, replace(problem, level="warning") if waived else problem))
    return found if given == AUTO else _with_kind_named(found, payload, kind, engine)


def _with_kind_named(
    found: list[tuple[Path, Problem]], payload: Any, kind: Kind, engine: EngineName
) -> list[tuple[Path, Problem]]:
    """Let the first problem name the payload's own kind if it is of another kind than the one it was checked as."""
    guess = recognized(payload)
    first = _first_at_the_top(found)
    if (
        guess is None
        or guess == kind
        or first is None
        or _first_at_the_top(list(_judge(payload, guess, engine))) is not None
    ):
        return found
    path, problem = found[first]
    message = f"{problem.message}; this looks like a payload of kind {guess}, not {kind}"
    found[first] = (
        path,
        replace(problem, message=message, hint=f"Check it as kind {guess}, or let the kind be detected."),
    )
    return found


def _first_at_the_top(found: list[tuple[Path, Problem]]) -> int | None:
    """Find the first error in the payload's own keys."""
    return next((index for index, (path, each) in enumerate(found) if len(path) < 2 and each.level == "error"), None)  # noqa: PLR2004


def _judge(payload: Any, kind: Kind, engine: EngineName) -> Iterator[tuple[Path, Problem]]:
    """Validate against both views: a fault that the accepting view has too is an error, any other a warning."""
    from .explain import as_warning, explain
    from .locate import Order, Walk, locate

    strict = Walk(schemas.load(f"{kind}.strict"), payload)
    doubtful = locate(strict, compiled(kind, "strict", engine).violations(payload))
    if not doubtful:
        # The accepting view is the wider one, so it has no fault either.
        return
    accepting = Walk(schemas.load(f"{kind}.accepting"), payload)
    wrong = locate(accepting, compiled(kind, "accepting", engine).violations(payload))
    for path in sorted(doubtful | wrong, key=Order(payload).position):
        if path not in wrong:
            yield path, as_warning(explain(doubtful[path]), path, accepting.schema_of(path))
        elif path not in doubtful or _is_tolerated_key(doubtful[path], wrong[path]):
            yield path, explain(wrong[path])
        else:
            yield path, explain(doubtful[path])


def _is_tolerated_key(doubtful: Located, wrong: Located) -> bool:
    """Whether the accepting view takes the key, and objects to its value alone."""
    return doubtful.keyword == "additionalProperties" != wrong.keyword
