"""Requests: what an operation of the generated client makes of the values of a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lp_engagement.errors import ConfigurationError
from lp_engagement_client import api
from lp_engagement_client.errors import CallError
from lp_engagement_client.facts import OPERATIONS
from lp_engagement_client.values import text

from .generated import find
from .transport import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lp_engagement._common.muted import Muted
    from lp_engagement_client.operation import Parameter

IDS = ("visitor_id", "session_id", "page_id")
"""The roles of the ids that a visit has."""
FILLED_IN = {*IDS, "account_id"}
"""The roles of the parameters that a caller need not know."""


def build(
    operation: str, base_url: str, values: Mapping[str, str | None], body: bytes | None, headers: Mapping[str, str]
) -> HttpRequest:
    """The request of an operation.

    Args:
        operation: the operation of the spec.
        base_url: the account's server.
        values: the parameters by their roles; those that the operation does not have, or that are None, are left out.
        body: the body, if the operation has one.
        headers: those that the operation does not set itself.

    Raises:
        ConfigurationError: a value cannot be sent where its parameter is.
    """
    try:
        request = find(operation).build(values, body)
    except CallError as error:
        fault = str(error)
    else:
        url = f"{request.server or base_url}{request.target}"
        return HttpRequest(request.method, url, {**headers, **request.headers}, request.content)
    # Out here: the frames of the other exception hold the ids.
    raise ConfigurationError(fault)


def check(operation: str, parameters: Muted[Mapping[str, str]], *, has_body: bool) -> None:
    """Check that an operation can be called in a visit, with these parameters beyond the ids.

    Raises:
        ConfigurationError: it cannot.
    """
    if operation not in api.OPERATIONS or not _is_of_a_visit(operation):
        known = [name for name in api.OPERATIONS if _is_of_a_visit(name)]
        raise ConfigurationError(f"{operation} is not an operation of a visit; there are: {', '.join(known)}")
    found = find(operation)
    asked = {name: each for name, each in found.parameters.items() if name not in FILLED_IN and each.const is None}
    for name in parameters.value:
        if name not in asked:
            there_are = ", ".join(asked) or "none"
            raise ConfigurationError(f"{operation} takes no parameter {name} from a caller; there are: {there_are}")
    for name, each in asked.items():
        fault = _fault(parameters.value.get(name), each)
        if fault is not None:
            raise ConfigurationError(f"the parameter {name} of {operation} {fault}")
    if has_body and found.body is None:
        raise ConfigurationError(f"{operation} takes no body")


def _is_of_a_visit(operation: str) -> bool:
    return "visitor_id" in find(operation).parameters or "visitor_id" in OPERATIONS[operation].fields


def fits_a_path(value: str) -> bool:
    """Whether a value can be part of a path: a segment of dots alone would climb out of the URL."""
    return value.strip(".") != ""


def _fault(value: object, parameter: Parameter) -> str | None:
    """Return the reason that keeps a value from being sent where the parameter stands."""
    place = parameter.place
    if value is None:
        return "is missing" if parameter.required else None
    if not isinstance(value, str):
        return f"must be a string, not {type(value).__name__}"
    if text(value) is None:
        return "holds half of a surrogate pair, which cannot be sent"
    if place == "path" and not fits_a_path(value):
        return "must not be empty or of dots alone: it is part of the path"
    if place == "header" and not (value.isascii() and value.isprintable()):
        return "must be printable ASCII: it is sent in a header"
    return None
