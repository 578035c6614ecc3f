# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Low-level client of the LivePerson App Engagement API, and everything else that is derived from its spec.

`Client` loads the HTTP library, so it is only imported when it is asked for.

PYTEST_DONT_REWRITE: there are no assertions here.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        from . import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
