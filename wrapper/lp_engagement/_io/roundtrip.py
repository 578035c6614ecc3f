"""One request and its answer, over a library whose errors are only seen from outside: urllib3 or aiohttp."""

from __future__ import annotations

# Some are used elsewhere and late: a fork could interrupt their import.
import encodings.idna  # noqa: F401  # pyright: ignore[reportUnusedImport]
import http.client
import re
import threading
import time
import urllib.request  # noqa: F401  # pyright: ignore[reportUnusedImport]
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi  # noqa: F401  # pyright: ignore[reportUnusedImport]

from lp_engagement._core.transport import HttpResponse
from lp_engagement.errors import ConfigurationError, ConnectError, EngagementError, UnexpectedResponseError

from .content import MAX_RESPONSE_BYTES, decoded, too_large
from .failures import NO_WAY, UNVERIFIED, chain, early_end, reason, refused, unverified_certificate
from .wire import Wire

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from lp_engagement._core.transport import HttpRequest

    from .proxies import Proxy

__all__ = ["Known", "RoundTrip"]

_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_BREAK = re.compile(r"[\r\n\0]")
_INVALID_URL = "The URL of the request is not valid."
_INVALID_TEXT = "The URL or a header has characters that HTTP does not allow there."
_INVALID_HTTP = "The request is not valid HTTP, so it was not sent."


class Known:
    """The errors of a library, by what they mean.

    Attributes:
        late: the time was up.
        broken: the exchange broke off.
        url: the URL cannot be used.
        proxy: the proxy did not do its part.
        unreadable: the library refuses the answer.
    """

    def __init__(
        self,
        *,
        late: tuple[type[Exception], ...],
        broken: tuple[type[Exception], ...],
        url: tuple[type[Exception], ...],
        proxy: tuple[type[Exception], ...],
        unreadable: tuple[type[Exception], ...] = (),
    ) -> None:
        self.late: tuple[type[Exception], ...] = (TimeoutError, *late)
        self.broken: tuple[type[Exception], ...] = (OSError, EOFError, ImportError, http.client.HTTPException, *broken)
        self.url: tuple[type[Exception], ...] = (http.client.InvalidURL, *url)
        self.proxy = proxy
        self.unreadable = unreadable


