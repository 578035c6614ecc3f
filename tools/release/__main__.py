"""`make release VERSION=0.1.0`: check the repository, then commit, build and tag a release. Nothing is pushed.

    python -m tools.release VERSION [--skip-checks] [--date DATE]

Works offline. If a step fails, the repository is as it was before. docs/releasing.md has the steps around it.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from datetime import UTC, datetime

from packaging.version import InvalidVersion, Version

from tools.repository import ROOT, git

from . import breaking, changelog, snapshot

VERSION_FILE = ROOT / "wrapper" / "lp_engagement" / "_common" / "version.py"
DIST = ROOT / "dist"


def run(*command: str) -> None:
    """Run a command in the repository.

    Raises:
        SystemExit: it failed.
    """
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SystemExit(f"`{' '.join(command[:4])}` failed")


def problem(version: str) -> str | None:
    """Return the reason why a version cannot be released now, if there is one."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        parsed = None
    if parsed is None or str(parsed) != version or len(parsed.release) != 3 or parsed.is_devrelease or parsed.local:
        return f"VERSION must be like 0.1.0 or 0.1.0rc1, not {version!r}."
    if git(ROOT, "status", "--porcelain") != b"":
        return "The working tree has changes, or is no git repository. Commit or stash them."
    if git(ROOT, "rev-parse", "--verify", "--quiet", f"refs/tags/v{version}"):
        return f"The tag v{version} exists. Choose another VERSION."
    entries = changelog.unreleased()
    if not entries:
        return f"{changelog.NAME} has no entries under [Unreleased]. Add them."
    released = snapshot.read()
    return too_low(parsed, Version(released.version), entries) if released else None


def too_low(version: Version, last: Version, entries: list[str]) -> str | None:
    """Return the reason why a version is too low after the last one, if it is."""
    if version <= last:
        return f"VERSION must be higher than the last release, {last}."
    if changelog.breaking(entries):
        # Before 1.0.0, a minor version may contain breaking changes.
        parts = 1 if last.major else 2
        if version.release[:parts] == last.release[:parts]:
            return f"{changelog.NAME} announces breaking changes. Raise the {('major', 'minor')[parts - 1]} version."
    return None


def write(version: str, date: str) -> None:
    """Write the version, the changelog and the snapshot."""
    changelog.release(version, date)
    text, count = re.subn(r'(?m)^__version__ = ".*"$', f'__version__ = "{version}"', VERSION_FILE.read_text("utf-8"))
    if count != 1:
        raise SystemExit(f"{VERSION_FILE.name} has no line `__version__ = ...`")
    VERSION_FILE.write_text(text, encoding="utf-8")
    snapshot.write(version)


def build(version: str) -> None:
    """Build the archives twice, and put the notes and the checksums beside them."""
    run(sys.executable, "-m", "tools.dist.build", "--twice")
    archives = sorted(path for path in DIST.iterdir() if path.suffix in {".gz", ".whl"})
    if not all(f"-{version}" in path.name for path in archives):
        raise SystemExit(f"the archives have another version: {', '.join(path.name for path in archives)}")
    sums = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in archives)
    (DIST / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    (DIST / "NOTES.md").write_text(f"{changelog.section(version)}\n", encoding="utf-8")


def release(version: str, date: str) -> None:
    """Write, commit, build and tag; if a step fails, undo all."""
    before = (git(ROOT, "rev-parse", "HEAD") or b"").decode().strip()
    try:
        write(version, date)
        run("git", "add", "--all")
        run("git", "commit", "--quiet", "-m", f"Release {version}")
        # The archives have the time of the commit, so that others can build the same bytes from the tag.
        build(version)
        run("git", "tag", "-a", f"v{version}", "-m", f"lp-engagement {version}")
    except BaseException:
        # The tree was clean, so this loses nothing.
        git(ROOT, "reset", "--hard", before)
        git(ROOT, "clean", "--quiet", "--force", "-d", "--", str(snapshot.FOLDER))
        raise


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="the version, such as 0.1.0")
    parser.add_argument("--skip-checks", action="store_true", help="do not run `make check`")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat(), help="the date; today by default")
    arguments = parser.parse_args()
    why = problem(arguments.version)
    if why:
        print(why, file=sys.stderr)
        return 1
    if breaking.main():
        return 1
    if not arguments.skip_checks:
        run("make", "check")
    release(arguments.version, arguments.date)
    print(f"Released {arguments.version}: see dist/. Next: git push --follow-tags")
    return 0


if __name__ == "__main__":
    sys.exit(main())
