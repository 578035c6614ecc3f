# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Builders of request bodies.

`None` leaves a field out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .types import Payload

if TYPE_CHECKING:
    # The models take most of the import time, and are named in annotations only.
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

    from . import models

__all__ = [
    "create_session",
    "update_session",
]


def create_session(
    *,
    app_type: Literal["MSDK", "EXTERNAL"],
    app_details: Mapping[str, Any] | models.AppDetails | None = None,
    consumer_sections: Sequence[str] | None = None,
    engagement_attributes: Sequence[
        Mapping[str, Any]
        | models.CartSde
        | models.PurchaseSde
        | models.ProdViewSde
        | models.CtmrinfoSde
        | models.MrktInfoSde
        | models.PersonalSde
        | models.LeadSde
        | models.ServiceSde
        | models.ErrorSde
        | models.SearchInfoSde
    ]
    | None = None,
) -> Payload:
    """What the app knows about itself and about the consumer.

    Args:
        app_type: The kind of system that calls. The campaign's source must match it.
        app_details: About the calling app; used for troubleshooting.
        consumer_sections: The places in the app that matter for the engagement, e.g. `Support`.
        engagement_attributes: What is known about the consumer. Impression events do not belong here.

    Source: `CreateSessionRequest` in the spec; [page] body parameters.
    """
    return Payload.of(
        {}
        | {
            "appType": app_type,
            "appDetails": app_details,
            "consumerSections": consumer_sections,
            "engagementAttributes": engagement_attributes,
        }
    )


def update_session(
    *,
    page_id: str,
    imp_attributes: Sequence[
        Mapping[str, Any]
        | models.ImpDisplay
        | models.ImpAccept
        | models.ImpExpanded
        | models.ImpTimeout
        | models.ImpClose
    ]
    | None = None,
    engagement_attributes: Sequence[
        Mapping[str, Any]
        | models.CartSde
        | models.PurchaseSde
        | models.ProdViewSde
        | models.CtmrinfoSde
        | models.MrktInfoSde
        | models.PersonalSde
        | models.LeadSde
        | models.ServiceSde
        | models.ErrorSde
        | models.SearchInfoSde
    ]
    | None = None,
) -> Payload:
    """What has happened in the session since the last call.

    Args:
        page_id: The page id of the latest answer of the visit.
        imp_attributes: Impression events, which move the visitor along the engagement's funnel.
        engagement_attributes: New or changed engagement attributes.

    Source: `UpdateSessionRequest` in the spec; [put] body parameters.
    """
    return Payload.of(
        {}
        | {
            "pageId": page_id,
            "impAttributes": imp_attributes,
            "engagementAttributes": engagement_attributes,
        }
    )
