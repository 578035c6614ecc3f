"""Mutants that behave as the code does, so that no test can notice them."""

__all__ = ["EQUIVALENT"]

EQUIVALENT: dict[str, str] = {
    "0.0 to 1.0: self.settle_at = 0.0": "the monotonic clock of a machine that runs Python is past its first second",
    "65536 to 65537: gap =": "only a page of 65536 bytes has 0 there, and the byte behind it is the next page's first",
    "self._suites.close()": "an unreachable temporary file is closed by Python",
    "self._cases.close()": "an unreachable temporary file is closed by Python",
    "self._problems.close()": "an unreachable temporary file is closed by Python",
    "os.O_EXCL, 0o600": "the mode is set in the next line",
    "n=1, cutoff=": "the closest comes first, however many there are",
    "GtE to Gt: if connection.owed": "the clock goes on",
    "3 to 4: text = _without": "more is searched than is shown",
    # Only the speed depends on these numbers.
    "_AHEAD = ": "how many pieces wait for a process",
    "_LARGEST_REBUILD": "up to what size a file is searched and rebuilt at once",
    "And to Or: if text.lstrip()[:1] in": "other strings than these are no JSON, which the parser finds out too",
    "st_size > 0": "an empty log is emptied again",
    "no not: fits = not is_plain": "what is known to be plain JSON, and what is not, get the same verdict by both ways",
    "A_FEW = ": "how many keys are compared with the spec",
    "_MOST_REMNANTS = ": "from how many strings on a rebuild is quicker than a search",
    "_CHUNK = ": "rows per transaction of a purge",
    "_SWEEP_EVERY": "saves per sweep, on average",
    "_FIRST_PAUSE": "how soon a busy file is tried again",
    "_SETTLE_EVERY = ": "how often an overwriting that was blocked is tried again",
    "_PIECE = ": "bytes of a stream that are read at a time",
    "POLL_SECONDS = ": "how often a caller looks for the lease",
}
"""A part of what `python -m tools.mutate` prints for a mutant, and the reason."""
