"""Scenario files: campaigns, cold accounts and faults as YAML or JSON.

```yaml
cold: 1                            # every account is loaded by its first POST
script: 503 x2 then 200            # whichever account is called
campaigns:                         # for accounts without campaigns of their own; the first that fits is offered
  - name: big carts
    when: {sdes: [{type: cart, total: {at_least: 100}}]}
    skill: {id: 23, name: Sales}
    valid_for: 600                 # seconds
    connector: null                # not an authenticated engagement
  - {name: everybody else, available: false}
accounts:
  "12345678": {cold: 2, script: [loading x3], campaigns: []}
```
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .conditions import read_when
from .documents import as_spelled
from .records import Account
from .scenario import Campaign, always
from .script import ScenarioError, read_script

if TYPE_CHECKING:
    from collections.abc import Collection

    from .faults import Fault

__all__ = ["AccountPlan", "Plan", "read_scenario"]

_EVERYWHERE = ("cold", "script", "campaigns")
_CAMPAIGN = ("name", "when", "available", "skill", "valid_for", "connector", "language", "details")


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """How an account begins."""

    cold: int
    faults: tuple[Fault, ...]
    campaigns: tuple[Campaign, ...] | None

    def make(self) -> Account:
        """Make the account."""
        campaigns = None if self.campaigns is None else list(self.campaigns)
        return Account(cold=self.cold, faults=list(self.faults), campaigns=campaigns)


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario: arguments of a simulator, and accounts by id."""

    options: Mapping[str, Any]
    accounts: Mapping[str, AccountPlan] = field(default_factory=dict)


def read_scenario(scenario: str | Path | Mapping[str, Any]) -> Plan:
    """Read a scenario from a file, or from what a file would hold.

    Raises:
        ScenarioError: it cannot be used; the message says where and why.
        OSError: the file cannot be read.
    """
    data = scenario if isinstance(scenario, Mapping) else _load(Path(scenario))
    _check_keys(data, (*_EVERYWHERE, "accounts", "host", "seed", "journal_limit"), "the scenario")
    options: dict[str, Any] = {name: data[name] for name in ("host", "seed", "journal_limit") if name in data}
    options["cold"] = _count(data.get("cold", 0), "cold")
    options["script"] = _script(data.get("script", ()), "script")
    if "campaigns" in data:
        options["campaigns"] = _campaigns(data["campaigns"], "campaigns")
    accounts = data.get("accounts") or {}
    if not isinstance(accounts, Mapping):
        raise ScenarioError("accounts: an object with account ids as keys")
    plans = {}
    for name, each in accounts.items():
        place = f"accounts.{name}"
        if not isinstance(name, str):
            raise ScenarioError(f"{place}: an account id is a text; put it between quotes")
        _check_keys(each, _EVERYWHERE, place)
        plans[name] = AccountPlan(
            _count(each.get("cold", options["cold"]), f"{place}.cold"),
            tuple(_script(each.get("script", ()), f"{place}.script")),
            tuple(_campaigns(each["campaigns"], f"{place}.campaigns")) if "campaigns" in each else None,
        )
    return Plan(options, plans)


def _load(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        try:
            return json.loads(text)
        except ValueError as error:
            raise ScenarioError(f"{path.name} is not JSON: {error}") from None
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ImportError:
        raise ScenarioError("scenario files in YAML need the extra: pip install 'lp-engagement[simulator]'") from None
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ScenarioError(f"{path.name} is not YAML: {error}") from None


def _check_keys(data: Any, known: Collection[str], place: str) -> None:
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{place}: an object with: {', '.join(known)}")
    for name in data:
        if name not in known:
            raise ScenarioError(f"{place}: unknown key {name!r}; there are: {', '.join(known)}")


def _count(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ScenarioError(f"{place}: a whole number from 0")
    return value


def _script(script: Any, place: str) -> list[Fault]:
    try:
        return read_script(script)
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from None


def _campaigns(data: Any, place: str) -> list[Campaign]:
    if not isinstance(data, list):
        raise ScenarioError(f"{place}: a list of campaigns")
    return [_campaign(each, f"{place}[{number}]") for number, each in enumerate(data)]


def _campaign(data: Any, place: str) -> Campaign:
    _check_keys(data, _CAMPAIGN, place)
    details: dict[str, Any] = {}
    for name, role in (("valid_for", "valid_for_seconds"), ("connector", "connector_id"), ("language", "language")):
        if name in data:
            details |= as_spelled("EngagementDetails", **{role: data[name]})
    if "skill" in data:
        skill = data["skill"]
        if skill is not None:
            _check_keys(skill, ("id", "name"), f"{place}.skill")
        skill = skill or {}
        details |= as_spelled("EngagementDetails", skill_id=skill.get("id"), skill_name=skill.get("name"))
    extra = data.get("details") or {}
    if not isinstance(extra, Mapping):
        raise ScenarioError(f"{place}.details: an object with fields of engagementDetails")
    available = data.get("available", True)
    if not isinstance(available, bool):
        raise ScenarioError(f"{place}.available: true or false")
    return Campaign(
        read_when(data["when"], f"{place}.when") if data.get("when") else always,
        details | dict(extra),
        offers=available,
        title=str(data.get("name", f"campaign {place.rpartition('[')[2].rstrip(']')}")),
    )
