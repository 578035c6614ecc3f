"""`make release` works in a clone without a network, and `make check-breaking` compares with what it has released."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tools.release import __main__ as release
from tools.release import breaking, changelog, snapshot
from tools.repository import ROOT, copies, files, git
from tools.repository import SPEC as NAME
from tools.repository.redocly import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

needs_redocly = pytest.mark.skipif(not PROGRAM.is_file(), reason="redocly is not set up here; `make lint-spec` does it")
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
WHO = {f"GIT_{role}_{key}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
# Higher than any version of this repository, and with an entry, so that the test passes after a release too.
VERSION, DATE, ENTRY = "99.0.0", "2026-12-01", "- An entry."


def change(root: Path, name: str, old: str, new: str) -> None:
    """Replace a string in a file."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of this repository with its uncommitted edits, released by the command."""
    root = tmp_path_factory.mktemp("clone")
    copies.copy(files(ROOT) or (), root)
    shutil.rmtree(root / "released", ignore_errors=True)
    change(root, "CHANGELOG.md", "## [Unreleased]\n", f"## [Unreleased]\n\n{ENTRY}\n")
    copies.commit(root)
    (root / copies.MODULES[0]).symlink_to(ROOT / copies.MODULES[0])
    (root / ".git/info/exclude").write_text("node_modules\n")
    arguments = ("release", f"VERSION={VERSION}", f"RELEASE_ARGS=--skip-checks --date {DATE}")
    done = copies.make(root, *arguments, changes={**OFFLINE, **WHO})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "There is no release yet" in done.stdout
    assert done.stdout.endswith("Next: git push --follow-tags\n")
    return root


@needs_redocly
def test_a_release_end_to_end(clone: Path) -> None:
    """The release is one commit with a tag, and `dist/` has its archives, checksums and notes."""
    assert git(clone, "describe", "--exact-match") == f"v{VERSION}\n".encode()
    assert git(clone, "status", "--porcelain") == b""
    changed = (git(clone, "show", "--name-only", "--format=%s") or b"").decode().split("\n")
    assert changed[0] == f"Release {VERSION}"
    assert {"CHANGELOG.md", "released/interface.json", f"released/{snapshot.SPEC_NAME}"} <= set(changed)
    assert (clone / "released" / snapshot.SPEC_NAME).read_bytes() == (clone / NAME).read_bytes()
    heading = f"## [Unreleased]\n\n## [{VERSION}] - {DATE}\n"
    assert heading in (clone / "CHANGELOG.md").read_text(encoding="utf-8")
    notes = (clone / "dist" / "NOTES.md").read_text(encoding="utf-8")
    assert notes.startswith(f"{ENTRY}\n")
    sums = dict(line.split()[::-1] for line in (clone / "dist" / "SHA256SUMS").read_text("utf-8").splitlines())
    assert set(sums) == {f"lp_engagement-{VERSION}.tar.gz", f"lp_engagement-{VERSION}-py3-none-any.whl"}
    assert all(hashlib.sha256((clone / "dist" / name).read_bytes()).hexdigest() == sums[name] for name in sums)


WRAPPER = "wrapper/lp_engagement"
SDE = "generated_client/lp_engagement_client/sde.py"
BROKEN = {
    "spec: Enum of `gender` lost values": (NAME, "[MALE, FEMALE, OTHER]", "[MALE, FEMALE]"),
    "lp_engagement_client.sde.ctmrinfo: no longer: argument social_id=": (
        SDE,
        "    social_id: str | None = None,\n",
        "",
    ),
    "lp_engagement_client.sde.cart: now needs currency": (
        SDE,
        "    currency: str | None = None,",
        "    currency: str,",
    ),
    "lp_engagement.NEVER was removed": (f"{WRAPPER}/retry.py", "NEVER = ", "NEVER_AGAIN = "),
    "lp_engagement.SessionId was removed": (f"{WRAPPER}/__init__.py", " SessionId,", ""),
    "lp_engagement.EngagementClient.__init__: no longer: argument deadline=": (
        f"{WRAPPER}/client.py",
        "        deadline: float | None = None,\n",
        "",
    ),
    "lp_engagement.Visit.forget was removed": (f"{WRAPPER}/visit.py", "def forget(", "def drop("),
    "rule LPE102 was removed": ("generated_client/lp_engagement_client/schemas/rules.json", "LPE102", "LPE199"),
    "lp-engagement validate: no longer: --strict Bool": (f"{WRAPPER}/cli/validate.py", "--strict/", "--stern/"),
    "lp-engagement validate: no longer: --format junit": (
        f"{WRAPPER}/validation/reports/__init__.py",
        '"junit"',
        '"j"',
    ),
    "exit code 3 was removed": (f"{WRAPPER}/cli/failures.py", "INTERNAL = 1, 2, 3", "INTERNAL = 1, 2, 4"),
    "report json: no longer: /problems/*/pointer: str": (
        f"{WRAPPER}/validation/reports/json_report.py",
        '"pointer"',
        '"place"',
    ),
    "variable LP_TIMEOUT was removed": (f"{WRAPPER}/client.py", '"LP_TIMEOUT"', '"LP_WAIT"'),
    "extra fast was removed": ("pyproject.toml", 'fast = ["aio', 'quick = ["aio'),
}


