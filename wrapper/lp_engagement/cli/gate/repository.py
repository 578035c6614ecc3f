"""The folders that surround a folder in its repository."""

from __future__ import annotations

import os


def surrounding(folder: str) -> list[str]:
    """List a folder and its parents up to the root of its repository, which has `.git`.

    Outside a repository, only the folder itself: files above it can belong to somebody else.
    """
    top = os.path.abspath(folder)  # noqa: PTH100 - pathlib resolves links here
    found = [top]
    while not os.path.exists(os.path.join(found[-1], ".git")):  # noqa: PTH110, PTH118 - text is quicker in long lists
        parent = os.path.dirname(found[-1])  # noqa: PTH120 - see above
        if parent == found[-1]:
            return [top]
        found.append(parent)
    return found
