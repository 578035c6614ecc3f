"""One edit of the spec, one command, and every consumer knows: the short form of `make drill`."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from generator import regenerate, spec
from tools.drill import __main__ as drill
from tools.drill.edits import CONSUMERS, EDITS
from tools.drill.probes import PROBES
from tools.drill.workshop import Told, Workshop
from tools.repository import SPEC

if TYPE_CHECKING:
    from pathlib import Path


def test_every_consumer_knows(tmp_path: Path) -> None:
    """After the edit and `make generate` every consumer that it concerns knows it, and nothing else was touched."""
    told, changed = drill.drill("new-type", tmp_path)
    assert [each for each in told if not each.knows] == []
    assert [file for file in changed if not file.startswith(drill.GENERATED)] == [SPEC]


def test_nobody_knows_without_the_edit(tmp_path: Path) -> None:
    """Without an edit every question about it is answered with no, so that a yes proves something."""
    told = Workshop(tmp_path / "unedited").ask(*EDITS)
    assert len(told) == len(PROBES)
    assert [each for each in told if each.knows] == []


@pytest.mark.parametrize("name", EDITS)
def test_every_consumer_is_asked_or_excused(name: str) -> None:
    """Each consumer is asked about each edit, unless there is a reason why it is not concerned."""
    asked = {consumer for edit, consumer in PROBES if edit == name}
    assert asked | EDITS[name].not_concerned.keys() == set(CONSUMERS)
    assert asked & EDITS[name].not_concerned.keys() == set()


def test_a_consumer_that_does_not_know_fails_the_drill(capsys: pytest.CaptureFixture[str]) -> None:
    """The spec-edit test fails if a consumer misses the edit, is not tested, or a file was edited by hand."""
    concerned = [each for each in CONSUMERS if each not in EDITS["new-type"].not_concerned]
    everybody = [Told(consumer, "new-type", knows=True, words="") for consumer in concerned]
    assert drill.report("new-type", everybody, [SPEC])
    assert not drill.report("new-type", everybody[1:], [SPEC])
    assert not drill.report("new-type", [everybody[0]._replace(knows=False), *everybody[1:]], [SPEC])
    assert not drill.report("new-type", everybody, [SPEC, "wrapper/lp_engagement/_core/operations.py"])
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