@needs_redocly
def test_breaking_changes_are_caught(clone: Path) -> None:
    """A following edit that breaks is refused by name, without any tag, until the changelog announces it."""
    git(clone, "tag", "--delete", f"v{VERSION}")
    for file, old, new in BROKEN.values():
        change(clone, file, old, new)
    done = copies.make(clone, "check-breaking")
    git(clone, "checkout", "--", *{file for file, _, _ in BROKEN.values()})
    assert done.returncode
    assert [each for each in BROKEN if f"  {each}" not in done.stdout] == []
    # A planted fault in one function is no more than one line.
    assert done.stdout.count("no longer: argument social_id") == 1


@needs_redocly
def test_additions_break_nothing(clone: Path) -> None:
    """An added value, and a private function with another name, break nothing."""
    change(clone, NAME, "enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE, OTHER, DIVERSE]")
    change(clone, f"{WRAPPER}/simulator/server.py", "def _", "def _another_")
    change(clone, "CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- one more gender\n")
    assert copies.make(clone, "check-breaking").stdout == f"Since {VERSION} nothing breaks.\n"
    git(clone, "checkout", "--", ".")


# ------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "broken, changed, entry, why",
    [
        (["x was removed"], True, "- **Breaking:** no x", ""),
        (["x was removed"], True, "- no x", "does not announce it:\n  x was removed\n"),
        ([], True, "- x", ""),
        ([], True, "", "has no entry about it"),
        ([], False, "", ""),
    ],
)
def test_entries_that_changes_need(small: Path, broken: list[str], changed: bool, entry: str, why: str) -> None:  # noqa: FBT001 - parameters of a test
    """A breaking change needs an entry that announces it, any other change an entry of any kind."""
    change(small, "CHANGELOG.md", "- A fix.", entry)
    assert why in (breaking.refusal(broken, changed=changed, version="0.1.0") or "")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository after its release 0.1.0, in the place of this one."""
    (tmp_path / "released").mkdir()
    (tmp_path / "released/interface.json").write_text('{"version": "0.1.0", "interface": {}}')
    (tmp_path / f"released/{snapshot.SPEC_NAME}").write_text("")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n- A fix.\n\n## [0.1.0]\n\n- All.\n")
    copies.commit(tmp_path, "v0.1.0")
    git(tmp_path, "tag", "v0.3.0")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(changelog, "FILE", tmp_path / "CHANGELOG.md")
    monkeypatch.setattr(snapshot, "FOLDER", tmp_path / "released")
    return tmp_path


@pytest.mark.parametrize("version", ["0.1.1", "0.2.0", "1.0.0", "0.2.0rc1"])
def test_a_version_that_can_be_released(small: Path, version: str) -> None:
    """A higher version, or a candidate of one, can be released."""
    assert small.exists()
    assert release.problem(version) is None


@pytest.mark.parametrize(
    "version, why",
    [
        ("", "VERSION must be like 0.1.0"),
        ("v0.2.0", "not 'v0.2.0'"),
        ("0.2", "not '0.2'"),
        ("0.2.0.dev1", "not '0.2.0.dev1'"),
        ("0.1.0rc1", "higher than the last release, 0.1.0"),
        ("0.3.0", "The tag v0.3.0 exists"),
    ],
)
def test_a_version_that_cannot(small: Path, version: str, why: str) -> None:
    """A version of another form, one that is not higher, and one with a tag are refused with the reason."""
    assert small.exists()
    assert why in (release.problem(version) or "")


def test_breaking_changes_raise_the_version(small: Path) -> None:
    """After a breaking change, a patch version is refused."""
    change(small, "CHANGELOG.md", "- A fix.", "- **Breaking:** A fix.")
    git(small, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-am", "second")
    assert "Raise the minor version" in (release.problem("0.1.1") or "")
    assert release.problem("0.2.0") is None


def test_state_that_cannot_be_released(small: Path) -> None:
    """Uncommitted edits, and a changelog without entries, are refused."""
    change(small, "CHANGELOG.md", "- A fix.\n\n", "")
    assert "working tree has changes" in (release.problem("0.2.0") or "")
    git(small, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-am", "second")
    assert "no entries under [Unreleased]" in (release.problem("0.2.0") or "")


def test_failure_undoes_everything(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a step fails, the files, the commit and the tags are as before."""
    before = git(small, "rev-parse", "HEAD")
    monkeypatch.setattr(release, "VERSION_FILE", small / "version.py")
    with pytest.raises(FileNotFoundError):
        release.release("0.2.0", DATE)
    assert (git(small, "rev-parse", "HEAD"), git(small, "status", "--porcelain")) == (before, b"")
    assert release.problem("0.2.0") is None


def test_failing_checks_stop_a_release(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --skip-checks, `make check` runs first, and its failure stops the release."""
    (small / "Makefile").write_text("check:\n\t@exit 1\n")
    git(small, "add", "Makefile")
    git(small, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-m", "second")
    monkeypatch.setattr(breaking, "main", lambda: 0)
    monkeypatch.setattr("sys.argv", ["release", "0.2.0"])
    with pytest.raises(SystemExit, match="`make check` failed"):
        release.main()
    assert json.loads((small / "released/interface.json").read_text())["version"] == "0.1.0"
