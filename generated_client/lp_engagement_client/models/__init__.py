# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""The objects of requests and answers, one class a module. A class is imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .address import Address
    from .age import Age
    from .app_details import AppDetails
    from .app_details_device_family import AppDetailsDeviceFamily
    from .app_details_os import AppDetailsOs
    from .calendar_date import CalendarDate
    from .cart_product import CartProduct
    from .cart_sde import CartSde
    from .contact import Contact
    from .contact_phone_type import ContactPhoneType
    from .create_session_request import CreateSessionRequest
    from .create_session_request_app_type import CreateSessionRequestAppType
    from .ctmrinfo_sde import CtmrinfoSde
    from .customer_info import CustomerInfo
    from .domain import Domain
    from .domains import Domains
    from .engagement_answer import EngagementAnswer
    from .engagement_context import EngagementContext
    from .engagement_details import EngagementDetails
    from .error_entity import ErrorEntity
    from .error_info import ErrorInfo
    from .error_sde import ErrorSde
    from .imp_accept import ImpAccept
    from .imp_close import ImpClose
    from .imp_display import ImpDisplay
    from .imp_expanded import ImpExpanded
    from .imp_timeout import ImpTimeout
    from .lead_info import LeadInfo
    from .lead_sde import LeadSde
    from .marketing_info import MarketingInfo
    from .marketing_info_channel import MarketingInfoChannel
    from .mrkt_info_sde import MrktInfoSde
    from .personal_info import PersonalInfo
    from .personal_info_gender import PersonalInfoGender
    from .personal_sde import PersonalSde
    from .prod_view_product import ProdViewProduct
    from .prod_view_sde import ProdViewSde
    from .product import Product
    from .purchase_sde import PurchaseSde
    from .purchased_cart import PurchasedCart
    from .search_info_sde import SearchInfoSde
    from .service_domain import ServiceDomain
    from .service_info import ServiceInfo
    from .service_info_status import ServiceInfoStatus
    from .service_sde import ServiceSde
    from .update_session_request import UpdateSessionRequest
    from .viewed_product import ViewedProduct

__all__ = (
    "Address",
    "Age",
    "AppDetails",
    "AppDetailsDeviceFamily",
    "AppDetailsOs",
    "CalendarDate",
    "CartProduct",
    "CartSde",
    "Contact",
    "ContactPhoneType",
    "CreateSessionRequest",
    "CreateSessionRequestAppType",
    "CtmrinfoSde",
    "CustomerInfo",
    "Domain",
    "Domains",
    "EngagementAnswer",
    "EngagementContext",
    "EngagementDetails",
    "ErrorEntity",
    "ErrorInfo",
    "ErrorSde",
    "ImpAccept",
    "ImpClose",
    "ImpDisplay",
    "ImpExpanded",
    "ImpTimeout",
    "LeadInfo",
    "LeadSde",
    "MarketingInfo",
    "MarketingInfoChannel",
    "MrktInfoSde",
    "PersonalInfo",
    "PersonalInfoGender",
    "PersonalSde",
    "Product",
    "ProdViewProduct",
    "ProdViewSde",
    "PurchasedCart",
    "PurchaseSde",
    "SearchInfoSde",
    "ServiceDomain",
    "ServiceInfo",
    "ServiceInfoStatus",
    "ServiceSde",
    "UpdateSessionRequest",
    "ViewedProduct",
)

_MODULES = {
    "CreateSessionRequest": "create_session_request",
    "UpdateSessionRequest": "update_session_request",
    "AppDetails": "app_details",
    "CartSde": "cart_sde",
    "CartProduct": "cart_product",
    "Product": "product",
    "PurchaseSde": "purchase_sde",
    "PurchasedCart": "purchased_cart",
    "ProdViewSde": "prod_view_sde",
    "ProdViewProduct": "prod_view_product",
    "ViewedProduct": "viewed_product",
    "CtmrinfoSde": "ctmrinfo_sde",
    "CustomerInfo": "customer_info",
    "CalendarDate": "calendar_date",
    "MrktInfoSde": "mrkt_info_sde",
    "MarketingInfo": "marketing_info",
    "PersonalSde": "personal_sde",
    "PersonalInfo": "personal_info",
    "Age": "age",
    "Contact": "contact",
    "Address": "address",
    "LeadSde": "lead_sde",
    "LeadInfo": "lead_info",
    "ServiceSde": "service_sde",
    "ServiceInfo": "service_info",
    "ErrorSde": "error_sde",
    "ErrorInfo": "error_info",
    "SearchInfoSde": "search_info_sde",
    "ImpDisplay": "imp_display",
    "ImpAccept": "imp_accept",
    "ImpExpanded": "imp_expanded",
    "ImpTimeout": "imp_timeout",
    "ImpClose": "imp_close",
    "EngagementContext": "engagement_context",
    "EngagementAnswer": "engagement_answer",
    "EngagementDetails": "engagement_details",
    "ErrorEntity": "error_entity",
    "Domain": "domain",
    "Domains": "domains",
    "ServiceDomain": "service_domain",
    "CreateSessionRequestAppType": "create_session_request_app_type",
    "AppDetailsDeviceFamily": "app_details_device_family",
    "AppDetailsOs": "app_details_os",
    "MarketingInfoChannel": "marketing_info_channel",
    "PersonalInfoGender": "personal_info_gender",
    "ContactPhoneType": "contact_phone_type",
    "ServiceInfoStatus": "service_info_status",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
