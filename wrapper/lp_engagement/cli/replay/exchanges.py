"""Sends recorded requests again, with the ids that the server gives this time, and compares the answers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from lp_engagement._core.read_response import loading_visitor_id, read
from lp_engagement.errors import TransportError
from lp_engagement.simulator.engine import FAULT_HEADER
from lp_engagement.transports import HttpRequest, HttpResponse
from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement.transports import Transport

    from .recording import Recorded

__all__ = ["Replay"]

_NAMES = facts.FIELDS["EngagementAnswer"]
_IDS = tuple(_NAMES[role] for role in ("visitor_id", "session_id", "page_id"))
_ERROR = facts.FIELDS["ErrorEntity"]
_VARIES = frozenset([*_IDS, _ERROR["time"], _ERROR["message"]])
"""Members that differ from run to run."""
_STRING = re.compile(rb'"([^"\\]*)"')


class Replay:
    """Sends recorded requests, one after another.

    Args:
        transport: sends them.
        base_url: scheme, host and port to send them to.
        timeout: the limit for each, in seconds.
        faults: whether to ask for the recorded faults.
        advance: moves the clock of the other side by seconds; `None` if there is none.
    """

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        *,
        timeout: float,
        faults: bool,
        advance: Callable[[float], None] | None,
    ) -> None:
        self._transport = transport
        self._base_url = base_url
        self._timeout = timeout
        self._faults = faults
        self._advance = advance
        self._ids: dict[str, str] = {}
        self._before: float | None = None

    def send(self, recorded: Recorded) -> str:
        """Send a request, and say how its answer differs from the recorded one; an empty string if it does not.

        Raises:
            EngagementError: the request cannot be sent, or the answer cannot be read.
        """
        self._move_clock(recorded)
        try:
            response = self._transport.send(self._request(recorded), timeout=self._timeout)
        except TransportError as error:
            return "" if recorded.status is None else f"{recorded.status} was recorded, now {type(error).__name__}"
        if recorded.status is None:
            return f"no answer was recorded, now {response.status}"
        expected = HttpResponse(recorded.status, {}, recorded.answer)
        for old, new in zip(_ids(expected, recorded.operation), _ids(response, recorded.operation), strict=True):
            if old and new:
                self._ids[old] = new
        if response.status != expected.status:
            return f"{expected.status} was recorded, now {response.status}"
        names = sorted(_differing(_object(expected.content), _object(response.content)))
        return f"the answer differs in {', '.join(names)}" if names else ""

    def _move_clock(self, recorded: Recorded) -> None:
        if self._advance is not None and self._before is not None and recorded.at is not None:
            self._advance(max(0.0, recorded.at - self._before))
        self._before = recorded.at

    def _request(self, recorded: Recorded) -> HttpRequest:
        headers = dict(recorded.headers)
        if not self._faults:
            headers.pop(FAULT_HEADER, None)
        elif recorded.fault is not None:
            headers.setdefault(FAULT_HEADER, recorded.fault)
        path = "/".join(quote(self._now(unquote(part)), safe="") for part in recorded.path.split("/"))
        pairs = parse_qsl(recorded.query, keep_blank_values=True)
        query = urlencode([(name, self._now(value)) for name, value in pairs])
        url = f"{self._base_url}{path}?{query}" if query else f"{self._base_url}{path}"
        content = _STRING.sub(self._string_now, recorded.content)
        return HttpRequest(recorded.method, url, headers, content or None)

    def _string_now(self, found: re.Match[bytes]) -> bytes:
        return b'"%b"' % self._now(found[1].decode("latin-1")).encode("latin-1")

    def _now(self, recorded: str) -> str:
        """Return the id that stands for a recorded one, or the text as it is."""
        return self._ids.get(recorded, recorded)


def _ids(response: HttpResponse, operation: str) -> list[str | None]:
    """Return the ids of an answer: those of its members, and that of a loading account's message."""
    entity = _object(response.content)
    own = [entity.get(name) if isinstance(entity.get(name), str) else None for name in _IDS]
    return [*own, loading_visitor_id(read(response, operation))]


def _object(content: bytes) -> dict[str, Any]:
    try:
        entity = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return entity if isinstance(entity, dict) else {}


def _differing(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Name the members that differ, apart from those that always do."""
    names = old.keys() | new.keys()
    return {name for name in names - _VARIES if old.get(name) != new.get(name)} | {
        name for name in names & _VARIES if (name in old) is not (name in new)
    }
