"""The change report and the check for breaking changes: both detect planted changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.repository import ROOT, git
from tools.repository import SPEC as NAME
from tools.repository.copies import commit, copy
from tools.repository.redocly import PROGRAM
from tools.spec_diff import __main__ as spec_diff
from tools.spec_diff import gate

if TYPE_CHECKING:
    from pathlib import Path

SPEC = (ROOT / NAME).read_text(encoding="utf-8")
needs_redocly = pytest.mark.skipif(not PROGRAM.is_file(), reason="redocly is not set up here; `make lint-spec` does it")
EMPTY = "# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- **Breaking:** long ago\n"


def report(monkeypatch: pytest.MonkeyPatch, *changes: tuple[str, str]) -> str:
    """The report about a spec whose older version had other descriptions."""
    base = SPEC
    for now, before in changes:
        assert now in base
        base = base.replace(now, before)
    # It is rated by a program of its own, which not every machine has.
    monkeypatch.setattr(spec_diff, "rated", lambda *_: [])
    return spec_diff.report(base, "a test")


def test_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report of a spec that is as it was says so in one line."""
    assert report(monkeypatch) == "The spec is as in a test.\n"


def test_what_breaks_and_what_adds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report has payloads, signatures and facts that changed, a whole type in one line, and the consequence."""
    field = "        skillName:\n          x-role: skill_name\n          description: The skill's name.\n"
    told = report(
        monkeypatch,
        ("required: [type, total, numItems]", "required: [type, total]"),
        ("        storeNumber:", "        shopNumber:"),
        ("enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE]"),
        ("fix: Add the field.", "fix: Add it."),
        ("[5, 10, 15]", "[5, 10]"),
        ('{code: 10, name: not-authorized, hint: "Not authorized: the', '{code: 10, name: not-authorized, hint: "The'),
        ("Email address; not checked.\n          x-pii: true", "Email address; not checked.\n          x-pii: false"),
        ('        - $ref: "#/components/schemas/SearchInfoSde"\n', ""),
        ('          searchInfo: "#/components/schemas/SearchInfoSde"\n', ""),
        (f"{field}          x-pii: false\n          type: string\n", ""),
    )
    created = "lp_engagement_client.models.CreateSessionRequest.engagement_attributes"
    for line in (
        "code-demo-cart-title-key.json: error LPE102 at /title  ->  error LPE101 at /numItems",
        "~ lp_engagement_client.sde.cart: num_items: int | None = None  ->  num_items: int\n",
        "- lp_engagement_client.models.CustomerInfo.shop_number\n",
        "lp_engagement_client.sde.cart: Parameter is now required: num_items",
        "~ LPE101 missing-mandatory: fix\n",
        "~ OPERATIONS createSession retry pauses: (5, 10)  ->  (5, 10, 15)\n",
        "~ INTERNAL_CODE_HINTS 10: The ids were not accepted.  ->  Not authorized: the ids",
        "  + PERSONAL_DATA Contact.email\n",
        "+ lp_engagement_client.models.SearchInfoSde: additional_properties, keywords, type_\n",
        "+ lp_engagement_client.sde.search_info(keywords: Sequence[str] | None = None) -> Payload\n",
        f"~ {created}: + SearchInfoSde\n",
        "+ lp_engagement_client.models.EngagementDetails.skill_name: str | None\n",
        "Consequence: major",
        "**Breaking:**",
    ):
        assert line in told


@pytest.mark.parametrize(
    "breaking, changed, word", [(True, True, "major"), (False, True, "minor"), (False, False, "patch")]
)
def test_consequence(breaking: bool, changed: bool, word: str) -> None:  # noqa: FBT001 - parameters of a test
    """A breaking change is major, an addition minor, everything else a patch."""
    assert spec_diff.consequence(breaking=breaking, changed=changed).startswith(word)


# ---------------------------------------------------------------------------------------------------------- the gate


class Released:
    """A repository with a release tag, in which something can be changed."""

    def __init__(self, root: Path, *, tag: str | None = "v0.1.0") -> None:
        self.root = root
        copy((NAME, "wrapper", "generated_client"), root)
        self.write("CHANGELOG.md", EMPTY)
        commit(root, tag)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.root / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace a string in a file."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def check(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        """Run the check."""
        monkeypatch.setattr("sys.argv", ["gate", "--root", str(self.root)])
        return gate.main(), capsys.readouterr().out


@pytest.fixture
def released(tmp_path: Path) -> Released:
    """A repository that has been released."""
    return Released(tmp_path / "repository")


def test_without_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first release, the check reports that and passes."""
    code, told = Released(tmp_path / "repository", tag=None).check(monkeypatch, capsys)
    assert code == 0
    assert "no release yet" in told


