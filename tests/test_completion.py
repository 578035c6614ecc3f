"""Completion in the shell, as a real shell asks for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from lp_engagement.cli.group import group

BASH = shutil.which("bash")
FILES = {
    "bash": ".local/share/bash-completion/completions/lp-engagement",
    "fish": ".config/fish/completions/lp-engagement.fish",
    "zsh": ".local/share/zsh/site-functions/_lp-engagement",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def completion(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(group, ["completion", *arguments], prog_name="lp-engagement")


@pytest.mark.parametrize("shell", FILES)
def test_script_is_installed_where_the_shell_looks(shell: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installed script is the printed one, for the shell and the command; the command prints the folder for zsh."""
    done = completion(shell, "--install")
    assert done.exit_code == 0, done.output
    script = (home / FILES[shell]).read_text(encoding="utf-8")
    assert script == completion(shell).stdout
    assert f"_LP_ENGAGEMENT_COMPLETE={shell}_complete" in script
    assert (f"fpath=({(home / FILES[shell]).parent} $fpath)" in done.stdout) is (shell == "zsh")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    assert f"Wrote {home / ('config' if shell == 'fish' else 'data')}" in completion(shell, "--install").stdout


@pytest.mark.parametrize(
    "words, expected",
    [
        (["valid"], ["validate"]),
        (["validate", "--unsafe"], ["--unsafe-fixes"]),
        (["validate", "--format", "sar"], ["sarif"]),
        (["validate", "--kind", "sde", "--dif"], ["--diff"]),
        (["explain", "unknown-k"], ["unknown-key"]),
        (["completion", "fi"], ["fish"]),
    ],
)
def test_what_is_completed(words: list[str], expected: list[str]) -> None:
    """Commands, options, their values and rules."""
    complete = ShellComplete(group, {}, "lp-engagement", "_LP_ENGAGEMENT_COMPLETE")
    assert [item.value for item in complete.get_completions(words[:-1], words[-1])] == expected


def test_names_of_files_are_left_to_the_shell() -> None:
    """The shell knows files better."""
    complete = ShellComplete(group, {}, "lp-engagement", "_LP_ENGAGEMENT_COMPLETE")
    (item,) = complete.get_completions(["validate", "--strict"], "pay")
    assert (item.value, item.type) == ("pay", "file")


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_bash_completes(home: Path) -> None:
    """A real bash with the installed script completes by the command."""
    assert completion("bash", "--install").exit_code == 0
    script = (
        f'source "{home / FILES["bash"]}"; COMP_WORDS=(lp-engagement explain LPE10); COMP_CWORD=2\n'
        '_lp_engagement_completion lp-engagement; echo "${COMPREPLY[*]}"'
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    line, environment = [str(BASH), "-c", script], {**os.environ, "PATH": path}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert (done.stdout, done.stderr) == ("LPE101 LPE102 LPE103\n", "")
