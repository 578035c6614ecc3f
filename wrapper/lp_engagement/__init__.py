"""The LivePerson App Engagement API for Python. Unofficial; not affiliated with LivePerson.

    from lp_engagement import EngagementClient, sde

    with EngagementClient("12345678") as client:
        visit = client.visit("customer-4711")
        engagement = visit.get_engagement(sdes=[sde.cart(total=11.7, num_items=1)])

Importing this does no I/O and loads neither the HTTP library nor the validator.
"""

from typing import Any as _Any

from . import errors, sde, stores
from .client import AsyncEngagementClient, EngagementClient
from .engagement import Engagement, EngagementDetails, SessionId, VisitIds, VisitorId
from .errors import EngagementError
from .http import AsyncTransport, HttpRequest, HttpResponse, Transport
from .retry import DOCUMENTED, NEVER, RetryPolicy
from .telemetry import CallEvent, Hook
from .visit import AsyncVisit, Visit

__all__ = [
    "DOCUMENTED",
    "NEVER",
    "AsyncEngagementClient",
    "AsyncTransport",
    "AsyncVisit",
    "CallEvent",
    "Engagement",
    "EngagementClient",
    "EngagementDetails",
    "EngagementError",
    "Hook",
    "HttpRequest",
    "HttpResponse",
    "RetryPolicy",
    "SessionId",
    "Transport",
    "Visit",
    "VisitIds",
    "VisitorId",
    "errors",
    "sde",
    "stores",
]


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        # Reading the package's metadata takes as long as all the rest of the import.
        from importlib.metadata import version

        return version("lp-engagement")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
