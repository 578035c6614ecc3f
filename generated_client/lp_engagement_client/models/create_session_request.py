# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import each_as, object_as, tagged_as

if TYPE_CHECKING:
    from ..models.app_details import AppDetails
    from ..models.cart_sde import CartSde
    from ..models.create_session_request_app_type import (
        CreateSessionRequestAppType,
    )
    from ..models.ctmrinfo_sde import CtmrinfoSde
    from ..models.error_sde import ErrorSde
    from ..models.lead_sde import LeadSde
    from ..models.mrkt_info_sde import MrktInfoSde
    from ..models.personal_sde import PersonalSde
    from ..models.prod_view_sde import ProdViewSde
    from ..models.purchase_sde import PurchaseSde
    from ..models.search_info_sde import SearchInfoSde
    from ..models.service_sde import ServiceSde


@dataclass(slots=True, kw_only=True, repr=False)
class CreateSessionRequest(RequestModel):
    """The app's data about itself and the consumer.

    Attributes:
        app_type: The type of the calling system. The campaign's source must match it.
        app_details: The calling app; used for troubleshooting.
        consumer_sections: The sections of the app to match with engagements, e.g. `Support`.
        engagement_attributes: The consumer's attributes. Impression events do not belong here.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    app_type: CreateSessionRequestAppType
    app_details: AppDetails | None = None
    consumer_sections: list[str] | None = None
    engagement_attributes: (
        list[
            CartSde
            | CtmrinfoSde
            | ErrorSde
            | LeadSde
            | MrktInfoSde
            | PersonalSde
            | ProdViewSde
            | PurchaseSde
            | SearchInfoSde
            | ServiceSde
        ]
        | None
    ) = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "app_type": "appType",
        "app_details": "appDetails",
        "consumer_sections": "consumerSections",
        "engagement_attributes": "engagementAttributes",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.app_details import AppDetails
        from ..models.cart_sde import CartSde
        from ..models.ctmrinfo_sde import CtmrinfoSde
        from ..models.error_sde import ErrorSde
        from ..models.lead_sde import LeadSde
        from ..models.mrkt_info_sde import MrktInfoSde
        from ..models.personal_sde import PersonalSde
        from ..models.prod_view_sde import ProdViewSde
        from ..models.purchase_sde import PurchaseSde
        from ..models.search_info_sde import SearchInfoSde
        from ..models.service_sde import ServiceSde

        return {
            "appDetails": object_as(AppDetails),
            "engagementAttributes": each_as(
                tagged_as(
                    "type",
                    {
                        "cart": CartSde,
                        "purchase": PurchaseSde,
                        "prodView": ProdViewSde,
                        "ctmrinfo": CtmrinfoSde,
                        "mrktInfo": MrktInfoSde,
                        "personal": PersonalSde,
                        "lead": LeadSde,
                        "service": ServiceSde,
                        "error": ErrorSde,
                        "searchInfo": SearchInfoSde,
                    },
                )
            ),
        }
