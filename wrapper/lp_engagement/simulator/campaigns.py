"""Campaigns, and their conditions as data for scenario files.

```yaml
when:
  sections: [Support]                         # all of these are required
  sdes:                                       # each pattern must match an SDE
    - {type: cart, total: {at_least: 100}}
    - {type: ctmrinfo, info: {companyBranch: {any_of: [gold, platinum]}}}
  not:                                        # a condition that must not be true
    sections: [Sales]
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lp_engagement._common.printable import printable
from lp_engagement_client import facts

from .faults import ScenarioError
from .spec import documented_answer, types_of

__all__ = ["Campaign", "Condition", "When", "always", "read_when"]

Condition = Callable[[Sequence[Mapping[str, Any]], Sequence[str]], bool]
"""Says from the engagement attributes and the sections of a session whether a campaign fits."""


def always(_attributes: Sequence[Mapping[str, Any]], _sections: Sequence[str]) -> bool:
    """Match every session."""
    return True


@dataclass(frozen=True, slots=True, repr=False)
class Campaign:
    """A campaign, which offers its engagement as soon as its condition is true.

    Attributes:
        condition: called with all engagement attributes of the session so far, and with its latest sections.
        details: fields of `engagementDetails` that differ from the documented example; `None` leaves a field out.
        offers: `False` for a campaign that answers NotAvailable when it matches.
        title: its name on the page.
    """

    condition: Condition = always
    details: Mapping[str, Any] = field(default_factory=dict)
    offers: bool = True
    title: str = "campaign"

    def engagement_details(self) -> dict[str, Any]:
        """Return `engagementDetails` as answered."""
        documented = documented_answer("available")[facts.FIELDS["EngagementAnswer"]["engagement_details"]]
        details = documented | self.details
        return {name: value for name, value in details.items() if value is not None}


_KEYS = ("sections", "sdes", "not")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": lambda value, bound: _is_number(value) and value >= bound,
    "at_most": lambda value, bound: _is_number(value) and value <= bound,
    "any_of": lambda value, choices: value in choices,
    "contains": lambda value, text: isinstance(value, str) and text in value,
    "present": lambda value, wanted: (value is not None) is wanted,
}


_OPERANDS = {
    "at_least": "a number",
    "at_most": "a number",
    "any_of": "an array",
    "contains": "a string",
    "present": "true or false",
}


@dataclass(frozen=True, slots=True)
class When:
    """A condition; call it as `Campaign.condition`.

    Attributes:
        sections: all of these must be among the latest sections.
        sdes: each of these patterns must match an attribute that was sent.
        unless: a condition that must not be true.
    """

    sections: tuple[str, ...] = ()
    sdes: tuple[Mapping[str, Any], ...] = ()
    unless: When | None = None

    def __call__(self, attributes: Sequence[Mapping[str, Any]], sections: Sequence[str]) -> bool:
        """Whether the condition is true."""
        return (
            set(self.sections) <= set(sections)
            and all(any(_fits(attribute, pattern) for attribute in attributes) for pattern in self.sdes)
            and not (self.unless is not None and self.unless(attributes, sections))
        )


def read_when(data: Any, place: str) -> When:
    """Read a condition.

    Raises:
        ScenarioError: the condition is invalid; the message begins with `place`.
    """
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{place} must be an object with: {', '.join(_KEYS)}")
    for name in data:
        if name not in _KEYS:
            raise ScenarioError(f"{place}: unknown key '{printable(str(name))}'; there are: {', '.join(_KEYS)}")
    sections, sdes = data.get("sections", []), data.get("sdes", [])
    if not isinstance(sections, list) or not all(isinstance(section, str) for section in sections):
        raise ScenarioError(f"{place}.sections must be an array of strings")
    if not isinstance(sdes, list):
        raise ScenarioError(f"{place}.sdes must be an array of objects with a type")
    for number, pattern in enumerate(sdes):
        if not isinstance(pattern, Mapping) or pattern.get("type") not in types_of("sde"):
            types = ", ".join(types_of("sde"))
            raise ScenarioError(f"{place}.sdes[{number}] must be an object whose type is one of: {types}")
        _check(pattern, f"{place}.sdes[{number}]")
    unless = read_when(data["not"], f"{place}.not") if "not" in data else None
    return When(tuple(sections), tuple(sdes), unless)


def _check(pattern: Any, place: str) -> None:
    if not isinstance(pattern, Mapping):
        return
    if _is_operation(pattern):
        for name, operand in pattern.items():
            wanted = {"at_least": _is_number, "at_most": _is_number}.get(
                name, lambda value, name=name: isinstance(value, {"any_of": list, "contains": str}.get(name, bool))
            )
            if not wanted(operand):
                raise ScenarioError(f"{place}.{name} must be {_OPERANDS[name]}")
        return
    for name, part in pattern.items():
        _check(part, f"{place}.{printable(str(name))}")


def _is_operation(pattern: Mapping[str, Any]) -> bool:
    return bool(pattern) and pattern.keys() <= _OPERATORS.keys()


def _fits(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, Mapping):
        if _is_operation(pattern):
            return all(_OPERATORS[name](value, operand) for name, operand in pattern.items())
        return isinstance(value, Mapping) and all(_fits(value.get(name), part) for name, part in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_fits(item, part) for item in value) for part in pattern)
    return bool(value == pattern) and isinstance(value, bool) == isinstance(pattern, bool)