CLIENT = "wrapper/lp_engagement/client.py"
BROKEN = {
    "spec: Enum of `gender` lost values": (NAME, "[MALE, FEMALE, OTHER]", "[MALE, FEMALE]"),
    "API: lp_engagement_client.sde.ctmrinfo: Parameter was removed: social_id": (
        "generated_client/lp_engagement_client/sde.py",
        "    social_id: str | None = None,\n",
        "",
    ),
    "API: lp_engagement.NEVER: it was removed": ("wrapper/lp_engagement/retry.py", "NEVER = ", "NEVER_AGAIN = "),
    "API: lp_engagement.SessionId: it was removed": ("wrapper/lp_engagement/__init__.py", " SessionId,", ""),
    "API: lp_engagement.client.EngagementClient.__init__: Parameter was removed: deadline": (
        CLIENT,
        "        deadline: float | None = None,\n",
        "",
    ),
    "API: lp_engagement.Visit.forget: it was removed": ("wrapper/lp_engagement/visit.py", "def forget(", "def drop("),
}


@needs_redocly
def test_breaking_changes_are_caught(
    released: Released, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Breaking changes are named, and fail unless the changelog has a line with "Breaking"."""
    for file, old, new in BROKEN.values():
        released.change(file, old, new)
    code, told = released.check(monkeypatch, capsys)
    assert code == 1
    assert [each for each in BROKEN if f"  {each}" not in told] == []
    released.change("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- it is gone\n")
    assert released.check(monkeypatch, capsys) == (1, told)
    released.change("CHANGELOG.md", "- it is gone", "- **Breaking:** it is gone")
    code, again = released.check(monkeypatch, capsys)
    assert code == 0
    assert told.splitlines()[1:] == again.splitlines()[1:]


@needs_redocly
def test_an_addition_needs_a_line(
    released: Released, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Additions fail until the changelog has a line about them, of any kind."""
    released.change(NAME, "enum: [MALE, FEMALE, OTHER]", "enum: [MALE, FEMALE, OTHER, DIVERSE]")
    code, told = released.check(monkeypatch, capsys)
    assert (code, "CHANGELOG.md has no line about it" in told) == (1, True)
    released.change("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- one more gender\n")
    assert released.check(monkeypatch, capsys)[0] == 0


@needs_redocly
def test_what_is_the_wrapper_s_own_affair(
    released: Released, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A function that moves or changes in a module that nobody imports from breaks nobody, and needs no line."""
    released.change("wrapper/lp_engagement/simulator/server.py", "def ", "def another_")
    released.change("wrapper/lp_engagement/_core/checks.py", "def account_id(", "def account(")
    assert released.check(monkeypatch, capsys) == (0, "Since v0.1.0 nothing breaks.\n")


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If git cannot find the released version, the check fails."""
    released = Released(tmp_path / "repository")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "gone"))
    with pytest.raises(SystemExit, match="what was released is not known"):
        released.check(monkeypatch, capsys)


def test_without_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A clone that cannot see releases, because it has no history, passes, and says that this proves less."""
    released = Released(tmp_path / "repository", tag=None)
    shallow = str(tmp_path / "shallow")
    assert git(tmp_path, "clone", "--depth", "1", released.root.as_uri(), shallow) is not None
    monkeypatch.setattr("sys.argv", ["gate", "--root", shallow])
    assert gate.main() == 0
    assert capsys.readouterr().err.startswith("WEAKER: this clone has no history")
