"""The agent's view of a session: how attributes of the same type are combined."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from .spec import definitions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["View", "agent_view"]

View = Literal["chat", "messaging"]
"""How the conversation is held; attributes that are sent again are treated differently."""


def agent_view(attributes: Iterable[Mapping[str, Any]], view: View = "chat") -> list[dict[str, Any]]:
    """Combine the attributes of a session as an agent sees them: later ones are merged, replace or are appended.

    Args:
        attributes: all attributes received in the session, oldest first.
        view: how the conversation is held.
    """
    rules = _rules(view)
    seen: list[dict[str, Any]] = []
    for attribute in attributes:
        rule = rules.get(attribute["type"], "append")
        before = None
        if rule != "append":
            before = next((known for known in seen if known["type"] == attribute["type"]), None)
        if before is None:
            seen.append(dict(attribute))
        elif rule == "merge":
            _merge(before, attribute)
        else:
            seen[seen.index(before)] = dict(attribute)
    return seen


def _merge(before: dict[str, Any], attribute: Mapping[str, Any]) -> None:
    # Field by field inside the attribute's wrapper; lists, dates and the like are values of their field.
    for name, value in attribute.items():
        old = before.get(name)
        before[name] = old | value if isinstance(old, dict) and isinstance(value, dict) else value


@cache
def _rules(view: View) -> dict[str, str]:
    return {
        schema["properties"]["type"]["const"]: schema["x-repeat"][view]
        for schema in definitions("sde").values()
        if "x-repeat" in schema
    }
