# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="ErrorInfo")


@_attrs_define(repr=False)
class ErrorInfo(Redacted):
    """The error.

    Attributes:
        code (str | Unset): The error's code.
        context_id (str | Unset): Where it happened.
        level (int | Unset): How bad it is.
        message (str | Unset): What the consumer was told.
        resolved (bool | Unset): Whether it was resolved.
    """

    code: str | Unset = UNSET
    context_id: str | Unset = UNSET
    level: int | Unset = UNSET
    message: str | Unset = UNSET
    resolved: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        context_id = self.context_id

        level = self.level

        message = self.message

        resolved = self.resolved

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if code is not UNSET:
            field_dict["code"] = code
        if context_id is not UNSET:
            field_dict["contextId"] = context_id
        if level is not UNSET:
            field_dict["level"] = level
        if message is not UNSET:
            field_dict["message"] = message
        if resolved is not UNSET:
            field_dict["resolved"] = resolved

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code", UNSET)

        context_id = d.pop("contextId", UNSET)

        level = d.pop("level", UNSET)

        message = d.pop("message", UNSET)

        resolved = d.pop("resolved", UNSET)

        error_info = cls(
            code=code,
            context_id=context_id,
            level=level,
            message=message,
            resolved=resolved,
        )

        return error_info
