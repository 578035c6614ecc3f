"""The check in other people's pipelines: as a pre-commit hook, and as a GitHub Action."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.validating import BAD, DOUBTFUL, GOOD, validate

ROOT = Path(__file__).parent.parent
BUILD_SCRIPT = "tools/dist/metadata.py"
# What a hook or an action needs of the checkout.
SOURCES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
    "wrapper",
    "generated_client",
    BUILD_SCRIPT,
)
HOOK = "lp-engagement-validate"
# What pip says when the package index is out of reach.
OFFLINE = re.compile(
    "No matching distribution|Could not find a version|Failed to establish|NewConnectionError|timed out"
)


def read_yaml(name: str) -> Any:
    """A YAML file of the checkout."""
    return YAML(typ="safe", pure=True).load((ROOT / name).read_text(encoding="utf-8"))


def run(*line: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder."""
    # A hook of the repository that the tests run in must not tell git here which repository it is in.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [str(each) for each in line],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def repository(folder: Path) -> Path:
    """Make a git repository of the files in a folder."""
    made_by = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    for line in (("init", "-q"), ("add", "-A"), (*made_by, "commit", "-qm", "test")):
        done = run("git", *line, folder=folder)
        assert done.returncode == 0, done.stderr
    return folder


# --------------------------------------------------------------------------------------------------- pre-commit


