"""The change report and the gate against breaking changes, each shown to see what was planted."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tools.spec_diff import __main__ as spec_diff
from tools.spec_diff import gate, versions

if TYPE_CHECKING:
    from pathlib import Path

SPEC = (versions.ROOT / versions.SPEC).read_text(encoding="utf-8")
needs_redocly = pytest.mark.skipif(
    not (versions.ROOT / versions.REDOCLY).is_file(), reason="redocly is not set up here; `make lint-spec` does it"
)
EMPTY = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- **Breaking:** long ago\n"


def report(monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> str:
    """What is reported about a spec whose older version had other texts."""
    base = SPEC
    for now, before in changes:
        assert now in base
        base = base.replace(now, before)
    # It is rated by a program of its own, which not every machine has.
    monkeypatch.setattr(spec_diff, "redocly", lambda *_: [])
    return spec_diff.report(base, "a test")


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report of a spec that is as it was says so in one line."""
    assert report(monkeypatch) == "The spec is as in a test.\n"


def test_what_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field made required and one renamed: the report names payloads, signatures, and the major consequence."""
    told = report(
        monkeypatch,
        ("required: [type, total, numItems]", "required: [type, total]"),
        ("        storeNumber:", "        shopNumber:"),
    )
    assert "code-demo-cart-title-key.json: error LPE102 at /title  ->  error LPE101 at /numItems" in told
    assert "~ lp_engagement_client.sde.cart: num_items: int | None = None  ->  num_items: int\n" in told
    assert "- lp_engagement_client.models.customer_info.CustomerInfo.shop_number" in told
    assert "lp_engagement_client.sde.cart: Parameter is now required: num_items" in told
    assert "Consequence: major" in told
    assert "**Breaking:**" in told


def test_what_only_adds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new enum value and another text of a rule are a minor consequence, and nothing breaks."""
    told = report(
        monkeypatch,
        ("enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE]"),
        ("fix: Add the field.", "fix: Add it."),
    )
    assert "~ LPE101 missing-mandatory: fix" in told
    assert "breaking for Python callers: none" in told
    assert "Consequence: minor" in told


# ---------------------------------------------------------------------------------------------------------- the gate


class Released:
    """A repository with a release tag, in which something can be changed."""

    def __init__(self, root: Path, *, tag: str | None = "v0.1.0") -> None:
        self.root = root
        for folder in ("openapi", "wrapper", "generated_client"):
            shutil.copytree(versions.ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.write("CHANGELOG.md", EMPTY)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=first")
        if tag:
            self.git("tag", tag)

    def git(self, *arguments: str) -> None:
        """Run git here."""
        assert versions.git(self.root, *arguments) is not None

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.root / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def check(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        """Run the gate."""
        monkeypatch.setattr("sys.argv", ["gate", "--root", str(self.root)])
        return gate.main(), capsys.readouterr().out


@pytest.fixture
def released(tmp_path: Path) -> Released:
    """A repository that has been released."""
    return Released(tmp_path / "repository")


def test_without_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing has been released the gate says so, and passes."""
    code, told = Released(tmp_path / "repository", tag=None).check(monkeypatch, capsys)
    assert code == 0
    assert "no release yet" in told


@needs_redocly
def test_nothing_broken(
    released: Released, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository that is as it was released passes."""
    assert released.check(monkeypatch, capsys) == (0, "0 breaking changes since v0.1.0.\n")


PLANTED = [
    pytest.param(
        versions.SPEC, "enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE]", "spec: Enum of `gender`", id="spec"
    ),
    pytest.param(
        "generated_client/lp_engagement_client/sde.py", "    social_id: str | None = None,\n", "", "social_id", id="sde"
    ),
    pytest.param("wrapper/lp_engagement/retry.py", "NEVER = ", "NEVER_AGAIN = ", "retry.NEVER", id="wrapper"),
]


@needs_redocly
@pytest.mark.parametrize("file, old, new, named", PLANTED)
def test_a_breaking_change_is_caught(
    released: Released,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    named: str,
) -> None:
    """What breaks callers fails the gate, which names it and the mend; a line in the changelog lets it pass."""
    released.change(file, old, new)
    code, told = released.check(monkeypatch, capsys)
    assert code == 1
    assert named in told
    assert "- **Breaking:**" in told
    released.change("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- **Breaking:** it is gone\n")
    code, told = released.check(monkeypatch, capsys)
    assert (code, "the changelog says so" in told) == (0, True)


@needs_redocly
def test_an_addition_needs_a_line(
    released: Released, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What only adds something fails until the changelog has a line about it, of whatever kind."""
    released.change(versions.SPEC, "enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE, OTHER, DIVERSE]")
    code, told = released.check(monkeypatch, capsys)
    assert (code, "Add a line to CHANGELOG.md" in told) == (1, True)
    released.change("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- one more gender\n")
    assert released.check(monkeypatch, capsys)[0] == 0
