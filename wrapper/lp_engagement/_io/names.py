"""DNS lookups that a caller can abandon.

The system's look-up cannot be interrupted and may take half a minute. It runs in a daemon thread, one for each host at
a time however many callers wait for it, so that neither a deadline nor the end of the program has to wait.
"""

from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, NamedTuple

__all__ = ["Address", "addresses_of", "look_up"]


class Address(NamedTuple):
    """Where a socket can connect to."""

    family: int
    place: tuple[Any, ...]


class _Running:
    """The look-ups of this process that have not ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.futures: dict[tuple[str, int], Future[list[Address]]] = {}


_running = [_Running()]


def _start_anew() -> None:
    # A child has none of its parent's threads.
    _running[0] = _Running()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def look_up(host: str, port: int) -> Future[list[Address]]:
    """Begin to look a host up, or join a look-up that runs. The result is never empty; the error is an `OSError`."""
    literal = _literal(host, port)
    if literal is not None:
        return literal
    running = _running[0]
    with running.lock:
        future = running.futures.get((host, port))
        if future is not None:
            return future
        future = running.futures[host, port] = Future()
    try:
        threading.Thread(target=_resolve, args=(running, host, port), name="lp-engagement-dns", daemon=True).start()
    except RuntimeError:
        # No more threads: the system is at its limit, or the interpreter is about to end.
        _resolve(running, host, port)
    return future


def addresses_of(lookup: Future[list[Address]], timeout: float = 0) -> list[Address]:
    """Return what a look-up finds in time, or raise why it does not, as an error of the caller's own."""
    failure = lookup.exception(timeout)
    if failure is not None:
        raise OSError(*failure.args)
    return lookup.result()


def _literal(host: str, port: int) -> Future[list[Address]] | None:
    """The address that a host is already, which takes no time to look up."""
    try:
        version = ip_address(host.partition("%")[0]).version
    except ValueError:
        return None
    future: Future[list[Address]] = Future()
    if "%" not in host:
        family = socket.AF_INET if version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
        future.set_result([Address(family, (host, port))])
        return future
    try:
        future.set_result(_addresses(host, port, socket.AI_NUMERICHOST))
    except OSError as error:
        future.set_exception(error)
    return future


def _resolve(running: _Running, host: str, port: int) -> None:
    found: list[Address] = []
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "the name has no address")
    try:
        found = _addresses(host, port)
    except OSError as error:
        failure = error
    except Exception:  # noqa: BLE001 - whatever it is, somebody waits for the end; a name that is none raises UnicodeError
        failure = socket.gaierror(socket.EAI_NONAME, "the name cannot be looked up")
    with running.lock:
        future = running.futures.pop((host, port))
    # Whoever was waiting may have gone, with its event loop.
    with suppress(RuntimeError):
        if found:
            future.set_result(found)
        else:
            future.set_exception(failure)


def _addresses(host: str, port: int, flags: int = 0) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(Address(family, place) for family, _, _, _, place in found))
