# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.create_session_request_app_type import (
    CreateSessionRequestAppType,
    check_create_session_request_app_type,
)
from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
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


T = TypeVar("T", bound="CreateSessionRequest")


@_attrs_define(repr=False)
class CreateSessionRequest(Redacted):
    """What the app knows about itself and about the consumer.

    Attributes:
        app_type (CreateSessionRequestAppType): The kind of system that calls. The campaign's source must match it.
        app_details (AppDetails | Unset): About the calling app; used for troubleshooting.
        consumer_sections (list[str] | Unset): The places in the app that matter for the engagement, e.g. `Support`.
        engagement_attributes (list[CartSde | CtmrinfoSde | ErrorSde | LeadSde | MrktInfoSde | PersonalSde | ProdViewSde
            | PurchaseSde | SearchInfoSde | ServiceSde] | Unset): What is known about the consumer. Impression events do not
            belong here.
    """

    app_type: CreateSessionRequestAppType
    app_details: AppDetails | Unset = UNSET
    consumer_sections: list[str] | Unset = UNSET
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

    def to_dict(self) -> dict[str, Any]:
        from ..models.cart_sde import CartSde  # noqa: PLC0415
        from ..models.ctmrinfo_sde import CtmrinfoSde  # noqa: PLC0415
        from ..models.error_sde import ErrorSde  # noqa: PLC0415
        from ..models.lead_sde import LeadSde  # noqa: PLC0415
        from ..models.mrkt_info_sde import MrktInfoSde  # noqa: PLC0415
        from ..models.personal_sde import PersonalSde  # noqa: PLC0415
        from ..models.prod_view_sde import ProdViewSde  # noqa: PLC0415
        from ..models.purchase_sde import PurchaseSde  # noqa: PLC0415
        from ..models.service_sde import ServiceSde  # noqa: PLC0415

        app_type: str = self.app_type

        app_details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.app_details, Unset):
            app_details = self.app_details.to_dict()

        consumer_sections: list[str] | Unset = UNSET
        if not isinstance(self.consumer_sections, Unset):
            consumer_sections = self.consumer_sections

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

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "appType": app_type,
            }
        )
        if app_details is not UNSET:
            field_dict["appDetails"] = app_details
        if consumer_sections is not UNSET:
            field_dict["consumerSections"] = consumer_sections
        if engagement_attributes is not UNSET:
            field_dict["engagementAttributes"] = engagement_attributes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.app_details import AppDetails  # noqa: PLC0415
        from ..models.cart_sde import CartSde  # noqa: PLC0415
        from ..models.ctmrinfo_sde import CtmrinfoSde  # noqa: PLC0415
        from ..models.error_sde import ErrorSde  # noqa: PLC0415
        from ..models.lead_sde import LeadSde  # noqa: PLC0415
        from ..models.mrkt_info_sde import MrktInfoSde  # noqa: PLC0415
        from ..models.personal_sde import PersonalSde  # noqa: PLC0415
        from ..models.prod_view_sde import ProdViewSde  # noqa: PLC0415
        from ..models.purchase_sde import PurchaseSde  # noqa: PLC0415
        from ..models.search_info_sde import SearchInfoSde  # noqa: PLC0415
        from ..models.service_sde import ServiceSde  # noqa: PLC0415

        d = dict(src_dict)
        app_type = check_create_session_request_app_type(d.pop("appType"))

        _app_details = d.pop("appDetails", UNSET)
        app_details: AppDetails | Unset
        if isinstance(_app_details, Unset):
            app_details = UNSET
        else:
            app_details = AppDetails.from_dict(_app_details)

        consumer_sections = cast(list[str], d.pop("consumerSections", UNSET))

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

        create_session_request = cls(
            app_type=app_type,
            app_details=app_details,
            consumer_sections=consumer_sections,
            engagement_attributes=engagement_attributes,
        )

        return create_session_request
