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

T = TypeVar("T", bound="EngagementDetails")


@_attrs_define(repr=False)
class EngagementDetails(Redacted):
    """The engagement that fits the consumer.

    Attributes:
        campaign_id (int | str | Unset): The campaign that the engagement belongs to.
        connector_id (int | str | Unset): The connector that authenticates the consumer; present if the engagement is
            flagged as authenticated.
        context_id (int | str | Unset): The context in which the engagement is offered.
        engagement_id (int | str | Unset): The engagement.
        engagement_revision (int | Unset): The engagement's revision.
        language (str | Unset): The engagement's language, e.g. `en-US`.
        skill_id (int | str | Unset): The skill that conversations are routed to.
        skill_name (str | Unset): The skill's name.
        valid_for_seconds (float | Unset): For how many seconds the offer holds (not the visit).
        window_id (int | str | Unset): The window in which the conversation is to open.
    """

    campaign_id: int | str | Unset = UNSET
    connector_id: int | str | Unset = UNSET
    context_id: int | str | Unset = UNSET
    engagement_id: int | str | Unset = UNSET
    engagement_revision: int | Unset = UNSET
    language: str | Unset = UNSET
    skill_id: int | str | Unset = UNSET
    skill_name: str | Unset = UNSET
    valid_for_seconds: float | Unset = UNSET
    window_id: int | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        campaign_id: int | str | Unset
        if isinstance(self.campaign_id, Unset):
            campaign_id = UNSET
        else:
            campaign_id = self.campaign_id

        connector_id: int | str | Unset
        if isinstance(self.connector_id, Unset):
            connector_id = UNSET
        else:
            connector_id = self.connector_id

        context_id: int | str | Unset
        if isinstance(self.context_id, Unset):
            context_id = UNSET
        else:
            context_id = self.context_id

        engagement_id: int | str | Unset
        if isinstance(self.engagement_id, Unset):
            engagement_id = UNSET
        else:
            engagement_id = self.engagement_id

        engagement_revision = self.engagement_revision

        language = self.language

        skill_id: int | str | Unset
        if isinstance(self.skill_id, Unset):
            skill_id = UNSET
        else:
            skill_id = self.skill_id

        skill_name = self.skill_name

        valid_for_seconds = self.valid_for_seconds

        window_id: int | str | Unset
        if isinstance(self.window_id, Unset):
            window_id = UNSET
        else:
            window_id = self.window_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if campaign_id is not UNSET:
            field_dict["campaignId"] = campaign_id
        if connector_id is not UNSET:
            field_dict["connectorId"] = connector_id
        if context_id is not UNSET:
            field_dict["contextId"] = context_id
        if engagement_id is not UNSET:
            field_dict["engagementId"] = engagement_id
        if engagement_revision is not UNSET:
            field_dict["engagementRevision"] = engagement_revision
        if language is not UNSET:
            field_dict["language"] = language
        if skill_id is not UNSET:
            field_dict["skillId"] = skill_id
        if skill_name is not UNSET:
            field_dict["skillName"] = skill_name
        if valid_for_seconds is not UNSET:
            field_dict["validForSeconds"] = valid_for_seconds
        if window_id is not UNSET:
            field_dict["windowId"] = window_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_campaign_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        campaign_id = _parse_campaign_id(d.pop("campaignId", UNSET))

        def _parse_connector_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        connector_id = _parse_connector_id(d.pop("connectorId", UNSET))

        def _parse_context_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        context_id = _parse_context_id(d.pop("contextId", UNSET))

        def _parse_engagement_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        engagement_id = _parse_engagement_id(d.pop("engagementId", UNSET))

        engagement_revision = d.pop("engagementRevision", UNSET)

        language = d.pop("language", UNSET)

        def _parse_skill_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        skill_id = _parse_skill_id(d.pop("skillId", UNSET))

        skill_name = d.pop("skillName", UNSET)

        valid_for_seconds = d.pop("validForSeconds", UNSET)

        def _parse_window_id(data: object) -> int | str | Unset:
            if isinstance(data, Unset):
                return data

            return cast(int | str | Unset, data)

        window_id = _parse_window_id(d.pop("windowId", UNSET))

        engagement_details = cls(
            campaign_id=campaign_id,
            connector_id=connector_id,
            context_id=context_id,
            engagement_id=engagement_id,
            engagement_revision=engagement_revision,
            language=language,
            skill_id=skill_id,
            skill_name=skill_name,
            valid_for_seconds=valid_for_seconds,
            window_id=window_id,
        )

        engagement_details.additional_properties = d
        return engagement_details

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
