# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class LeadInfo(RequestModel):
    """The details of the lead.

    Attributes:
        topic: What it is about.
        value: The lead's expected value.
        currency: The currency of the value, free text such as `USD`.
        lead_id: The lead's number.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    topic: str | None = None
    value: float | None = None
    currency: str | None = None
    lead_id: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "topic": "topic",
        "value": "value",
        "currency": "currency",
        "lead_id": "leadId",
    }
