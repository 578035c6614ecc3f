"""`make dist`: the sdist and, from it, the wheel. The same source gives the same bytes, whenever it is built.

python -m tools.dist.build           build into dist/, and say what is in it
python -m tools.dist.build --twice   build a second time under other circumstances, and compare
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from tools.repository import PACKAGES, ROOT, files, git

SECONDS = 300
# Without a commit, the first moment that a zip file can hold in every time zone.
EARLIEST = 315_619_200
OTHERWISE = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "4711"}
OTHER_UMASK = 0o077


def epoch() -> str:
    """The time that files in the archives get: that of the last commit, unless `SOURCE_DATE_EPOCH` says otherwise."""
    committed = git(ROOT, "log", "-1", "--format=%ct") or b""
    return os.environ.get("SOURCE_DATE_EPOCH") or committed.decode().strip() or str(EARLIEST)


def build(target: Path, *, changes: dict[str, str] | None = None, umask: int = -1) -> list[Path]:
    """Build the sdist, and the wheel from what the sdist holds.

    Args:
        target: the folder for both.
        changes: environment variables that differ.
        umask: the umask to build under; that of the process by default.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch(), **(changes or {})}

    def hatch(kind: str, source: Path, folder: Path) -> Path:
        before = set(folder.glob("*")) if folder.exists() else set()
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
        done = subprocess.run(
            command,
            cwd=source,
            env=environment,
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        if done.returncode:
            raise SystemExit(f"the {kind} cannot be built:\n{done.stdout}{done.stderr}")
        (made,) = set(folder.glob("*")) - before
        return made

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sdist = hatch("sdist", ROOT, folder / "made")
        with tarfile.open(sdist) as archive:
            # The argument of that name came with Python 3.11.4.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(folder / "source")  # noqa: S202 - made a moment ago
        (unpacked,) = (folder / "source").iterdir()
        wheel = hatch("wheel", unpacked, folder / "made")
        target.mkdir(parents=True, exist_ok=True)
        return [Path(shutil.copy(each, target / each.name)) for each in (sdist, wheel)]


def names(archive: Path) -> list[str]:
    """The files in an sdist or a wheel."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            return opened.namelist()
    with tarfile.open(archive) as opened_tar:
        return opened_tar.getnames()


def dependencies(wheel: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Return the requirements of a wheel, and the additional ones of each extra."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [each for each in opened.namelist() if each.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(opened.read(name).decode())
    extras: dict[str, list[str]] = {each: [] for each in metadata.get_all("Provides-Extra", [])}
    needed: list[str] = []
    for requirement in metadata.get_all("Requires-Dist", []):
        what, _, marker = requirement.partition(";")
        _, _, extra = marker.partition("extra ==")
        (extras[extra.strip(" '\"")] if extra else needed).append(what.strip())
    return needed, extras


def describe(archives: list[Path]) -> None:
    """Say what was built: bytes, files, check sums, dependencies."""
    for archive in archives:
        data = archive.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        print(f"{archive.name}: {len(data):,} bytes, {len(names(archive))} files, sha256 {digest}")
    needed, extras = dependencies(archives[-1])
    print(f"needs {len(needed)}: {', '.join(needed)}")
    for extra, more in extras.items():
        print(f"  [{extra}] {len(more)} more{': ' if more else ''}{', '.join(more)}")


def missing(wheel: Path) -> list[str]:
    """The files of the packages that the wheel lacks; `ruff.toml` holds rules for a folder, and is not for users."""
    homes = [f"{home}/{package}" for package, home in PACKAGES.items()]
    lying = [path.relative_to(ROOT).as_posix() for home in homes for path in (ROOT / home).rglob("*") if path.is_file()]
    known = files(ROOT, *homes) or [name for name in lying if "/__pycache__/" not in name]
    held = set(names(wheel))
    return [name for name in known if name.partition("/")[2] not in held and Path(name).name != "ruff.toml"]


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to put them")
    parser.add_argument("--twice", action="store_true", help="build again under other circumstances, and compare")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.out, ignore_errors=True)
    archives = build(arguments.out)
    describe(archives)
    lacking = missing(archives[-1])
    if lacking:
        print(f"the wheel lacks {', '.join(lacking)}", file=sys.stderr)
        return 1
    if arguments.twice:
        with tempfile.TemporaryDirectory() as folder:
            again = build(Path(folder), changes=OTHERWISE, umask=OTHER_UMASK)
            pairs = zip(archives, again, strict=True)
            differ = [one.name for one, other in pairs if one.read_bytes() != other.read_bytes()]
        if differ:
            print(f"a second build gives other bytes: {', '.join(differ)}", file=sys.stderr)
            return 1
        print("built twice, in another time zone, locale and umask: the same bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
