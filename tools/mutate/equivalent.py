"""Mutants that behave as the code does, so that no test can notice them."""

__all__ = ["EQUIVALENT"]

EQUIVALENT: dict[str, str] = {
    "0.0 to 1.0: self.settle_at = 0.0": "the monotonic clock of a machine that runs Python is past its first second",
}
"""A part of what `python -m tools.mutate` prints for a mutant, and the reason."""
