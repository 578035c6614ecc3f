"""The page that lists all faults."""

from __future__ import annotations

from tests.faults.page import PAGE, page


def test_the_page_lists_all_faults() -> None:
    """docs/faults.md is what the tables make; `python -m tests.faults.page` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()
