# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""The operations of the spec, one module each, and `find`, which returns an operation by its name.

Each module has `OPERATION`, which describes it, `build_request` and `parse_response`, which do no I/O, and four functions that
make the call with a `Client`: `sync` and `asyncio` return the answer or raise `CallError`; `sync_detailed` and
`asyncio_detailed` return a `Response` whatever the server answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from ..operation import Operation

__all__ = ["OPERATIONS", "OperationName", "find"]

OperationName = Literal[
    "createSession",
    "resumeSession",
    "updateSession",
    "getDomain",
    "listDomains",
]
"""The names that operations have in the spec."""

OPERATIONS: Final[tuple[OperationName, ...]] = (
    "createSession",
    "resumeSession",
    "updateSession",
    "getDomain",
    "listDomains",
)
"""The names of all operations."""


def find(name: str) -> Operation[Any]:
    """Return the operation that has this name in the spec. Only its module is imported.

    Raises:
        KeyError: The spec has no such operation.
    """
    if name == "createSession":
        from .engagement.create_session import OPERATION as create_session

        return create_session
    if name == "resumeSession":
        from .engagement.resume_session import OPERATION as resume_session

        return resume_session
    if name == "updateSession":
        from .engagement.update_session import OPERATION as update_session

        return update_session
    if name == "getDomain":
        from .domain.get_domain import OPERATION as get_domain

        return get_domain
    if name == "listDomains":
        from .domain.list_domains import OPERATION as list_domains

        return list_domains
    raise KeyError(name)
