# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.service_domain import ServiceDomain


T = TypeVar("T", bound="Domain")


@_attrs_define(repr=False)
class Domain(Redacted):
    """The host of one service; the page prints the list of all services under the same call.

    Attributes:
        account (int | str | Unset): The account.
        base_uri (str | Unset): The host, without a scheme; read leniently should one appear.
        base_ur_is (list[ServiceDomain] | Unset): The hosts of all services.
        service (str | Unset): The service's name.
    """

    account: int | str | Unset = UNSET
    base_uri: str | Unset = UNSET
    base_ur_is: list[ServiceDomain] | Unset = UNSET
    service: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account: int | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        base_uri = self.base_uri

        base_ur_is: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.base_ur_is, Unset):
            base_ur_is = []
            for base_ur_is_item_data in self.base_ur_is:
                base_ur_is_item = base_ur_is_item_data.to_dict()
                base_ur_is.append(base_ur_is_item)

        service = self.service

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if account is not UNSET:
            field_dict["account"] = account
        if base_uri is not UNSET:
            field_dict["baseURI"] = base_uri
        if base_ur_is is not UNSET:
            field_dict["baseURIs"] = base_ur_is
        if service is not UNSET:
            field_dict["service"] = service

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.service_domain import ServiceDomain  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_account(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

        base_uri = d.pop("baseURI", UNSET)

        _base_ur_is = d.pop("baseURIs", UNSET)
        base_ur_is: list[ServiceDomain] | Unset = UNSET
        if _base_ur_is is not UNSET:
            base_ur_is = []
            for base_ur_is_item_data in _base_ur_is:
                base_ur_is_item = ServiceDomain.from_dict(base_ur_is_item_data)

                base_ur_is.append(base_ur_is_item)

        service = d.pop("service", UNSET)

        domain = cls(
            account=account,
            base_uri=base_uri,
            base_ur_is=base_ur_is,
            service=service,
        )

        domain.additional_properties = d
        return domain

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