class RoundTrip:
    """One request and its answer.

    What fails in `guarded()` is kept for `result()`, which raises it outside of any handler: a library's exception
    holds the live request with its URL, and must not hang on ours as context.
    """

    def __init__(self, request: HttpRequest, timeout: float, known: Known) -> None:
        if not 0 < timeout < threading.TIMEOUT_MAX:
            raise ConfigurationError("timeout must be a positive, finite number of seconds.")
        self.wire = Wire(time.monotonic() + timeout)
        self.request = request
        self.proxy: Proxy | None = None
        self.scheme, self.host, self.port, self.target = "", "the server", 0, ""
        self._known = known
        self._status: int | None = None
        self._body = bytearray()
        self._response: HttpResponse | None = None
        self._error: BaseException | None = None

    def prepare(self, given: Mapping[str, str] | None = None) -> dict[str, str]:
        """Read the URL. Return the headers: ours, and those of a given pool or session that ours do not replace."""
        try:
            parts = urlsplit(self.request.url)
            port, host = parts.port, parts.hostname
        except ValueError:
            raise ConfigurationError(_INVALID_URL) from None
        if parts.scheme not in {"http", "https"}:
            raise ConnectError("The URL does not begin with https:// or http://.", retryable=False)
        if not host or _CONTROL.search(self.request.url):
            raise ConfigurationError(_INVALID_URL)
        self.scheme, self.host, self.port = parts.scheme, host, port or (443 if parts.scheme == "https" else 80)
        self.target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {name.lower(): value for name, value in (given or {}).items()}
        headers["accept-encoding"] = "identity"
        headers |= {name.lower(): value for name, value in self.request.headers.items()}
        if not all(name.isascii() and value.isascii() for name, value in headers.items()):
            raise ConfigurationError(_INVALID_TEXT)
        if any(map(_BREAK.search, headers.values())):
            raise ConnectError(_INVALID_HTTP, retryable=False)
        return headers

    def begin(self, status: int) -> None:
        """Note the status."""
        self._status = status

    def feed(self, chunk: bytes) -> None:
        """Take a part of the body.

        Raises:
            UnexpectedResponseError: the body is too large.
        """
        if len(self._body) + len(chunk) > MAX_RESPONSE_BYTES:
            raise too_large()
        self._body += chunk

    def finish(self, headers: dict[str, str]) -> None:
        """Take the complete answer."""
        content = decoded(bytes(self._body), headers.get("content-encoding", ""))
        self._response = HttpResponse(self._status or 0, headers, content)

    def result(self) -> HttpResponse:
        """Return the answer, or raise the error."""
        if self._error is not None:
            raise self._error
        if self._response is None:  # pragma: no cover - everything else has passed through as an exception
            raise AssertionError
        return self._response

    @contextmanager
    def guarded(self) -> Generator[None]:
        """Keep the errors of this block, in our words, for `result()`; what interrupts it passes."""
        try:
            yield
        except Exception as exc:  # noqa: BLE001 - it is raised elsewhere
            self._error = self._translated(exc) or exc
        finally:
            self.wire.over = True

    def _translated(self, exc: Exception) -> EngagementError | None:
        links = chain(exc)
        for link in links:
            if isinstance(link, EngagementError):
                # The frames in between belong to the library, and their variables hold the request.
                link.__cause__ = link.__context__ = None
                if isinstance(link, UnexpectedResponseError):
                    link.status = self._status
                return link.with_traceback(None)
        refusal = unverified_certificate(exc)
        if refusal is not None:
            return ConnectError(UNVERIFIED.format(host=self.host, reason=refusal), retryable=False)
        return self._before_it_was_sent(links) if not self.wire.sent else self._afterwards(links)

    def _before_it_was_sent(self, links: list[BaseException]) -> EngagementError | None:
        known = self._known
        # Only the system's own words: a library's may have the URL in them.
        cause = next((link for link in reversed(links) if isinstance(link, OSError) and link.errno is not None), None)
        proxy = known.proxy if cause is None else ()
        meanings: tuple[tuple[tuple[type[Exception], ...], EngagementError], ...] = (
            (known.url, ConfigurationError(_INVALID_URL)),
            ((UnicodeError,), ConfigurationError(_INVALID_TEXT)),
            (known.late, early_end(self.host, "", late=True, maybe_sent=False)),
            (proxy, ConnectError(NO_WAY.format(host=self.host))),
        )
        if self.proxy is None and isinstance(cause, ConnectionRefusedError):
            return ConnectError(refused(self.host, self.port))
        for types, error in meanings:
            if any(isinstance(link, types) for link in links):
                return error
        if not isinstance(links[0], known.broken):
            return ConnectError(_INVALID_HTTP, retryable=False) if isinstance(links[0], ValueError) else None
        return early_end(self.host, "" if cause is None else _words(cause), late=False, maybe_sent=False)

    def _afterwards(self, links: list[BaseException]) -> EngagementError | None:
        known = self._known
        if any(isinstance(link, known.unreadable) for link in links):
            return UnexpectedResponseError(f"The answer of {self.host} could not be read.", status=self._status)
        if not isinstance(links[0], known.broken + known.late):
            return None
        late = any(isinstance(link, known.late) for link in links)
        return early_end(self.host, "", late=late, maybe_sent=True)


def _words(cause: OSError) -> str:
    """Return what the system says, also where a library has put its own words around it."""
    own = type(cause).__module__.partition(".")[0] not in {"builtins", "socket", "ssl"}
    return reason(OSError(cause.errno, cause.strerror)) if own else reason(cause)
