# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from ..types import AnswerModel
from ..values import as_mapping, integer_or_text, text


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ErrorEntity(AnswerModel):
    """The error.

    Attributes:
        time: The time of the error in epoch milliseconds; in nested errors an ISO string.
        message: The server's message.
        internal_code: LivePerson's code, an open set. The same code can mean different things with different statuses.
        additional_properties: What the answer holds beyond the documented fields.

    Source: `ErrorEntity` in the spec.
    """

    time: int | str | None = None
    message: str | None = None
    internal_code: int | str | None = None
    additional_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "time": "time",
        "message": "message",
        "internal_code": "internalCode",
    }
    _KNOWN: ClassVar[frozenset[str]] = frozenset(_KEYS.values())
    _REQUIRED: ClassVar[tuple[str, ...]] = (
        "time",
        "internal_code",
    )
    _MUTED: ClassVar[frozenset[str]] = frozenset(
        [
            "time",
            "message",
            "internal_code",
        ]
    )

    @classmethod
    def from_dict(cls, src_dict: object) -> Self:
        """Read a JSON value. Anything but an object reads as an empty object. An error nested by a gateway is unwrapped."""
        members = as_mapping(src_dict)
        inner = members.get("error")
        if isinstance(inner, Mapping):
            members = {**members, **inner}
            del members["error"]
        known = cls._KNOWN
        return cls(
            time=integer_or_text(members.get("time")),
            message=text(members.get("message")),
            internal_code=integer_or_text(members.get("internalCode")),
            additional_properties={key: value for key, value in members.items() if key not in known},
        )

    @classmethod
    def within(cls, source: object) -> Self | None:
        """Read the error in a response with a success status; `None` if there is no error code."""
        if not isinstance(source, Mapping) or not ("internalCode" in source or "error" in source):
            return None
        found = cls.from_dict(source)
        # 0 means no error.
        return found if found.internal_code and isinstance(found.internal_code, int) else None
