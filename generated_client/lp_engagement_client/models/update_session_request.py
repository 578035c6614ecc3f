# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import each_as, tagged_as

if TYPE_CHECKING:
    from ..models.cart_sde import CartSde
    from ..models.ctmrinfo_sde import CtmrinfoSde
    from ..models.error_sde import ErrorSde
    from ..models.imp_accept import ImpAccept
    from ..models.imp_close import ImpClose
    from ..models.imp_display import ImpDisplay
    from ..models.imp_expanded import ImpExpanded
    from ..models.imp_timeout import ImpTimeout
    from ..models.lead_sde import LeadSde
    from ..models.mrkt_info_sde import MrktInfoSde
    from ..models.personal_sde import PersonalSde
    from ..models.prod_view_sde import ProdViewSde
    from ..models.purchase_sde import PurchaseSde
    from ..models.search_info_sde import SearchInfoSde
    from ..models.service_sde import ServiceSde


@dataclass(slots=True, kw_only=True, repr=False)
class UpdateSessionRequest(RequestModel):
    """The events of the session since the last call.

    Attributes:
        page_id: The page id in the visit's latest response.
        imp_attributes: Impression events, counted in the engagement's funnel.
        engagement_attributes: New or changed engagement attributes.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    page_id: str
    imp_attributes: list[ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout] | None = None
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
        "page_id": "pageId",
        "imp_attributes": "impAttributes",
        "engagement_attributes": "engagementAttributes",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.cart_sde import CartSde
        from ..models.ctmrinfo_sde import CtmrinfoSde
        from ..models.error_sde import ErrorSde
        from ..models.imp_accept import ImpAccept
        from ..models.imp_close import ImpClose
        from ..models.imp_display import ImpDisplay
        from ..models.imp_expanded import ImpExpanded
        from ..models.imp_timeout import ImpTimeout
        from ..models.lead_sde import LeadSde
        from ..models.mrkt_info_sde import MrktInfoSde
        from ..models.personal_sde import PersonalSde
        from ..models.prod_view_sde import ProdViewSde
        from ..models.purchase_sde import PurchaseSde
        from ..models.search_info_sde import SearchInfoSde
        from ..models.service_sde import ServiceSde

        return {
            "impAttributes": each_as(
                tagged_as(
                    "type",
                    {
                        "impDisplay": ImpDisplay,
                        "impAccept": ImpAccept,
                        "impExpanded": ImpExpanded,
                        "impTimeout": ImpTimeout,
                        "impClose": ImpClose,
                    },
                )
            ),
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
