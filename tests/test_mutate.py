"""The mutation test: what it changes, and what it makes of the outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.mutate import __main__ as program
from tools.mutate.mutants import Mutant, mutants, mutated
from tools.repository import ROOT

CODE = '''"""Text."""
if TYPE_CHECKING:
    from a import b
LIMIT: Literal[3] = 4

@cache(5)
def f(a: Literal[1], b) -> Literal[2]:
    """Text."""
    g(a)
    if a < b and (not a):
        return a + b
    return None
'''


def changed(mutant: Mutant) -> set[str]:
    """The lines of a mutant that the code does not have."""
    return {line.strip() for line in mutated(CODE, mutant).splitlines()} - {line.strip() for line in CODE.splitlines()}


def test_one_detail_is_changed() -> None:
    """Comparisons, conjunctions, negations, numbers, statements and results change, one at a time; types do not."""
    assert [(mutant.line, mutant.change, changed(mutant)) for mutant in mutants(CODE)] == [
        (4, "4 to 5", {"LIMIT: Literal[3] = 5"}),
        (9, "no statement", {"None"}),
        (10, "And to Or", {"if a < b or not a:"}),
        (10, "Lt to LtE", {"if a <= b and (not a):"}),
        (10, "no not", {"if a < b and (not not a):"}),
        (11, "return None", set()),
        (11, "Add to Sub", {"return a - b"}),
    ]


def test_sample_is_the_same_in_each_run() -> None:
    """A seed names its mutants, as many of each part, of none of the files that are left out."""
    one, again = program.sample(6, 7), program.sample(6, 7)
    assert one == again
    assert [trial.part for trial in one] == [part for part in program.PARTS for _ in range(2)]
    assert program.sample(6, 8) != one
    assert not any(trial.path.name == "redis.py" for trial in program.sample(300, 7))


def test_every_test_file_is_there() -> None:
    """The tests that are asked about a part are files of this project."""
    for names in program.PARTS.values():
        for name in names:
            assert (ROOT / f"tests/test_{name}.py").is_file()


def test_survivors_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Below 90 % it fails; each survivor is printed with its place, its change and its line."""
    path = Path(program.PACKAGE / "__init__.py")
    survivor = program.MutantRun("_core", path, Mutant(1, 1, "no statement"))
    assert program.report([survivor._replace(outcome="failed")] * 9 + [survivor]) == 0
    assert program.report([survivor]) == 1
    line = path.read_text(encoding="utf-8").splitlines()[0]
    assert f"survived: wrapper/lp_engagement/__init__.py:1: no statement: {line}\n" in capsys.readouterr().out


def test_timeouts_are_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """A mutant whose tests ran out of time is listed, and is not counted as noticed by a test."""
    trial = program.MutantRun("_core", Path(program.PACKAGE / "__init__.py"), Mutant(1, 1, "no statement"), "failed")
    program.report([trial, trial, trial._replace(outcome="timeout"), trial._replace(outcome="survived")])
    printed = capsys.readouterr().out
    assert "4 mutants: 2 noticed by a test, 1 by timeout, 0 by the type checker, 1 survived." in printed
    assert printed.count("timeout: wrapper/lp_engagement/__init__.py:1:") == 1
    assert "Score: 75%; 90% needed." in printed


@pytest.mark.parametrize("body, outcome", [("def test_a(): pass", "survived"), ("def test_a(): assert 0", "failed")])
def test_the_outcome_of_a_run(body: str, outcome: str, tmp_path: Path) -> None:
    """Tests that pass let a mutant survive; a test that fails notices it."""
    test = tmp_path / "test_it.py"
    test.write_text(body, encoding="utf-8")
    assert program.tested([str(test)], tmp_path, 600) == outcome


def test_no_time_is_a_timeout(tmp_path: Path) -> None:
    """Tests that do not end within their time have the outcome "timeout", not "failed"."""
    assert program.tested(["tests/test_mutate.py"], tmp_path, 0.001) == "timeout"


def test_types_that_do_not_fit_are_noticed(tmp_path: Path) -> None:
    """A result that the annotation excludes is an error of the type checker, in a run of all checks."""
    module = tmp_path / "planted.py"
    for result, is_refused in (("True", False), ("None", True)):
        module.write_text(
            f'"""Text."""\n\n\ndef f() -> bool:\n    """Text."""\n    return {result}\n', encoding="utf-8"
        )
        assert program.refused(module, tmp_path) == is_refused


def test_only_tests_that_run_the_line_are_asked() -> None:
    """A line that the import runs is a matter of every test of its file; a mutant that no test runs survives."""
    path = Path(program.PACKAGE / "__init__.py")
    covering = program.Covering({path: {1: [""], 3: ["b", "a"], 9: ["c"], 12: []}}, 600)
    asked = {line: covering.of(program.MutantRun("_core", path, Mutant(1, line, ""))) for line in (1, 3, 5, 9, 12)}
    assert asked == {1: ["a", "b", "c"], 3: ["a", "b"], 5: ["a", "b"], 9: ["c"], 12: []}
    elsewhere = program.MutantRun("_core", path.with_name("other.py"), Mutant(1, 1, ""))
    assert program.tried(elsewhere, covering).outcome == "survived"


def test_lines_and_their_tests_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a part's tests says which of them run which lines, cases of one test together, in threads too."""
    package, tests = tmp_path / "wrapper/planted", tmp_path / "tests"
    package.mkdir(parents=True)
    tests.mkdir()
    (package / "__init__.py").write_text("def f(a):\n    if a:\n        return 1\n    return 2\n", encoding="utf-8")
    (tests / "test_it.py").write_text(
        "import threading, pytest, planted\n"
        "@pytest.mark.parametrize('a', [1, 2])\n"
        "def test_one(a): planted.f(a)\n"
        "def test_two(): (thread := threading.Thread(target=planted.f, args=[0])).start(); thread.join()\n",
        encoding="utf-8",
    )
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    monkeypatch.setattr(program, "ROOT", tmp_path)
    monkeypatch.setitem(program.PARTS, "_core", ("it",))
    one, two = "tests/test_it.py::test_one", "tests/test_it.py::test_two"
    [(path, lines)] = program.measured("_core").tests.items()
    assert path == package / "__init__.py"
    assert {line: sorted(found) for line, found in lines.items()} == {1: [""], 2: [one, two], 3: [one], 4: [two]}
