# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Errors that the functions of `api` raise."""


class UnexpectedStatus(Exception):
    """The server answered with a status that the spec does not describe. The text does not show the answer's content."""

    def __init__(self, status_code: int, content: bytes):
        self.status_code = status_code
        self.content = content

        super().__init__(f"Unexpected status code: {status_code} ({len(content)} bytes of content)")


__all__ = ["UnexpectedStatus"]
