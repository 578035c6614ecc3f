"""Building requests with the generated client's own functions, which are imported when the first request is built."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from lp_engagement_client.facts import OPERATIONS
from lp_engagement_client.reading import text

from ._importing import importing
from .errors import ConfigurationError
from .http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lp_engagement_client.facts import Parameter

    from .muted import Muted


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
    arguments: dict[str, Any] = {
        each.argument: value for role, each in facts.parameters.items() if (value := values.get(role)) is not None
    }
    if facts.body is not None:
        arguments["body"] = _CHECKED
    request = _function(operation)(**arguments)
    headers = {**request.get("headers", {}), "Accept": "application/json", "User-Agent": user_agent}
    query = urlencode(request.get("params", {}), quote_via=quote, safe="")
    url = f"{facts.server or base_url}{request['url']}{'?' if query else ''}{query}"
    return HttpRequest(facts.method, url, headers, body)


def check(operation: str, parameters: Muted[Mapping[str, str]], *, has_body: bool) -> None:
    """See that an operation can be called in a visit, with these parameters beyond the ids.

    Raises:
        ConfigurationError: it cannot.
    """
    known = [
        name for name, each in OPERATIONS.items() if "visitor_id" in each.parameters or "visitor_id" in each.fields
    ]
    if operation not in known:
        raise ConfigurationError(f"{operation} is not an operation of a visit; there are: {', '.join(known)}")
    facts = OPERATIONS[operation]
    asked = {name: each for name, each in facts.parameters.items() if name not in FILLED_IN and each.const is None}
    for name in parameters.value:
        if name not in asked:
            there_are = ", ".join(asked) or "none"
            raise ConfigurationError(f"{operation} takes no parameter {name} from a caller; there are: {there_are}")
    for name, each in asked.items():
        fault = _fault(parameters.value.get(name), each)
        if fault is not None:
            raise ConfigurationError(f"the parameter {name} of {operation} {fault}")
    if has_body and facts.body is None:
        raise ConfigurationError(f"{operation} takes no body")


def fits_a_path(value: str) -> bool:
    """Whether a value can stand in a path: a segment of dots alone would climb out of the URL."""
    return value.strip(".") != ""


def _fault(value: object, parameter: Parameter) -> str | None:
    """What keeps a value from being sent where the parameter stands."""
    place = parameter.place
    if value is None:
        return "is missing" if parameter.required else None
    if not isinstance(value, str):
        return f"must be a string, not {type(value).__name__}"
    if text(value) is None:
        return "holds half of a surrogate pair, which cannot be sent"
    if place == "path" and not fits_a_path(value):
        return "must not be empty or of dots alone: it stands in the path"
    if place == "header" and not (value.isascii() and value.isprintable()):
        return "must be printable ASCII: it stands in a header"
    return None


@cache
def _function(operation: str) -> Callable[..., dict[str, Any]]:
    with importing():
        module = import_module(f"lp_engagement_client.api.{OPERATIONS[operation].function}")
    found: Callable[..., dict[str, Any]] = module.request_arguments
    return found
