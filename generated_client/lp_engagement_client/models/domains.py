# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ..types import AnswerModel
from ..values import as_mapping, items
from .service_domain import ServiceDomain


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Domains(AnswerModel):
    """The hosts of services.

    Attributes:
        base_uris: The hosts of the services.
        additional_properties: What the answer holds beyond the documented fields.

    Source: `Domains` in the spec.
    """

    base_uris: tuple[ServiceDomain, ...] = ()
    additional_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "base_uris": "baseURIs",
    }
    _KNOWN: ClassVar[frozenset[str]] = frozenset(_KEYS.values())
    _REQUIRED: ClassVar[tuple[str, ...]] = ()
    _MUTED: ClassVar[frozenset[str]] = frozenset([])

    @classmethod
    def from_dict(cls, src_dict: object) -> Self:
        """Read a JSON value. Anything but an object reads as an empty object."""
        members = as_mapping(src_dict)
        known = cls._KNOWN
        return cls(
            base_uris=items(members.get("baseURIs"), ServiceDomain.from_dict),
            additional_properties={key: value for key, value in members.items() if key not in known},
        )
