# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..types import RequestModel


@dataclass(slots=True, kw_only=True, repr=False)
class ImpClose(RequestModel):
    """The consumer closed the engagement.

    Attributes:
        type_: Names the event.
        campaign: The campaign's id, as a number.
        eng_id: The engagement's id, as a number.
        revision: The engagement's revision.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["impClose"] = "impClose"
    campaign: int
    eng_id: int
    revision: int
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "campaign": "campaign",
        "eng_id": "engId",
        "revision": "revision",
    }
