"""Each check fails on a planted fault, prints the fix, and passes without the fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tools.repository import PACKAGES, ROOT, SPEC, copies

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

MODULES = "tools/redocly/node_modules"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

# Checks whose planted faults are in tests of their own.
PLANTED_ELSEWHERE = {
    "docs": "test_docs_site.py::test_broken_page_is_named",
    "check-breaking": "test_release.py::test_breaking_changes_are_caught",
    "check-links": "test_links.py::test_the_fix_is_printed",
    "test-fresh": "test_fresh.py::test_the_fix_is_printed",
    "test-wheel": "test_wheel.py::test_the_suite_sees_what_is_lost",
    "clients": "test_clients.py::test_what_differs_is_named",
    "drill": "test_drill.py::test_a_consumer_that_does_not_know_fails_the_drill",
}

needs_redocly = pytest.mark.skipif(
    not (ROOT / MODULES).is_dir(), reason="Redocly is not set up here; `make check-breaking` does it"
)


def fixes() -> dict[str, str]:
    """The fix that the Makefile prints for each check."""
    found = dict(re.findall(r"^([a-z-]+): FIX := (.*)$", MAKEFILE, re.MULTILINE))
    return {gate: fix.replace("$(SPEC)", SPEC) for gate, fix in found.items()}


def gates() -> list[str]:
    """The targets that `make check` and `make check-more` run."""
    check, more = re.findall(r"^check(?:-more)?: (.*?)##", MAKEFILE, re.MULTILINE)
    return [*check.split(), *more.split()]


# ------------------------------------------------------------------------------------------------- a check in a copy


class Gate(NamedTuple):
    """A check and the files it needs.

    Attributes:
        name: the target of the Makefile.
        reads: the files of the repository that it reads, besides the Makefile and pyproject.toml.
        makes: the contents of small files invented for it, because the whole repository would take too long.
        arguments: arguments of `make` besides the target.
    """

    name: str
    reads: tuple[str, ...] = ()
    makes: Mapping[str, str] = {}
    arguments: tuple[str, ...] = ()


MODULE = '"""A module."""\n\nNAME: str = "a"\n'
TYPED = [f"{folder}/{package}" for package, folder in PACKAGES.items()]
FLOWS = ".github/workflows"
LINT = Gate("lint", (".github", ".yamllint", SPEC), {"wrapper/a/__init__.py": MODULE})
TYPES = Gate(
    "types",
    (
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "tools/dist/build.py",
        "tools/dist/metadata.py",
        "tools/pages",
        "tools/repository",
        "tools/verify_types",
    ),
    {
        **{f"{folder}/in_{folder}.py": MODULE for folder in ("benchmarks", "examples", "generator", "tests", "tools")},
        **{f"{package}/__init__.py": MODULE for package in TYPED},
        **{f"{package}/py.typed": "" for package in TYPED},
        f"{TYPED[0]}/_common/version.py": '"""A version."""\n\n__version__ = "0.1.0"\n',
    },
)
LINT_SPEC = Gate("lint-spec", (SPEC, "generator"))
GENERATED = Gate("check-generated", (SPEC, "generator", "generated_client", "docs"))
LOSING = """[tool.hatch.build.targets.wheel]
exclude = ["*.css"]"""
# A build hook that writes the time zone into the archives.
HOOK = """
[tool.hatch.build.targets.sdist.hooks.custom]
path = "hatch_build.py"
"""
ZONE = """import os
from pathlib import Path
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        Path(self.root, "wrapper/lp_engagement/zone.txt").write_text(os.environ.get("TZ", ""))
"""
DIST = Gate(
    "dist",
    (SPEC, "README.md", "LICENSE", "CHANGELOG.md", "wrapper", "generated_client", "tools/dist", "tools/repository"),
    {"hatch_build.py": ZONE},
)
DEMO = Gate("demo", ("wrapper", "generated_client"))
TEST = Gate(
    "test",
    ("tests/conftest.py",),
    {"tests/test_planted.py": "def test_planted() -> None:\n    assert 1\n"},
    ("PYTEST_ARGS=-n 0 tests/test_planted.py",),
)


class Copy:
    """A copy of the files that a check reads, in which a test can plant a fault."""

    def __init__(self, root: Path, gate: Gate) -> None:
        self.root = root
        self.gate = gate
        copies.copy(("Makefile", "pyproject.toml", *gate.reads), root)
        for name, text in gate.makes.items():
            self.write(name, text)
        (root / MODULES).parent.mkdir(parents=True, exist_ok=True)
        (root / MODULES).symlink_to(ROOT / MODULES)

    def read(self, name: str) -> str:
        """The text of a file."""
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def make(self) -> subprocess.CompletedProcess[str]:
        """Run the check."""
        return copies.make(self.root, self.gate.name, *self.gate.arguments)


def test_without_a_fault(tmp_path: Path) -> None:
    """A check that finds no fault prints no fix; `.ci/run` shows that each passes on the repository."""
    done = Copy(tmp_path, LINT).make()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fix:" not in done.stderr


class Fault(NamedTuple):
    """A fault that a check must find.

    Attributes:
        gate: the target of make.
        file: the file that it is planted in.
        old: the text that it replaces; empty to append it.
        new: the fault.
        finding: part of the message by which the check reports it.
    """

    gate: Gate
    file: str
    old: str
    new: str
    finding: str


FAULTS = {
    "lint": Fault(LINT, "wrapper/a/__init__.py", "NAME", "import os\n\nNAME", "F401"),
    "lint-format": Fault(LINT, "wrapper/a/__init__.py", ' = "', ' =  "', "would be reformatted"),
    "lint-yaml": Fault(LINT, SPEC, "paths:", "paths:  ", "trailing-spaces"),
    "lint-workflow": Fault(LINT, f"{FLOWS}/ci.yml", ".ci/run", ".ci/run ${{ github.head_ref }}", "template-injection"),
    "lint-workflow-key": Fault(LINT, f"{FLOWS}/docs.yml", "    runs-on:", "    run-on:", "docs.yml as workflow"),
    "types": Fault(TYPES, "tools/in_tools.py", ": str", ": int", "[assignment]"),
    "types-pyright": Fault(TYPES, "tools/in_tools.py", MODULE, f"import os\n{MODULE}", "reportUnused"),
    "lint-spec": Fault(LINT_SPEC, SPEC, "x-pii: true", "x-pi: true", "`x-pi` is no known extension. Write `x-pii`."),
    # The project's own check leaves the values of `license` to the specification of OpenAPI.
    "lint-spec-openapi": Fault(
        LINT_SPEC, SPEC, "identifier: MIT", "identifier: MIT\n    url: https://example.com", "is not allowed for"
    ),
    "check-generated": Fault(GENERATED, SPEC, "pausesSeconds: [", "pausesSeconds: [2, ", "/facts.py"),
    "dist": Fault(
        DIST, "pyproject.toml", "[tool.hatch.build.targets.wheel]", LOSING, "lacks wrapper/lp_engagement/simulator/page"
    ),
    "dist-bytes": Fault(DIST, "pyproject.toml", "", HOOK, "other bytes"),
    "demo": Fault(DEMO, "wrapper/lp_engagement/stores/sqlite.py", "0o600", "0o644", "nobody but its owner"),
    "test": Fault(TEST, "tests/test_planted.py", "assert 1", "assert 0", "1 failed"),
}


@needs_redocly
@pytest.mark.parametrize("name", FAULTS)
def test_planted_fault(name: str, tmp_path: Path) -> None:
    """Each check reports a planted fault, fails, and prints its fix last."""
    fault = FAULTS[name]
    tree = Copy(tmp_path, fault.gate)
    text = tree.read(fault.file)
    assert fault.old in text
    tree.write(fault.file, text.replace(fault.old, fault.new, 1) if fault.old else text + fault.new)
    done = tree.make()
    assert done.returncode
    assert fault.finding in done.stdout + done.stderr
    assert copies.complaints(done)[-1] == f"fix: {fixes()[fault.gate.name]}"


# -------------------------------------------------------------------------------------------- nothing is left out


@pytest.mark.parametrize("gate", gates())
def test_gate_has_a_planted_fault(gate: str) -> None:
    """For each check a fault is planted above, or in an existing test elsewhere."""
    if gate not in {fault.gate.name for fault in FAULTS.values()}:
        file, _, function = PLANTED_ELSEWHERE[gate].partition("::")
        assert f"def {function}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("gate", gates())
def test_check_prints_its_fix(gate: str) -> None:
    """Each command of each check prints the fix when it fails."""
    assert fixes()[gate]
    recipe = re.search(rf"^{gate}:.*##.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    commands = recipe[1].replace("\\\n", "").splitlines()
    assert [command for command in commands if not command.endswith(" $(OR_FIX)")] == []


def test_page_of_the_gates() -> None:
    """docs/checks.md lists the checks in their order, with the Makefile's words."""
    checks = dict(re.findall(r"^([a-z-]+):.*?## (.*)$", MAKEFILE, re.MULTILINE))
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8").replace("`", "")
    rows = re.findall(r"^\| make ([a-z-]+) \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    assert rows == [(gate, checks[gate], fixes()[gate]) for gate in gates()]


def test_ci_runs_every_gate() -> None:
    """Continuous integration runs every target of `make check` and `make check-more`; the tests build the site."""
    script = re.sub("#.*", "", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert set(gates()) - set(re.findall(r"[a-z-]+", script)) == {"docs"}
    assert 'copies.make(ROOT, "docs"' in (ROOT / "tests" / "test_docs_site.py").read_text(encoding="utf-8")
