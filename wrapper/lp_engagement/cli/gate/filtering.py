"""Between the check and the reports: decides which problems count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lp_engagement.validation import schemas
from lp_engagement.validation.checker import Tally
from lp_engagement.validation.reports.base import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lp_engagement.validation.checker import Finding

    from .baseline import Baseline


class Filter(Report):
    """Passes on the problems that count, and counts them.

    Args:
        reports: receive the problems.
        admits: whether a problem counts at all, by its rule and file.
        baseline: the known problems, which are not handed on.
        collects: make all problems known ones, instead of looking for new ones.
        most: the number of problems that are handed on; more are only counted.
    """

    def __init__(
        self,
        reports: Iterable[Report],
        admits: Callable[[Finding], bool],
        *,
        baseline: Baseline | None = None,
        collects: bool = False,
        most: int | None = None,
    ) -> None:
        # The reports have a stream each; this one writes nothing.
        self._reports = list(reports)
        self._admits = admits
        self._baseline = baseline
        self._collects = collects
        self._most = most
        self._of_file = Tally()
        self._last_invalid = 0
        self.total: Tally = Tally()
        self.new: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        self.fixed: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Count a problem and hand it on, unless it is left out or known."""
        if not self._admits(finding):
            return
        rule = finding.problem.rule
        if self._baseline is not None and self._is_known(self._baseline, finding):
            self.known[rule] += 1
            return
        self.new[rule] += 1
        self._count(finding)
        if self._most is None or self.new.total() <= self._most:
            for report in self._reports:
                report.add(finding)

    def _is_known(self, baseline: Baseline, finding: Finding) -> bool:
        if self._collects:
            baseline.add(finding)
            return True
        return baseline.take(finding)

    def _count(self, finding: Finding) -> None:
        if finding.problem.level == "warning":
            self._of_file.warnings += 1
            return
        self._of_file.errors += 1
        # The problems of a payload follow one another.
        if finding.document != self._last_invalid:
            self._of_file.invalid += 1
            self._last_invalid = finding.document

    def file_done(self, name: str, tally: Tally) -> None:
        """Finish a file, with the counts of the problems that count."""
        if self._baseline is not None and not self._collects:
            self.fixed += self._baseline.left(name)
        self._of_file.documents = tally.documents
        for report in self._reports:
            report.file_done(name, self._of_file)
        self.total.add(self._of_file)
        self._of_file, self._last_invalid = Tally(), 0

    def close(self, files: int, tally: Tally) -> None:  # noqa: ARG002 - it counts what is left out too
        """Finish the reports."""
        for report in self._reports:
            report.close(files, self.total)

    def abandon(self) -> None:
        """Discard the reports."""
        for report in self._reports:
            report.abandon()

    def notes(self, *, statistics: bool) -> Iterator[str]:
        """Yield what a person wants to know besides the problems, in lines."""
        if statistics and self.new + self.known:
            yield from _by_rule(self.new, None if self._baseline is None else self.known)
        if self._most is not None and self.new.total() > self._most:
            left_out = self.new.total() - self._most
            yield f"Problems not shown, because of --max-problems {self._most}: {left_out}."
        if self._baseline is None:
            return
        if self._collects:
            counts = f"problems: {self._baseline.total}, files with problems: {self._baseline.files}"
            yield f"Wrote {self._baseline.name} ({counts})."
            return
        if self.known:
            yield f"Known problems, in {self._baseline.name}: {self.known.total()}."
        if self.fixed:
            rules = ", ".join(f"{rule} {count}" for rule, count in sorted(self.fixed.items()))
            yield (
                f"Fixed problems, still in {self._baseline.name}: {self.fixed.total()} ({rules}). "
                "To remove them, check all files with --write-baseline."
            )


def _by_rule(new: Counter[str], known: Counter[str] | None) -> Iterator[str]:
    names = {rule["id"]: name for name, rule in schemas.load("rules").items()}
    yield "   new  known  rule" if known is not None else " count  rule"
    for rule, _ in (new + (known or Counter())).most_common():
        middle = f"  {known[rule]:5}" if known is not None else ""
        yield f"{new[rule]:6}{middle}  {rule} {names[rule]}"
