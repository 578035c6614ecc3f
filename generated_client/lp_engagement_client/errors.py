# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""The exception of this client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models.error_entity import ErrorEntity

__all__ = ["CallError"]


class CallError(Exception):
    """The call could not be made, got no response, or got an error.

    The message shows no ids, and no part of the request or response.

    Attributes:
        status_code: The HTTP status of the answer; `None` if there was no answer. The exception of the HTTP library, if
            there was one, is the `__cause__`.
        error: The error that the answer describes, as far as it can be read; `None` if there was no answer.
        content: The body of the answer.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int | None = None,
        error: ErrorEntity | None = None,
        content: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.error = error
        self.content = content

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (str(self), self.status_code, self.error, self.content)


def _restored(message: str, status_code: int | None, error: ErrorEntity | None, content: bytes) -> CallError:
    return CallError(message, status_code=status_code, error=error, content=content)
