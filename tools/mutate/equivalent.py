"""Mutants that behave as the code does, so that no test can notice them."""

__all__ = ["EQUIVALENT"]

EQUIVALENT: dict[str, str] = {}
"""A part of what `python -m tools.mutate` prints for a mutant, and the reason."""
