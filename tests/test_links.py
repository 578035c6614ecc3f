"""`make check-links` finds links that lead nowhere, and lets those that lead somewhere be."""

from __future__ import annotations

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tools.docs import spec_page
from tools.links import __main__ as command
from tools.links.check import HOSTS, BrokenLink, Repository, hosts
from tools.repository import copies, files

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """
(by-name)=
# A page with `code` & more

Text <a id="by-hand"></a> with a
[link](OTHER.md).

## Twice
## Twice
"""
FILES = {
    "README.md": PAGE,
    "docs/OTHER.md": "# Other\n",
    "docs/site.html": '<p id="here">',
    "docs/images/a picture.png": "",
    "spec.yaml": "paths:\n  /a~b:\n    - get\n",
    "code.py": "one\ntwo\n",
}
KNOWN = ("semver.org", "keepachangelog.com")


def faults(tmp_path: Path, text: str, page: str = "docs/page.md") -> list[BrokenLink]:
    """Count the link problems of a page, apart from the planted ones above."""
    pages = {**FILES, "README.md": PAGE.replace("OTHER.md", "docs/OTHER.md"), page: text}
    for name, each in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(each, encoding="utf-8")
    return list(Repository(tmp_path, pages, KNOWN).faults())


@pytest.mark.parametrize(
    "target",
    [
        "OTHER.md",
        "../README.md",
        "images/",
        "images/a%20picture.png",
        "#a-page",
        "../README.md#a-page-with-code--more",
        "../README.md#twice-1",
        "../README.md#by-hand",
        "../README.md#by-name",
        "site.html#here",
        "../spec.yaml#/paths/~1a~0b/0",
        "../code.py#L2",
        "../code.py#L1-L2",
        "https://semver.org/spec/v2.0.0.html#summary",
        "http://127.0.0.1:8321",
        "mailto:somebody@example.com",
    ],
)
def test_links_that_lead_somewhere(tmp_path: Path, target: str) -> None:
    """Files, folders, anchors of all kinds, and https URLs of known hosts are let be."""
    assert faults(tmp_path, f"# A page\n\n[link]({target})\n") == []


@pytest.mark.parametrize(
    "target, why",
    [
        ("OTHR.md", "there is no docs/OTHR.md; did you mean docs/OTHER.md?"),
        ("other.md", "there is no docs/other.md; did you mean docs/OTHER.md?"),
        ("", "it leads nowhere"),
        ("/README.md", "a path from the root means something else on each site; write it relative to the page"),
        ("../../README.md", "it leads out of the repository"),
        ("#a-pge", "there is no #a-pge in docs/page.md; did you mean a-page?"),
        ("../README.md#twice-2", "there is no #twice-2 in README.md; did you mean twice-1?"),
        ("site.html#there", "there is no #there in docs/site.html; did you mean here?"),
        ("../spec.yaml#/paths/~1a~0b/1", "there is no /paths/~1a~0b/1 in spec.yaml"),
        ("../spec.yaml#/paths/get", "there is no /paths/get in spec.yaml"),
        ("../spec.yaml#paths", "spec.yaml has no anchors"),
        ("../code.py#L3", "code.py ends with line 2"),
        ("../code.py#one", "code.py has no anchors"),
        ("images#one", "docs/images has no anchors"),
        ("http://semver.org", "links out of the repository begin with https://, not http"),
        ("ftp://semver.org", "links out of the repository begin with https://, not ftp"),
        ("//semver.org", "links out of the repository begin with https://, not //"),
        ("https://semver.og", "semver.og is not in tools/links/hosts.txt; did you mean semver.org?"),
        ("https://semver.org:8080", "'semver.org:8080' is no plain host"),
        ("https://semver.org@example.com", "'semver.org@example.com' is no plain host"),
        ("https:///spec", "'' is no plain host"),
    ],
)
def test_planted_fault(tmp_path: Path, target: str, why: str) -> None:
    """A dead file, anchor or pointer, a URL that is not https and an unknown host are each named with a reason."""
    assert faults(tmp_path, f"# A page\n\nTwo\nlines and a [link]({target})\n") == [
        BrokenLink("docs/page.md", 4, target, why)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "![picture](images/picture.png)",
        '<img src="images/picture.png">',
        '<a href="images/picture.png">',
        "<p>\n<a href='images/picture.png'>\n</p>",
        "[picture]\n\n[picture]: images/picture.png",
        "| table |\n|---|\n| [picture](images/picture.png) |",
        "- > [picture](images/picture.png)",
    ],
)
def test_all_kinds_of_links(tmp_path: Path, text: str) -> None:
    """Images, HTML, references and links in tables, lists and quotations are links too; one fault is found in each."""
    found = faults(tmp_path, text)
    assert [(fault.target, fault.why) for fault in found] == [
        ("images/picture.png", "there is no docs/images/picture.png; did you mean docs/images/a picture.png?")
    ]
    assert text.splitlines()[found[0].line - 1].count("picture") or "[picture]:" in text


