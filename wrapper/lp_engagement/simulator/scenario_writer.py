"""Writes settings as a scenario, which `read_scenario` reads back."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lp_engagement._common.printable import printable

from .campaigns import When, always
from .faults import Fault, ScenarioError, read_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .campaigns import Campaign, Condition
    from .state import Account, Setup

__all__ = ["write_scenario"]


def write_scenario(setup: Setup) -> dict[str, Any]:
    """Write a scenario.

    Raises:
        ScenarioError: a campaign's condition is a Python function, or a fault's body is not text.
    """
    everywhere = _account(setup.everywhere)
    # An account of its own begins with these, but without the faults for any account.
    common = {**everywhere, "script": [], "campaigns": None}
    accounts = {}
    for name, account in setup.accounts.items():
        own = {key: value for key, value in _account(account).items() if value != common[key]}
        if own:
            accounts[name] = own
    options = {name: value for name, value in setup.options.items() if value is not None}
    return {**options, **everywhere, "accounts": accounts}


def _account(account: Account) -> dict[str, Any]:
    return {
        "available": account.available,
        "cold": account.cold,
        "script": [_fault(fault) for fault in account.faults],
        "campaigns": None if account.campaigns is None else _campaigns(account.campaigns),
    }


def _fault(fault: Fault) -> str | dict[str, Any]:
    """Write a fault in words, if these say everything."""
    try:
        if read_script(fault.title) == [fault]:
            return fault.title
    except ScenarioError:
        pass
    values = {each.name: getattr(fault, each.name) for each in fields(Fault)}
    data = {name: value for name, value in values.items() if name == "status" or value != getattr(_PLAIN, name)}
    if "body" in data:
        try:
            data["body"] = fault.body.decode()
        except UnicodeDecodeError:
            raise ScenarioError(
                f"the fault '{printable(fault.name)}' has a body that is not UTF-8, which a scenario cannot have"
            ) from None
    return {name: dict(value) if name in {"headers", "changes"} else value for name, value in data.items()}


_PLAIN = Fault(None)


def _campaigns(campaigns: Sequence[Campaign]) -> list[dict[str, Any]]:
    return [_campaign(campaign) for campaign in campaigns]


def _campaign(campaign: Campaign) -> dict[str, Any]:
    data: dict[str, Any] = {"name": campaign.title}
    if campaign.condition is not always:
        data["when"] = _when(campaign.condition, campaign.title)
    if not campaign.offers:
        data["available"] = False
    if campaign.details:
        data["details"] = dict(campaign.details)
    return data


def _when(condition: Condition, title: str) -> Mapping[str, Any]:
    if not isinstance(condition, When):
        raise ScenarioError(
            f"the condition of the campaign '{printable(title)}' is a Python function, which a scenario cannot have."
            " Write it as `when` of a scenario, or export a simulator without this campaign."
        )
    data: dict[str, Any] = {}
    if condition.sections:
        data["sections"] = list(condition.sections)
    if condition.sdes:
        data["sdes"] = [dict(pattern) for pattern in condition.sdes]
    if condition.unless is not None:
        data["not"] = _when(condition.unless, title)
    return data
