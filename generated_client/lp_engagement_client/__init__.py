# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""Low-level client of the LivePerson App Engagement API, and everything else derived from its spec.

Each function in `api` makes one request. It does not retry, and it does not remember the ids of a visit: pass the visitor
id and the session id of an answer to the next call yourself, or use `lp_engagement`, which does both.

```python
from lp_engagement_client import Client
from lp_engagement_client.api.engagement import create_session

with Client("https://va.v.liveperson.net") as client:
    answer = create_session.sync("12345678", client=client, body={"appType": "EXTERNAL"})
```

Nothing is imported before it is used.

PYTEST_DONT_REWRITE: there are no assertions here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import Client
    from .errors import CallError

__all__ = ("CallError", "Client")


def __getattr__(name: str) -> Any:
    if name == "Client":
        from .client import Client

        return Client
    if name == "CallError":
        from .errors import CallError

        return CallError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
