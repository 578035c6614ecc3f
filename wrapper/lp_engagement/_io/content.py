"""The body of an answer: its largest size, and its decoding."""

from __future__ import annotations

import zlib

from lp_engagement.errors import UnexpectedResponseError

__all__ = ["MAX_RESPONSE_BYTES", "decoded", "too_large"]

MAX_RESPONSE_BYTES = 1024 * 1024
"""Larger answers, encoded or decoded, are refused. Real ones have a few hundred bytes."""

_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}  # both readings of "deflate" are in use


def too_large() -> UnexpectedResponseError:
    """Make the error for an answer of more bytes."""
    return UnexpectedResponseError(f"The answer has more than {MAX_RESPONSE_BYTES} bytes.")


def decoded(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding. We ask for none, but servers and proxies in between do as they like."""
    encoding = encoding.strip().lower()
    if not body or encoding in {"", "identity"}:
        return body
    if encoding not in _WINDOW_BITS:
        raise UnexpectedResponseError("The answer has an unknown content encoding, which was not requested.")
    for window_bits in _WINDOW_BITS[encoding]:
        decoder = zlib.decompressobj(window_bits)
        try:
            # The limit stops a decompression bomb.
            content = decoder.decompress(body, MAX_RESPONSE_BYTES + 1)
        except zlib.error:
            continue
        if len(content) > MAX_RESPONSE_BYTES:
            raise UnexpectedResponseError(f"The answer has more than {MAX_RESPONSE_BYTES} bytes when decoded.")
        if decoder.eof and not decoder.unused_data:
            return content
    raise UnexpectedResponseError(f"The answer cannot be decoded: its {encoding} data are damaged or incomplete.")
