# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="ServiceDomain")


@_attrs_define(repr=False)
class ServiceDomain(Redacted):
    """The host of a service.

    Attributes:
        account (int | str | Unset): The account.
        base_uri (str | Unset): The host, without a scheme.
        service (str | Unset): The service's name.
    """

    account: int | str | Unset = UNSET
    base_uri: str | Unset = UNSET
    service: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account: int | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        base_uri = self.base_uri

        service = self.service

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if account is not UNSET:
            field_dict["account"] = account
        if base_uri is not UNSET:
            field_dict["baseURI"] = base_uri
        if service is not UNSET:
            field_dict["service"] = service

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_account(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

        base_uri = d.pop("baseURI", UNSET)

        service = d.pop("service", UNSET)

        service_domain = cls(
            account=account,
            base_uri=base_uri,
            service=service,
        )

        service_domain.additional_properties = d
        return service_domain

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
