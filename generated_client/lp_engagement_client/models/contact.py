# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import object_as

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.contact_phone_type import ContactPhoneType


@dataclass(slots=True, kw_only=True, repr=False)
class Contact(RequestModel):
    """A way to reach the consumer.

    Attributes:
        email: Email address; not checked.
        phone: Phone number as a string; not checked.
        phone_type: The type of phone.
        address: The country and region of an address.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    email: str | None = None
    phone: str | None = None
    phone_type: ContactPhoneType | None = None
    address: Address | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "email": "email",
        "phone": "phone",
        "phone_type": "phoneType",
        "address": "address",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.address import Address

        return {
            "address": object_as(Address),
        }