def test_what_is_no_url(tmp_path: Path) -> None:
    """Markup may hold what cannot be taken apart; that is a fault, not the end of the check."""
    assert [fault.why for fault in faults(tmp_path, '<a href="https://[semver.org">')] == ["no URL: Invalid IPv6 URL"]


@pytest.mark.parametrize("text", ["`[code](a.md)`", "```\n[code](a.md)\n```", "---\ntitle: '[x](a.md)'\n---\n"])
def test_code_has_no_links(tmp_path: Path, text: str) -> None:
    """Text that looks like a link is none inside code or above the page."""
    assert faults(tmp_path, text) == []


def test_what_git_ignores_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command fails on a link to a file that only this machine has, and passes without it."""
    (tmp_path / ".gitignore").write_text("made.md\n")
    (tmp_path / "made.md").touch()
    copies.commit(tmp_path)
    (tmp_path / "README.md").write_text("[what is made](made.md)\n")
    assert files(tmp_path) == [".gitignore", "README.md"]
    monkeypatch.setattr(sys, "argv", ["links", "--root", str(tmp_path)])
    assert command.main() == 1
    assert capsys.readouterr().err.startswith("README.md:1: made.md: there is no made.md")
    (tmp_path / "README.md").write_text("[ignored](.gitignore)\n")
    assert command.main() == 0
    assert capsys.readouterr().out == "1 links of 1 pages lead somewhere\n"


def test_the_fix_is_printed(tmp_path: Path) -> None:
    """`make check-links` fails on a dead link, and prints its fix last."""
    copies.copy(("Makefile", "tools/links", "tools/pages", "tools/repository"), tmp_path)
    (tmp_path / "README.md").write_text("[made](made.md)\n")
    copies.commit(tmp_path)
    done = copies.make(tmp_path, "check-links")
    assert done.returncode
    said = copies.complaints(done)
    assert [line.partition(": ")[0] for line in said] == ["README.md:1", "fix"]
    assert "correct the reported link" in said[-1]


def test_online(tmp_path: Path) -> None:
    """With ONLINE=1, `make check-links` requests each URL, and names the one that is not there."""
    copies.copy(("Makefile", "tools/links", "tools/pages", "tools/repository"), tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/conf.py").write_text('extensions = ["myst_parser"]\n')
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "tools"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "docs/index.md").write_text(f"# Page\n\n[there]({url}/links/) and [gone]({url}/gone)\n")
        copies.commit(tmp_path)
        done = copies.make(tmp_path, "check-links", "ONLINE=1")
        server.shutdown()
    assert done.returncode
    broken, fix = copies.complaints(done)
    assert f"index.md:3: WARNING: broken link: {url}/gone (404" in broken
    assert "correct the reported link" in fix


def test_hosts_are_a_list() -> None:
    """The file of hosts has one on each line, in order, none twice."""
    lines = HOSTS.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(hosts())


def test_what_is_rendered() -> None:
    """The page that is let be although no repository has it is the one that `make docs` renders."""
    assert f"docs/{spec_page.NAME}" == command.RENDERED
