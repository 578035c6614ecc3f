# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    TypeVar,
)

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

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


T = TypeVar("T", bound="UpdateSessionRequest")


@_attrs_define(repr=False)
class UpdateSessionRequest(Redacted):
    """What has happened in the session since the last call.

    Attributes:
        page_id (str): The page id of the latest answer of the visit.
        engagement_attributes (list[CartSde | CtmrinfoSde | ErrorSde | LeadSde | MrktInfoSde | PersonalSde | ProdViewSde
            | PurchaseSde | SearchInfoSde | ServiceSde] | Unset): New or changed engagement attributes.
        imp_attributes (list[ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout] | Unset): Impression events,
            which move the visitor along the engagement's funnel.
    """

    page_id: str
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
        | Unset
    ) = UNSET
    imp_attributes: list[ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.cart_sde import CartSde  # noqa: PLC0415
        from ..models.ctmrinfo_sde import CtmrinfoSde  # noqa: PLC0415
        from ..models.error_sde import ErrorSde  # noqa: PLC0415
        from ..models.imp_accept import ImpAccept  # noqa: PLC0415
        from ..models.imp_display import ImpDisplay  # noqa: PLC0415
        from ..models.imp_expanded import ImpExpanded  # noqa: PLC0415
        from ..models.imp_timeout import ImpTimeout  # noqa: PLC0415
        from ..models.lead_sde import LeadSde  # noqa: PLC0415
        from ..models.mrkt_info_sde import MrktInfoSde  # noqa: PLC0415
        from ..models.personal_sde import PersonalSde  # noqa: PLC0415
        from ..models.prod_view_sde import ProdViewSde  # noqa: PLC0415
        from ..models.purchase_sde import PurchaseSde  # noqa: PLC0415
        from ..models.service_sde import ServiceSde  # noqa: PLC0415

        page_id = self.page_id

        engagement_attributes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.engagement_attributes, Unset):
            engagement_attributes = []
            for engagement_attributes_item_data in self.engagement_attributes:
                engagement_attributes_item: dict[str, Any]
                if isinstance(engagement_attributes_item_data, CartSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, PurchaseSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, ProdViewSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, CtmrinfoSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, MrktInfoSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, PersonalSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, LeadSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, ServiceSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                elif isinstance(engagement_attributes_item_data, ErrorSde):
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()
                else:
                    engagement_attributes_item = engagement_attributes_item_data.to_dict()

                engagement_attributes.append(engagement_attributes_item)

        imp_attributes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.imp_attributes, Unset):
            imp_attributes = []
            for imp_attributes_item_data in self.imp_attributes:
                imp_attributes_item: dict[str, Any]
                if isinstance(imp_attributes_item_data, ImpDisplay):
                    imp_attributes_item = imp_attributes_item_data.to_dict()
                elif isinstance(imp_attributes_item_data, ImpAccept):
                    imp_attributes_item = imp_attributes_item_data.to_dict()
                elif isinstance(imp_attributes_item_data, ImpExpanded):
                    imp_attributes_item = imp_attributes_item_data.to_dict()
                elif isinstance(imp_attributes_item_data, ImpTimeout):
                    imp_attributes_item = imp_attributes_item_data.to_dict()
                else:
                    imp_attributes_item = imp_attributes_item_data.to_dict()

                imp_attributes.append(imp_attributes_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "pageId": page_id,
            }
        )
        if engagement_attributes is not UNSET:
            field_dict["engagementAttributes"] = engagement_attributes
        if imp_attributes is not UNSET:
            field_dict["impAttributes"] = imp_attributes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cart_sde import CartSde  # noqa: PLC0415
        from ..models.ctmrinfo_sde import CtmrinfoSde  # noqa: PLC0415
        from ..models.error_sde import ErrorSde  # noqa: PLC0415
        from ..models.imp_accept import ImpAccept  # noqa: PLC0415
        from ..models.imp_close import ImpClose  # noqa: PLC0415
        from ..models.imp_display import ImpDisplay  # noqa: PLC0415
        from ..models.imp_expanded import ImpExpanded  # noqa: PLC0415
        from ..models.imp_timeout import ImpTimeout  # noqa: PLC0415
        from ..models.lead_sde import LeadSde  # noqa: PLC0415
        from ..models.mrkt_info_sde import MrktInfoSde  # noqa: PLC0415
        from ..models.personal_sde import PersonalSde  # noqa: PLC0415
        from ..models.prod_view_sde import ProdViewSde  # noqa: PLC0415
        from ..models.purchase_sde import PurchaseSde  # noqa: PLC0415
        from ..models.search_info_sde import SearchInfoSde  # noqa: PLC0415
        from ..models.service_sde import ServiceSde  # noqa: PLC0415

        d = dict(src_dict)
        page_id = d.pop("pageId")

        _engagement_attributes = d.pop("engagementAttributes", UNSET)
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
            | Unset
        ) = UNSET
        if _engagement_attributes is not UNSET:
            engagement_attributes = []
            for engagement_attributes_item_data in _engagement_attributes:

                def _parse_engagement_attributes_item(
                    data: object,
                ) -> (
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
                ):

                    if not isinstance(data, Mapping):
                        raise TypeError("engagementAttributes_item must be an object")
                    _by_type: dict[
                        object,
                        Callable[
                            [Mapping[str, Any]],
                            CartSde
                            | CtmrinfoSde
                            | ErrorSde
                            | LeadSde
                            | MrktInfoSde
                            | PersonalSde
                            | ProdViewSde
                            | PurchaseSde
                            | SearchInfoSde
                            | ServiceSde,
                        ],
                    ] = {
                        "cart": CartSde.from_dict,
                        "purchase": PurchaseSde.from_dict,
                        "prodView": ProdViewSde.from_dict,
                        "ctmrinfo": CtmrinfoSde.from_dict,
                        "mrktInfo": MrktInfoSde.from_dict,
                        "personal": PersonalSde.from_dict,
                        "lead": LeadSde.from_dict,
                        "service": ServiceSde.from_dict,
                        "error": ErrorSde.from_dict,
                        "searchInfo": SearchInfoSde.from_dict,
                    }
                    _tag = data.get("type")
                    if not isinstance(_tag, str) or _tag not in _by_type:
                        raise ValueError("engagementAttributes_item has no known type")
                    return _by_type[_tag](data)

                engagement_attributes_item = _parse_engagement_attributes_item(engagement_attributes_item_data)

                engagement_attributes.append(engagement_attributes_item)

        _imp_attributes = d.pop("impAttributes", UNSET)
        imp_attributes: list[ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout] | Unset = UNSET
        if _imp_attributes is not UNSET:
            imp_attributes = []
            for imp_attributes_item_data in _imp_attributes:

                def _parse_imp_attributes_item(
                    data: object,
                ) -> ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout:

                    if not isinstance(data, Mapping):
                        raise TypeError("impAttributes_item must be an object")
                    _by_type: dict[
                        object,
                        Callable[[Mapping[str, Any]], ImpAccept | ImpClose | ImpDisplay | ImpExpanded | ImpTimeout],
                    ] = {
                        "impDisplay": ImpDisplay.from_dict,
                        "impAccept": ImpAccept.from_dict,
                        "impExpanded": ImpExpanded.from_dict,
                        "impTimeout": ImpTimeout.from_dict,
                        "impClose": ImpClose.from_dict,
                    }
                    _tag = data.get("type")
                    if not isinstance(_tag, str) or _tag not in _by_type:
                        raise ValueError("impAttributes_item has no known type")
                    return _by_type[_tag](data)

                imp_attributes_item = _parse_imp_attributes_item(imp_attributes_item_data)

                imp_attributes.append(imp_attributes_item)

        update_session_request = cls(
            page_id=page_id,
            engagement_attributes=engagement_attributes,
            imp_attributes=imp_attributes,
        )

        return update_session_request
