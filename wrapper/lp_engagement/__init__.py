"""The LivePerson App Engagement API for Python. Unofficial; not affiliated with LivePerson.

For example::

    from lp_engagement import EngagementClient, sde

    with EngagementClient("12345678") as client:
        visit = client.visit("customer-4711")
        engagement = visit.get_engagement(sdes=[sde.cart(total=11.7, num_items=1)])

Importing this does no I/O, and loads a module only when one of its names is used.

PYTEST_DONT_REWRITE: the pytest plugin in this package has no assertions.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING
from typing import Any as _Any

from ._common.version import __version__ as __version__

if TYPE_CHECKING:
    from lp_engagement_client import sde as sde

    from . import errors, stores
    from ._common.clock import AsyncClock, Clock
    from ._core.domain import AccountHost
    from ._core.transport import AsyncTransport, HttpRequest, HttpResponse, Transport
    from .client import AsyncEngagementClient, EngagementClient
    from .engagement import Engagement, EngagementDetails, SessionId, VisitIds, VisitorId
    from .errors import CallMeta, EngagementError
    from .hooks import CallEvent, Hook
    from .retry import DOCUMENTED, NEVER, FailedAttempt, RetryPolicy
    from .visit import AsyncVisit, Visit

__all__ = [
    "DOCUMENTED",
    "NEVER",
    "AccountHost",
    "AsyncClock",
    "AsyncEngagementClient",
    "AsyncTransport",
    "AsyncVisit",
    "CallEvent",
    "CallMeta",
    "Clock",
    "Engagement",
    "EngagementClient",
    "EngagementDetails",
    "EngagementError",
    "FailedAttempt",
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

_HOMES = {
    "_common.clock": ("AsyncClock", "Clock"),
    "_core.domain": ("AccountHost",),
    "client": ("AsyncEngagementClient", "EngagementClient"),
    "engagement": ("Engagement", "EngagementDetails", "SessionId", "VisitIds", "VisitorId"),
    "errors": ("CallMeta", "EngagementError"),
    "transports": ("AsyncTransport", "HttpRequest", "HttpResponse", "Transport"),
    "retry": ("DOCUMENTED", "NEVER", "FailedAttempt", "RetryPolicy"),
    "hooks": ("CallEvent", "Hook"),
    "visit": ("AsyncVisit", "Visit"),
}
_MODULES = ("errors", "stores")


def __getattr__(name: str) -> _Any:
    if name in _MODULES:
        return _import_module(f".{name}", __name__)
    if name == "sde":
        # Its types are the spec's, so the whole module is generated.
        value = globals()[name] = _import_module("lp_engagement_client.sde")
        return value
    for module, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(_import_module(f".{module}", __name__), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
