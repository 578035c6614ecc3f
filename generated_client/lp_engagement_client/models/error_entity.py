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

T = TypeVar("T", bound="ErrorEntity")


@_attrs_define(repr=False)
class ErrorEntity(Redacted):
    """What went wrong.

    Attributes:
        internal_code (int | str | Unset): LivePerson's code, an open set. The same code can mean different things with
            different statuses.
        message (str | Unset): The server's words.
        time (int | str | Unset): When it happened, in epoch milliseconds; nested errors have ISO text.
    """

    internal_code: int | str | Unset = UNSET
    message: str | Unset = UNSET
    time: int | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        internal_code: int | str | Unset
        if isinstance(self.internal_code, Unset):
            internal_code = UNSET
        else:
            internal_code = self.internal_code

        message = self.message

        time: int | str | Unset
        if isinstance(self.time, Unset):
            time = UNSET
        else:
            time = self.time

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if internal_code is not UNSET:
            field_dict["internalCode"] = internal_code
        if message is not UNSET:
            field_dict["message"] = message
        if time is not UNSET:
            field_dict["time"] = time

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_internal_code(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        internal_code = _parse_internal_code(d.pop("internalCode", UNSET))

        message = d.pop("message", UNSET)

        def _parse_time(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        time = _parse_time(d.pop("time", UNSET))

        error_entity = cls(
            internal_code=internal_code,
            message=message,
            time=time,
        )

        error_entity.additional_properties = d
        return error_entity

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
