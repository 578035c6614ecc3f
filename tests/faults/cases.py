"""All cases that are rows of tables."""

from __future__ import annotations

from . import cases_answers, cases_stores, cases_wire

CASES = (*cases_wire.CASES, *cases_answers.CASES, *cases_stores.CASES)
