"""The facts of the generated client that is on the path, one by one, as JSON: `python -m tools.spec_diff.facts`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lp_engagement_client import facts

if TYPE_CHECKING:
    from collections.abc import Iterator


def flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield the parts of a value, each with its path."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, frozenset):
        # What comes and goes are the members.
        value = dict.fromkeys(sorted(value, key=str), "")
    if not isinstance(value, Mapping):
        yield " ".join(path), str(value)
        return
    for key, each in value.items():
        name = " ".join(str(part) for part in key if part is not None) if isinstance(key, tuple) else str(key)
        yield from flat(each, (*path, name))


if __name__ == "__main__":
    print(json.dumps(dict(flat({name: value for name, value in vars(facts).items() if name.isupper()}))))
