"""`make drill` asks every consumer about every edit, and fails as it should."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from generator import regenerate, spec
from tools.drill import __main__ as drill
from tools.drill.edits import CONSUMERS, EDITS
from tools.drill.probes import PROBES
from tools.drill.workshop import Told
from tools.repository import SPEC

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", EDITS)
def test_every_consumer_is_asked_or_excused(name: str) -> None:
    """Each consumer is asked about each edit, unless there is a reason why it is not concerned."""
    asked = {consumer for edit, consumer in PROBES if edit == name}
    assert asked | EDITS[name].not_concerned.keys() == set(CONSUMERS)
    assert asked & EDITS[name].not_concerned.keys() == set()


def test_a_consumer_that_does_not_know_fails_the_drill(capsys: pytest.CaptureFixture[str]) -> None:
    """It fails if a consumer misses an edit or is not asked, a question proves nothing, or a type is wrong."""
    concerned = [each for each in CONSUMERS if each not in EDITS["new-type"].not_concerned]
    everybody = [Told(consumer, "new-type", knows=True, words="") for consumer in concerned]
    good = drill.Drilled(everybody, [SPEC, "docs/rules.md"], None)
    assert drill.report(["new-type"], good, [])
    assert not drill.report(["new-type"], good._replace(told=everybody[1:]), [])
    assert not drill.report(["new-type"], good._replace(told=[everybody[0]._replace(knows=False), *everybody[1:]]), [])
    assert not drill.report(["new-type"], good._replace(changed=[SPEC, "wrapper/lp_engagement/visit.py"]), [])
    assert not drill.report(["new-type"], good._replace(types="error: [arg-type]"), [])
    assert not drill.report(["new-type"], good, everybody[:1])
    assert "NO models" in capsys.readouterr().out


def test_a_field_of_an_impression_that_only_the_caller_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A field without a source in the spec becomes an optional argument of the impression's method."""
    document = spec.load()
    members = document["components"]["schemas"]["ImpClose"]["properties"]
    members["reason"] = {"type": "string", "description": "Why it was closed."}
    monkeypatch.setattr(spec, "load", lambda: document)
    with redirect_stdout(StringIO()):
        made = regenerate.build(tmp_path)
    text = (made / "impressions.py").read_text(encoding="utf-8")
    assert "def closed(self, *, reason: str | None = None) -> Payload:" in text
    assert "reason: Why it was closed." in text
    assert "def displayed(self) -> Payload:" in text