def test_hook_is_what_is_tested() -> None:
    """The hook runs the tested command, isolated and in one process, on files that are payloads by their folder."""
    (hook,) = read_yaml(".pre-commit-hooks.yaml")
    assert hook["id"] == HOOK
    assert hook["entry"] == "python -I -m lp_engagement.cli validate --quiet"
    assert hook["require_serial"] is True
    for name in ("payloads/a.json", "b/payloads/c.ndjson", "payloads/d/e.jsonl", "payloads/f.yaml", "payloads/g.yml"):
        assert re.search(hook["files"], name)
    # Files of other programs, which almost every repository has.
    for name in ("package.json", "docker-compose.yml", "tsconfig.json", "payloads/json.md", "nopayloads/a.json"):
        assert not re.search(hook["files"], name)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_hook_runs_through_pre_commit(tmp_path: Path) -> None:
    """pre-commit installs the hook from this checkout, passes what is right, and shows what is wrong."""
    checkout, theirs = tmp_path / "checkout", tmp_path / "theirs"
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, checkout / name)
    revision = run("git", "rev-parse", "HEAD", folder=repository(checkout)).stdout.strip()
    theirs.mkdir()
    config = f"repos:\n- repo: {checkout}\n  rev: {revision}\n  hooks:\n  - id: {HOOK}\n    files: ^payloads/\n"
    (theirs / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    (theirs / "payloads").mkdir()
    (theirs / "payloads" / "good.json").write_text(GOOD, encoding="utf-8")
    (theirs / "other.json").write_text(BAD, encoding="utf-8")
    repository(theirs)

    line = [sys.executable, "-I", "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    home = str(tmp_path / "home")
    done = run(*line, folder=theirs, PRE_COMMIT_HOME=home)
    if done.returncode and "CI" not in os.environ and OFFLINE.search(done.stdout):
        pytest.skip("pre-commit installs hooks from the package index, which is out of reach")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"check LivePerson App Engagement payloads\.+Passed", done.stdout)

    (theirs / "payloads" / "bad.json").write_text(BAD, encoding="utf-8")
    for name in ("sitecustomize", "click", "lp_engagement"):
        # Whoever runs the hook may have the repository on Python's path.
        (theirs / f"{name}.py").write_text(f"open({name!r}, 'w').close()\nraise SystemExit(0)\n", encoding="utf-8")
    assert run("git", "add", "-A", folder=theirs).returncode == 0
    done = run(*line, folder=theirs, PRE_COMMIT_HOME=home, PYTHONPATH=str(theirs))
    assert done.returncode == 1
    assert not any((theirs / name).exists() for name in ("sitecustomize", "click", "lp_engagement"))
    assert "payloads/bad.json:1:27: error LPE202 `total` must be a number, not a string" in done.stdout
    assert "good.json" not in done.stdout


# ----------------------------------------------------------------------------------------------- GitHub Action


def act(folder: Path, files: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's script as the runner would, with an environment that is ready."""
    action = read_yaml("action.yml")
    (step,) = action["runs"]["steps"]
    defaults = {name: each["default"] for name, each in action["inputs"].items() if name in HANDED_ON}
    assert step["run"] == 'bash "$HOME_OF_ACTION/tools/action/validate.sh"'
    return run(
        "bash",
        "-c",
        step["run"],
        folder=folder,
        HOME_OF_ACTION=str(ROOT),
        VENV_OF_ACTION=sys.prefix,
        PYTHON="no python is needed",
        FILES=files,
        **{name.upper(): value for name, value in (defaults | inputs).items()},
    )


HANDED_ON = ("kind", "strict", "baseline", "sarif")
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def test_action_hands_on_its_inputs() -> None:
    """Each input of the action reaches its script through the environment, never as a part of a command."""
    action = read_yaml("action.yml")
    (step,) = action["runs"]["steps"]
    given = {name: f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    assert {name: step["env"][name.upper()] for name in given} == given
    assert "${{" not in step["run"]
    script = (ROOT / "tools" / "action" / "validate.sh").read_text(encoding="utf-8")
    assert all(f"${name}" in script for name in step["env"])


@needs_bash
def test_action_annotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The action's output is that of `--format github`, and its exit code that of the check."""
    (tmp_path / "sub dir").mkdir()
    for name, text in (("good.json", GOOD), ("sub dir/bad.json", BAD), ("doubtful.json", DOUBTFUL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = act(tmp_path, "  good.json  \n\nsub dir/*.json\r\n")
    assert done.returncode == 1, done.stderr
    error, notice = done.stdout.splitlines()
    assert error.startswith("::error file=sub dir/bad.json,line=1,col=27,endColumn=34,title=LPE202 string-number::")
    assert notice.startswith("::notice title=lp-engagement::2 payloads in 2 files, 1 invalid")
    assert act(tmp_path, "good.json").returncode == 0
    assert act(tmp_path, "good.json", kind="impression").returncode == 1
    assert act(tmp_path, "doubtful.json").returncode == 0
    assert act(tmp_path, "doubtful.json", strict="true").returncode == 1
    monkeypatch.chdir(tmp_path)
    assert done.stdout == validate("--format", "github", "good.json", "sub dir/bad.json").stdout


@needs_bash
def test_action_with_a_baseline(tmp_path: Path) -> None:
    """Known problems pass, new ones fail; folders and the settings of the repository count, and SARIF is beside."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bad.json").write_text(BAD, encoding="utf-8")
    (tmp_path / "data" / "package.json").write_text("{}", encoding="utf-8")
    assert act(tmp_path, "data").returncode == 1
    line = [sys.executable, "-I", "-m", "lp_engagement.cli", "validate", "--write-baseline", ".known.json", "data"]
    assert run(*line, folder=tmp_path).returncode == 0
    assert act(tmp_path, "data", baseline=".known.json").returncode == 0
    assert act(tmp_path, "data", baseline="--help").returncode == 2
    (tmp_path / "pyproject.toml").write_text(
        '[tool.lp-engagement.validate]\nbaseline = ".known.json"\n', encoding="utf-8"
    )
    (tmp_path / "data" / "new.json").write_text(BAD, encoding="utf-8")
    done = act(tmp_path, "data", sarif="out.sarif")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=data/new.json,")
    (sarif,) = json.loads((tmp_path / "out.sarif").read_bytes())["runs"]
    assert len(sarif["results"]) == 1


@needs_bash
def test_action_has_outputs(tmp_path: Path) -> None:
    """Later steps know the numbers and the SARIF report; after wrong usage there are none."""
    action = read_yaml("action.yml")
    (step,) = action["runs"]["steps"]
    values = {name: each["value"] for name, each in action["outputs"].items()}
    assert values == {name: f"${{{{ steps.{step['id']}.outputs.{name} }}}}" for name in values}
    (tmp_path / "bad.json").write_text(f"[{BAD}, {GOOD}, {DOUBTFUL}]", encoding="utf-8")
    outputs = tmp_path / "outputs"
    assert act(tmp_path, "bad.json", sarif="out.sarif", github_output=str(outputs)).returncode == 1
    written = dict(line.split("=") for line in outputs.read_text(encoding="utf-8").splitlines())
    assert written == {"errors": "1", "warnings": "1", "documents": "3", "sarif": "out.sarif"}
    assert written.keys() == values.keys()
    outputs.unlink()
    assert act(tmp_path, "absent.json", github_output=str(outputs)).returncode == 2
    assert not outputs.exists()


# -------------------------------------------------------------------------------------------------- GitLab CI


@needs_bash
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_template_of_gitlab(tmp_path: Path) -> None:
    """The job of the template runs the same script, from a clone, and keeps its JUnit report whatever the result."""
    head, job = YAML(typ="safe", pure=True).load_all((ROOT / "templates" / "validate.yml").read_text(encoding="utf-8"))
    source, theirs = tmp_path / "source", tmp_path / "theirs"
    (source / "tools").mkdir(parents=True)
    shutil.copytree(ROOT / "tools" / "action", source / "tools" / "action")
    repository(source)
    theirs.mkdir()
    (theirs / "bad.json").write_text(BAD, encoding="utf-8")
    branch = run("git", "branch", "--show-current", folder=source).stdout.strip()
    given = {"files": "  bad.json\n\n$(touch hacked).json", "source": str(source), "ref": branch}
    ((_, job),) = job.items()
    inputs = {name: (each or {}).get("default") for name, each in head["spec"]["inputs"].items()} | given
    variables = {
        name: re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: str(inputs[found[1]]), value)
        for name, value in job["variables"].items()
    }
    line = ["bash", "-euo", "pipefail", "-c", "\n".join(job["script"])]
    done = run(*line, folder=theirs, VENV_OF_ACTION=sys.prefix, **variables)
    assert done.returncode == 2
    done = run(*line, folder=theirs, VENV_OF_ACTION=sys.prefix, **variables | {"FILES": "bad.json"})
    assert done.returncode == 1
    assert done.stdout.startswith("bad.json:1:27: error LPE202")
    report = (theirs / job["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8")
    assert "LPE202" in report
    assert job["artifacts"]["when"] == "always"
    assert not (theirs / "hacked").exists()
    done = run(*line, folder=theirs, VENV_OF_ACTION=sys.prefix, **variables | {"FILES": " "})
    assert (done.returncode, done.stderr.count("Error: The input «files» names no file")) == (2, 1)


@needs_bash
@pytest.mark.parametrize("files", ["", " \n\t\n", "absent.json", "--help", "$(touch hacked).json", "; touch hacked"])
def test_action_without_files(files: str, tmp_path: Path) -> None:
    """No file, or none of that name, fails the step; what an input holds is never taken for a command or an option."""
    assert act(tmp_path, files).returncode == 2
    assert not (tmp_path / "hacked").exists()
