"""Names and keys that try to control a terminal or forge a log line are escaped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.validating import FORMATS, GOOD

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names of files cannot be that odd here")

# ESC, OSC, C1, DEL, bidirectional marks, a separator of lines, the end of a line that begins a workflow command.
NASTY = "\x1b]0;pwn\x07\x1b[2J\x9b31m\x7f\u202e\u2066\u2028\u200b\ufeff\r\n::error file=forged::pwn"
PAYLOADS = {
    "key.json": json.dumps({"type": "cart", "total": 1, "numItems": 1, NASTY: 1}, ensure_ascii=False),
    "value.json": json.dumps({"type": NASTY, "total": 1}, ensure_ascii=False),
    "inside.json": json.dumps({"type": "personal", "personal": {NASTY: {NASTY: 1}}}, ensure_ascii=False),
    "twice.json": '{"type": "cart", "total": 1, "numItems": 1, "\u202e\x7f": 1, "\u202e\x7f": 2}',
    "broken.json": f'{{"type": "cart", "{NASTY[:12]}\u202e',
    "payload.yaml": 'type: cart\ntotal: "1"\nnumItems: 1\n"\\e]0;pwn\\a\u202e": 1\n',
}
ENCODINGS = ("utf-8", "ascii", "latin-1", "cp1252")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files whose names, keys and texts are hostile."""
    monkeypatch.chdir(tmp_path)
    for name, text in PAYLOADS.items():
        Path(name).write_text(text, encoding="utf-8", newline="")
        # A name cannot hold a slash, nor be as long.
        Path(f"{NASTY}{name}").write_text(text, encoding="utf-8", newline="")
    Path(os.fsdecode(b"bytes\xff\xfe.json")).write_text(PAYLOADS["key.json"], encoding="utf-8")
    Path("\u00fcn\u00efc\u00f8de\U0001f375.json").write_text(PAYLOADS["key.json"], encoding="utf-8")
    return tmp_path


def command(*arguments: str, encoding: str = "utf-8", **options: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, with a standard output of some encoding."""
    line = [sys.executable, "-m", "lp_engagement", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": encoding, **options}
    return subprocess.run(line, capture_output=True, check=False, env=environment)


def acting(text: str) -> set[str]:
    """The characters that do something else than stand there: control, format, bidirectional, other line ends."""
    return {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp", "Cs"}} - {"\n"}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", FORMATS)
def test_nothing_acts_and_no_line_is_forged(form: str, encoding: str, folder: Path) -> None:
    """No report, in whatever encoding, has a character that acts, or a line that a name or a key has made."""
    done = command(
        "validate",
        "--format",
        form,
        *sorted((path.name for path in folder.iterdir()), key=os.fsencode),
        encoding=encoding,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    text = done.stdout.decode(encoding if form == "text" else "utf-8")
    assert acting(text) == set()
    assert text.count("pwn") >= 10
    lines = text.splitlines()
    if form == "github":
        assert all(line.startswith(("::error file=", "::warning file=", "::notice title=")) for line in lines)
    assert not [line for line in lines if line.startswith("::error file=forged")]
    if form == "junit":
        suites = ET.fromstring(done.stdout)  # noqa: S314 - our own
        assert len(suites) == len(PAYLOADS) * 2 + 2
        assert acting("".join(suites.itertext())) == set()
        assert acting("".join(value for each in suites.iter() for value in each.attrib.values())) == set()
    if form in {"sarif", "json"}:
        assert done.stdout.isascii()
        json.loads(done.stdout)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.usefixtures("folder")
def test_names_of_bytes_reach_who_reads_the_report(form: str) -> None:
    """In a locale of ASCII a file whose name is no text, or is not ASCII, is named so that it can be found again."""
    name = os.fsdecode(b"bytes\xff\xfe.json")
    done = command("validate", "--format", form, name, encoding="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 1, done.stderr
    shown = {"sarif": b"bytes%FF%FE.json", "json": b'"bytes\\udcff\\udcfe.json"'}.get(form, b"bytes\\udcff\\udcfe.json")
    assert shown in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", NASTY],
        ["validate", f"{NASTY}/**/*.json"],
        ["explain", NASTY],
        ["engage", "--account", "1", "--key", "k", "--sdes", NASTY],
        ["engage", "--account", NASTY, "--key", "k", "--store", "memory://"],
        ["engage", "--account", "1", "--key", "k", "--store", f"nope://{NASTY}"],
        ["engage", "--account", "1", "--key", "k", "--store", "memory://", "--domain", NASTY],
        [NASTY],
        ["validate", f"--{NASTY}"],
        ["validate", "--kind", NASTY, "-"],
    ],
)
def test_messages_of_the_commands(arguments: list[str]) -> None:
    """A command's message about an argument is safe for a terminal too."""
    done = command(*arguments)
    assert done.returncode == 2
    text = done.stderr.decode()
    assert acting(text) == set()
    assert not [line for line in text.splitlines() if line.startswith("::error")]


def test_good_files_say_nothing_of_it(folder: Path) -> None:
    """A good payload in a file with a hostile name is good."""
    name = folder / f"{NASTY}good.json".replace("/", "")
    name.write_text(GOOD, encoding="utf-8")
    assert command("validate", str(name)).returncode == 0
