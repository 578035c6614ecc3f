# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..models.contact_phone_type import ContactPhoneType, check_contact_phone_type
from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.address import Address


T = TypeVar("T", bound="Contact")


@_attrs_define(repr=False)
class Contact(Redacted):
    """A way to reach the consumer.

    Attributes:
        address (Address | Unset): A rough address.
        email (str | Unset): E-mail address; not checked.
        phone (str | Unset): Phone number as text; not checked.
        phone_type (ContactPhoneType | Unset): What kind of phone it is.
    """

    address: Address | Unset = UNSET
    email: str | Unset = UNSET
    phone: str | Unset = UNSET
    phone_type: ContactPhoneType | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        address: dict[str, Any] | Unset = UNSET
        if not isinstance(self.address, Unset):
            address = self.address.to_dict()

        email = self.email

        phone = self.phone

        phone_type: str | Unset = UNSET
        if not isinstance(self.phone_type, Unset):
            phone_type = self.phone_type

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if address is not UNSET:
            field_dict["address"] = address
        if email is not UNSET:
            field_dict["email"] = email
        if phone is not UNSET:
            field_dict["phone"] = phone
        if phone_type is not UNSET:
            field_dict["phoneType"] = phone_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.address import Address  # noqa: PLC0415

        d = dict(src_dict)
        _address = d.pop("address", UNSET)
        address: Address | Unset
        if isinstance(_address, Unset):
            address = UNSET
        else:
            address = Address.from_dict(_address)

        email = d.pop("email", UNSET)

        phone = d.pop("phone", UNSET)

        _phone_type = d.pop("phoneType", UNSET)
        phone_type: ContactPhoneType | Unset
        if isinstance(_phone_type, Unset):
            phone_type = UNSET
        else:
            phone_type = check_contact_phone_type(_phone_type)

        contact = cls(
            address=address,
            email=email,
            phone=phone,
            phone_type=phone_type,
        )

        return contact
