"""A base class whose instances belong to one process, and raise when they are pickled or copied."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex


class StaysInItsProcess:
    """Refuses to be pickled or copied, in a sentence."""

    __slots__ = ()

    def __reduce_ex__(self, _: SupportsIndex, /) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: it uses connections and a store of this process. "
            "Make a client in each process; the visit is found again there by client.visit(key)."
        )
