"""Opens TCP connections: the system's own calls, without any HTTP library."""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .names import Address
    from .wire import Wire

    SocketOptions = Iterable[tuple[Any, ...]] | None

__all__ = ["check_connected", "is_readable", "open_socket", "race", "stagger"]

_STAGGER = 0.25
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS)}


def stagger(left: float, others: int) -> float:
    """Return the seconds after which another address is tried as well, if there are others (RFC 8305)."""
    return min(_STAGGER, left / (2 * others)) if others else left


def open_socket(address: Address, local_address: str | None, options: SocketOptions) -> socket.socket:
    """Begin to connect; the socket can be written to when it is done."""
    opened = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in options or ():
            opened.setsockopt(*option)
        if local_address is not None:
            opened.bind((local_address, 0))
        _check(opened.connect_ex(address.place), _UNDER_WAY)
    except BaseException:
        opened.close()
        raise
    return opened


def check_connected(opened: socket.socket) -> None:
    """Raise why a socket has not connected, if it has not."""
    _check(opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), {0})


def _check(code: int, good: set[int]) -> None:
    if code not in good:
        raise OSError(code, os.strerror(code))


def race(addresses: list[Address], wire: Wire, local_address: str | None, options: SocketOptions) -> socket.socket:
    """Connect to one address after the other, without giving up on the earlier ones; return the first that is there."""
    failure: OSError | None = None
    waiting = list(addresses)
    with selectors.DefaultSelector() as trying:
        try:
            while waiting or trying.get_map():
                left = wire.left()
                if waiting:
                    try:
                        trying.register(open_socket(waiting.pop(0), local_address, options), selectors.EVENT_WRITE)
                    except OSError as error:
                        failure = error
                        continue
                for key, _ in trying.select(stagger(left, len(waiting))):
                    opened: socket.socket = key.fileobj  # type: ignore[assignment]
                    trying.unregister(opened)
                    try:
                        check_connected(opened)
                    except OSError as error:
                        failure = error
                        opened.close()
                    else:
                        return opened
        finally:
            for key in list(trying.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
    raise failure or TimeoutError


def is_readable(raw: socket.socket) -> bool:
    """Whether something has arrived, or the connection is at its end."""
    number = raw.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([number], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))
