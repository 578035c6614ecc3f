"""Keeps what a server sends out of the log lines of the HTTP libraries, for our exchanges only.

httpcore logs headers at DEBUG, a `Location` among them, and httpx the server's reason phrase at INFO: both can repeat
the ids that were sent. The lines stay, cut to the event.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["discreet", "install", "install_aiohttp", "install_urllib3"]

_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
_REASON_PHRASE = 4
"""Where it is among the arguments of httpx's line."""

_TARGET = 4
"""Where the path is among the arguments of urllib3's line: scheme, host, port, method, target, protocol, status."""

_ours: ContextVar[bool] = ContextVar("lp_engagement_exchange", default=False)


@contextmanager
def discreet() -> Generator[None]:
    """Cut the log lines of the HTTP libraries in this block, which does not yield."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def _cut_events(record: logging.LogRecord) -> bool:
    if _ours.get():
        event = str(record.msg).partition(" ")[0]
        # What an event starts with is ours: a host, a time-out, a method.
        if not event.endswith(".started"):
            record.msg = event
    return True


def _cut_reason(record: logging.LogRecord) -> bool:
    if _ours.get() and isinstance(record.args, tuple) and len(record.args) > _REASON_PHRASE:
        record.args = (*record.args[:_REASON_PHRASE], "", *record.args[_REASON_PHRASE + 1 :])
    return True


def _drop(_: logging.LogRecord) -> bool:
    return not _ours.get()


def install() -> None:
    """Install the filter. May be called again."""
    for name in _LOGGERS:
        logging.getLogger(f"httpcore.{name}").addFilter(_cut_events)
    logging.getLogger("httpx").addFilter(_cut_reason)
    for name in ("hpack.hpack", "hpack.table"):  # HTTP/2, as a given client may speak: whole headers
        logging.getLogger(name).addFilter(_drop)


def _cut_target(record: logging.LogRecord) -> bool:
    """Cut a line of urllib3 to what is no secret; drop its complaint that it closes a connection it need not keep."""
    if not _ours.get():
        return True
    if record.levelno == logging.WARNING and str(record.msg).startswith("Connection pool is full"):
        return False
    if isinstance(record.args, tuple) and len(record.args) > _TARGET:
        record.args = (*record.args[:_TARGET], "/...", *record.args[_TARGET + 1 :])
    return True


def install_urllib3() -> None:
    """Install the filter for urllib3's lines. May be called again."""
    logging.getLogger("urllib3.connectionpool").addFilter(_cut_target)
    logging.getLogger("urllib3.connection").addFilter(_drop)
    logging.getLogger("urllib3.poolmanager").addFilter(_drop)
    logging.getLogger("urllib3.response").addFilter(_drop)


def install_aiohttp() -> None:
    """Install the filter for aiohttp's lines. May be called again."""
    logging.getLogger("aiohttp.client").addFilter(_drop)
    logging.getLogger("aiohttp.internal").addFilter(_drop)
