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
    from ..models.engagement_details import EngagementDetails


T = TypeVar("T", bound="EngagementAnswer")


@_attrs_define(repr=False)
class EngagementAnswer(Redacted):
    """The answer of both POST operations.

    Attributes:
        engagement_details (EngagementDetails | None | Unset): Only with Available; otherwise absent.
        page_id (int | str | Unset): Identifies the page for later updates of the session.
        session_id (int | str | Unset): The session of the visit; to be kept for the whole visit.
        status (str | Unset): Whether there is an engagement. Values that are not known yet mean that there is none.
        visitor_id (int | str | Unset): The visitor; to be kept for the whole visit.
    """

    engagement_details: EngagementDetails | None | Unset = UNSET
    page_id: int | str | Unset = UNSET
    session_id: int | str | Unset = UNSET
    status: str | Unset = UNSET
    visitor_id: int | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.engagement_details import EngagementDetails  # noqa: PLC0415

        engagement_details: dict[str, Any] | None | Unset
        if isinstance(self.engagement_details, Unset):
            engagement_details = UNSET
        elif isinstance(self.engagement_details, EngagementDetails):
            engagement_details = self.engagement_details.to_dict()
        else:
            engagement_details = self.engagement_details

        page_id: int | str | Unset
        if isinstance(self.page_id, Unset):
            page_id = UNSET
        else:
            page_id = self.page_id

        session_id: int | str | Unset
        if isinstance(self.session_id, Unset):
            session_id = UNSET
        else:
            session_id = self.session_id

        status = self.status

        visitor_id: int | str | Unset
        if isinstance(self.visitor_id, Unset):
            visitor_id = UNSET
        else:
            visitor_id = self.visitor_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if engagement_details is not UNSET:
            field_dict["engagementDetails"] = engagement_details
        if page_id is not UNSET:
            field_dict["pageId"] = page_id
        if session_id is not UNSET:
            field_dict["sessionId"] = session_id
        if status is not UNSET:
            field_dict["status"] = status
        if visitor_id is not UNSET:
            field_dict["visitorId"] = visitor_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.engagement_details import EngagementDetails  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_engagement_details(data: object) -> EngagementDetails | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data

            try:
                if not isinstance(data, dict):
                    raise TypeError()
                engagement_details_type_0 = EngagementDetails.from_dict(data)

                return engagement_details_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EngagementDetails | None | Unset, data)

        engagement_details = _parse_engagement_details(d.pop("engagementDetails", UNSET))

        def _parse_page_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        page_id = _parse_page_id(d.pop("pageId", UNSET))

        def _parse_session_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        session_id = _parse_session_id(d.pop("sessionId", UNSET))

        status = d.pop("status", UNSET)

        def _parse_visitor_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        visitor_id = _parse_visitor_id(d.pop("visitorId", UNSET))

        engagement_answer = cls(
            engagement_details=engagement_details,
            page_id=page_id,
            session_id=session_id,
            status=status,
            visitor_id=visitor_id,
        )

        engagement_answer.additional_properties = d
        return engagement_answer

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
