"""Scenario files: campaigns, cold accounts and faults as YAML or JSON.

```yaml
available: false                   # no engagement for anybody; true for everybody, null by the campaigns' rules
cold: 1                            # the first POST of an account is answered with "Loading account"
script: 503 x2 then 200            # for any account
campaigns:                         # for accounts without their own campaigns; the first match is offered
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

from lp_engagement._common.printable import printable

from .campaigns import Campaign, always, read_when
from .faults import ScenarioError, check_size, read_script
from .spec import as_spelled
from .state import Account

if TYPE_CHECKING:
    from collections.abc import Collection

    from .faults import Fault

__all__ = ["AccountPlan", "Plan", "read_scenario"]

_EVERYWHERE = ("cold", "script", "campaigns", "available")
_OPTIONS: Mapping[str, type] = {"host": str, "seed": int, "journal_limit": int, "visitor_limit": int, "strict": bool}
_OPTION_NAMES = {str: "a string", int: "an integer", bool: "true or false"}
_LARGEST_FILE = 16 * 1024 * 1024
_MESSAGE = 500
_CAMPAIGN = ("name", "when", "available", "skill", "valid_for", "connector", "language", "details")


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The state in which an account begins."""

    cold: int
    faults: tuple[Fault, ...]
    campaigns: tuple[Campaign, ...] | None
    available: bool | None

    def make(self) -> Account:
        """Make the account."""
        campaigns = None if self.campaigns is None else list(self.campaigns)
        return Account(cold=self.cold, faults=list(self.faults), campaigns=campaigns, available=self.available)


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario: arguments of a simulator, and accounts by id."""

    options: Mapping[str, Any]
    accounts: Mapping[str, AccountPlan] = field(default_factory=dict)


def read_scenario(scenario: str | Path | bytes | Mapping[str, Any]) -> Plan:
    """Read a scenario from a file, its content in YAML (of which JSON is a part), or its data.

    Raises:
        ScenarioError: the scenario is invalid; the message names the place and the reason.
        OSError: the file cannot be read.
    """
    if isinstance(scenario, bytes):
        data = _parse(scenario, "the scenario", is_json=scenario.lstrip().startswith(b"{"))
    else:
        data = scenario if isinstance(scenario, Mapping) else _load(Path(scenario))
    check_size(data)
    _check_keys(data, (*_EVERYWHERE, "accounts", *_OPTIONS), "the scenario")
    options: dict[str, Any] = {name: data[name] for name in _OPTIONS if name in data}
    for name, value in options.items():
        wanted = _OPTIONS[name]
        if not isinstance(value, wanted | None) or (isinstance(value, bool) and wanted is not bool):
            raise ScenarioError(f"{name} must be {_OPTION_NAMES[wanted]}, or null")
    options["cold"] = _count(data.get("cold", 0), "cold")
    options["available"] = _flag(data.get("available"), "available")
    options["script"] = _script(data.get("script", ()), "script")
    if "campaigns" in data:
        options["campaigns"] = _campaigns(data["campaigns"], "campaigns")
    accounts = data.get("accounts") or {}
    if not isinstance(accounts, Mapping):
        raise ScenarioError("accounts must be an object with account ids as keys")
    plans = {}
    for name, account in accounts.items():
        place = f"accounts.{printable(str(name))}"
        if not isinstance(name, str):
            raise ScenarioError(f"{place}: an account id must be a string. Put it in quotes.")
        _check_keys(account, _EVERYWHERE, place)
        plans[name] = AccountPlan(
            _count(account.get("cold", options["cold"]), f"{place}.cold"),
            tuple(_script(account.get("script", ()), f"{place}.script")),
            tuple(_campaigns(account["campaigns"], f"{place}.campaigns")) if "campaigns" in account else None,
            _flag(account.get("available", options["available"]), f"{place}.available"),
        )
    return Plan(options, plans)


def _load(path: Path) -> Any:
    with path.open("rb") as file:
        content = file.read(_LARGEST_FILE + 1)
    return _parse(content, printable(path.name), is_json=path.suffix == ".json")


def _parse(content: bytes, name: str, *, is_json: bool) -> Any:
    if len(content) > _LARGEST_FILE:
        raise ScenarioError(f"{name} is larger than {_LARGEST_FILE >> 20} MiB")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ScenarioError(f"{name} is not UTF-8") from None
    try:
        return json.loads(text) if is_json else _load_yaml(text)
    except RecursionError:
        raise ScenarioError(f"{name} is nested too deeply") from None
    except ScenarioError:
        raise
    except ValueError as error:
        kind = "JSON" if is_json else "YAML"
        raise ScenarioError(f"{name} is not {kind}: {_lines(error)}") from None


def _load_yaml(text: str) -> Any:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ImportError:
        raise ScenarioError(
            "scenario files in YAML need ruamel.yaml, which is not installed."
            " Install the extra `simulator` of lp-engagement, or write JSON."
        ) from None
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ArithmeticError, AttributeError, LookupError, TypeError) as error:
        # Beside its own errors the parser lets those of `int`, `float` and `date` pass.
        raise ValueError(str(error)) from None


def _lines(error: Exception) -> str:
    """Write a parser's message, which quotes the file and may have several lines."""
    return "\n".join(printable(line, _MESSAGE) for line in str(error)[: 4 * _MESSAGE].splitlines())


def _check_keys(data: Any, known: Collection[str], place: str) -> None:
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{place} must be an object with: {', '.join(known)}")
    for name in data:
        if name not in known:
            raise ScenarioError(f"{place}: unknown key '{printable(str(name))}'; there are: {', '.join(known)}")


def _count(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ScenarioError(f"{place} must be an integer from 0")
    return value


def _flag(value: Any, place: str) -> bool | None:
    if not isinstance(value, bool | None):
        raise ScenarioError(f"{place} must be true, false, or null for the campaigns' rules")
    return value


def _script(script: Any, place: str) -> list[Fault]:
    try:
        return read_script(script)
    except ScenarioError as error:
        raise ScenarioError(f"{place}: {error}") from None


def _campaigns(data: Any, place: str) -> list[Campaign]:
    if not isinstance(data, list):
        raise ScenarioError(f"{place} must be an array of campaigns")
    return [_campaign(campaign, f"{place}[{number}]") for number, campaign in enumerate(data)]


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
        raise ScenarioError(f"{place}.details must be an object with fields of engagementDetails")
    try:
        json.dumps([details, extra])
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{place} cannot be written as JSON: {printable(str(error), _MESSAGE)}") from None
    available = data.get("available", True)
    if not isinstance(available, bool):
        raise ScenarioError(f"{place}.available must be true or false")
    return Campaign(
        read_when(data["when"], f"{place}.when") if data.get("when") else always,
        details | dict(extra),
        offers=available,
        title=str(data.get("name", f"campaign {place.rpartition('[')[2].rstrip(']')}")),
    )
