"""Building requests with the generated client's own functions, which are imported when the first request is built."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from lp_engagement_client.facts import OPERATIONS

from .errors import ConfigurationError
from .http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _Checked:
    """Stands in for a generated model: a body that has been checked, and written, already.

    The models know no other keys than the spec's, so a raw attribute would not survive them.
    """

    def to_dict(self) -> dict[str, Any]:
        return {}


_CHECKED = _Checked()
IDS = ("visitor_id", "session_id", "page_id")
"""The roles of the ids that a visit has."""
FILLED_IN = {*IDS, "account_id"}
"""The roles of the parameters that a caller need not know."""


def build(
    operation: str, base_url: str, values: Mapping[str, str | None], body: bytes | None, user_agent: str
) -> HttpRequest:
    """The request of an operation.

    Args:
        operation: the operation of the spec.
        base_url: the account's server.
        values: the parameters by their roles; those that the operation does not have, or that are None, are left out.
        body: the body, if the operation has one.
        user_agent: the User-Agent header.
    """
    facts = OPERATIONS[operation]
    named = {role: values.get(role) for role in facts.parameters}
    arguments: dict[str, Any] = {
        facts.parameters[role].argument: each for role, each in named.items() if each is not None
    }
    if facts.body is not None:
        arguments["body"] = _CHECKED
    request = _function(operation)(**arguments)
    headers = {**request.get("headers", {}), "Accept": "application/json", "User-Agent": user_agent}
    query = urlencode(request.get("params", {}), quote_via=quote, safe="")
    url = f"{facts.server or base_url}{request['url']}{'?' if query else ''}{query}"
    return HttpRequest(facts.method, url, headers, body)


def check(operation: str, parameters: Mapping[str, str], *, has_body: bool) -> None:
    """See that an operation can be called in a visit, with these parameters beyond the ids.

    Raises:
        ConfigurationError: it cannot.
    """
    known = [name for name, each in OPERATIONS.items() if "visitor_id" in each.parameters]
    if operation not in known:
        raise ConfigurationError(f"{operation} is not an operation of a visit; there are: {', '.join(known)}")
    facts = OPERATIONS[operation]
    asked = {name: each for name, each in facts.parameters.items() if name not in FILLED_IN and each.const is None}
    if not parameters.keys() <= asked.keys():
        raise ConfigurationError(f"the parameters of {operation} are: {', '.join(asked) or 'none'}")
    for name, each in asked.items():
        if each.required and name not in parameters:
            raise ConfigurationError(f"{operation} needs the parameter {name}")
        if each.place == "path" and not fits_a_path(str(parameters.get(name, "-"))):
            raise ConfigurationError(f"the parameter {name} cannot stand in a path")
    if has_body and facts.body is None:
        raise ConfigurationError(f"{operation} takes no body")


def fits_a_path(value: str) -> bool:
    """Whether a value can stand in a path: a segment of dots alone would climb out of the URL."""
    return value.strip(".") != ""


@cache
def _function(operation: str) -> Callable[..., dict[str, Any]]:
    found: Callable[..., dict[str, Any]] = import_module(
        f"lp_engagement_client.api.{OPERATIONS[operation].function}"
    ).request_arguments
    return found
