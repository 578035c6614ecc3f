"""The settings of a client, or of one call that changes some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lp_engagement._common.clock import AsyncClock, Clock
    from lp_engagement._common.muted import MutedText
    from lp_engagement.hooks import Hook
    from lp_engagement.retry import RetryPolicy
    from lp_engagement_client.facts import AppType

__all__ = ["Settings", "ValidationMode"]

ValidationMode = Literal["strict", "warn", "off"]


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """The checked arguments of a client.

    Attributes:
        base_url: scheme, host and port; `None` if the Domain API is to be asked.
        timeout: seconds for one attempt.
        deadline: seconds for a whole call; `None` for no limit.
        clock: read only; the driver is the one that sleeps.
        new_token: makes a random name, for a lease holder or a call.
        validate: what an invalid body means: `PayloadError`, a warning, or nothing.
        allow_unknown_keys: whether a body may have keys that the spec does not have.
        api_version: sent instead of the version that the spec names; `None` for that one.
        headers: sent with each request to the account's server, but not to the Domain API. Their values are muted.
    """

    account_id: str
    app_type: AppType
    base_url: str | None
    retry: RetryPolicy
    timeout: float
    deadline: float | None
    user_agent: str
    hooks: tuple[Hook, ...]
    clock: Clock | AsyncClock
    new_token: Callable[[], str]
    validate: ValidationMode = "strict"
    allow_unknown_keys: bool = False
    api_version: str | None = None
    headers: Mapping[str, MutedText] = field(default_factory=dict)
