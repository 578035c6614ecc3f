# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.personal_info import PersonalInfo


@dataclass(slots=True, kw_only=True, repr=False)
class PersonalSde(RequestModel):
    """The consumer's identity.

    Attributes:
        type_: Names the attribute.
        personal: The consumer's personal information.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    type_: Literal["personal"] = "personal"
    personal: PersonalInfo | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "type_": "type",
        "personal": "personal",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.personal_info import PersonalInfo

        return {
            "personal": object_as(PersonalInfo),
        }
