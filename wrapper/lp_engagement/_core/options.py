"""Options of one call or of a derived client: checked, and merged into the settings that they change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lp_engagement._common.muted import Muted, MutedText
from lp_engagement._common.not_given import NOT_GIVEN
from lp_engagement.errors import ConfigurationError

from . import checks, parts

if TYPE_CHECKING:
    from lp_engagement._common.not_given import NotGiven
    from lp_engagement.retry import RetryPolicy
    from lp_engagement_client.facts import AppType

    from .settings import Settings, ValidationMode

__all__ = ["changed"]

MOST_HEADERS = 32
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[!-~](?:[ -~]{0,4094}[!-~])?")
_OURS = {
    *("accept", "accept-encoding", "content-encoding", "content-length", "content-type"),
    # They steer the connection, and some of them a request to another host.
    *("connection", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
    "user-agent",
}


def changed(
    settings: Settings,
    *,
    timeout: float | None = None,
    deadline: float | NotGiven | None = NOT_GIVEN,
    retry: RetryPolicy | int | None = None,
    headers: Muted[Any] | None = None,
    validate: ValidationMode | None = None,
    allow_unknown_keys: bool | None = None,
    app_type: AppType | None = None,
    api_version: str | None = None,
    hooks: Iterable[Any] | None = None,
) -> Settings:
    """Return the settings with what is given; the others stay as they are.

    Raises:
        ConfigurationError: a value is not usable; the message names it.
    """
    new: dict[str, Any] = {}
    if timeout is not None:
        new["timeout"] = checks.seconds("timeout", timeout)
    if deadline is not NOT_GIVEN:
        new["deadline"] = checks.seconds("deadline", deadline)
    if retry is not None:
        new["retry"] = checks.retry(retry)
    if headers is not None and headers.value is not None:
        new["headers"] = {**settings.headers, **_checked(headers)}
    if validate is not None:
        new["validate"] = checks.validation_mode(validate)
    if allow_unknown_keys is not None:
        new["allow_unknown_keys"] = checks.flag("allow_unknown_keys", allow_unknown_keys)
    if app_type is not None:
        new["app_type"] = checks.app_type(app_type)
    if api_version is not None:
        new["api_version"] = checks.api_version(api_version)
    if hooks is not None:
        new["hooks"] = parts.hooks(hooks)
    return replace(settings, **new) if new else settings


def _checked(given: Muted[Any]) -> dict[str, MutedText]:
    """Return the headers, their names in lower case and their values muted: a gateway's key may be among them."""
    # Not raised where the values are found: what that frame holds can be printed with the error.
    problem = _problem(given)
    if problem is not None:
        raise ConfigurationError(problem)
    return {name.lower(): MutedText(value) for name, value in given.value.items()}


def _problem(given: Muted[Any]) -> str | None:
    if not isinstance(given.value, Mapping):
        return f"headers must be a dict of strings, not {checks.kind(given.value)}"
    if len(given.value) > MOST_HEADERS:
        return f"headers must have at most {MOST_HEADERS} entries"
    for name, value in given.value.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return "headers has an unusable name. Use letters, digits and hyphens"
        if name.lower() in _OURS:
            return f"headers cannot set {name}, which the SDK sets itself. Leave it out"
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            return f"headers has a value for {name} that is not a string of 1 to 4096 printable ASCII characters"
    names = [name.lower() for name in given.value]
    return "headers names a header twice. Remove one" if len(set(names)) < len(names) else None
