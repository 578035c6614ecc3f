"""The compose file: its commands and health checks work together, by host name, as users without rights."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.recipes.sandbox import need_sandbox
from tests.redis_server import need_server

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples/compose"
SERVICES: dict[str, Any] = YAML(typ="safe").load(FOLDER / "compose.yaml")["services"]
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
ADDRESSES = {"simulator": "127.0.0.2", "redis": "127.0.0.3"}
BIN = Path(sys.executable).parent


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile, by its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in DOCKERFILE.splitlines():
        if begun := re.fullmatch(r"FROM \S+ AS (\S+)", line):
            found[begun[1]] = []
        elif line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            found[list(found)[-1]].append((instruction, rest))
    return found


def words(stage: str, instruction: str) -> list[str]:
    """The words of an instruction in the form of an array, with this environment's programs; none if it is absent."""
    texts = [rest for name, rest in stages()[stage] if name == instruction]
    return [word.replace("/opt/venv/bin", str(BIN)) for word in json.loads(texts[-1])] if texts else []


def service(name: str) -> dict[str, Any]:
    """The environment and the command of a container."""
    described = SERVICES[name]
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", **described.get("environment", {})}
    if "build" not in described:
        return {
            "command": described["command"],
            "health": described["healthcheck"]["test"][1:],
            "environment": environment,
        }
    stage = described["build"]["target"]
    health = next(rest for name, rest in stages()[stage] if name == "HEALTHCHECK").partition("CMD ")[2]
    return {
        "command": words(stage, "ENTRYPOINT") + words(stage, "CMD"),
        "health": json.loads(health.replace("/opt/venv/bin", str(BIN))),
        "environment": environment,
    }


def test_services_work_together(tmp_path: Path) -> None:
    """The app finds simulator and Redis by their names, offers a chat, and continues its visit in the second call."""
    need_sandbox()
    need_server()
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"{address} {name}\n" for name, address in ADDRESSES.items()), encoding="utf-8")
    started = [service(name) for name in ("redis", "simulator", "app")]
    command = [
        *("bwrap", "--unshare-all", "--uid", "65534", "--gid", "65534", "--die-with-parent", "--clearenv"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--ro-bind", str(hosts), "/etc/hosts"),
        *("--chdir", str(ROOT), sys.executable, str(Path(__file__).with_name("composed.py")), json.dumps(started)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result == {"offered": [True, True], "operations": ["createSession", "resumeSession"]}


@pytest.mark.parametrize("stage", [name for name in stages() if not name.startswith("build")])
def test_images_are_small_and_without_rights(stage: str) -> None:
    """A service that runs has no sources, no compiler and no root, and says whether it is healthy."""
    instructions = stages()[stage]
    names = [name for name, _ in instructions]
    assert ("USER", "65534:65534") in instructions
    assert {"HEALTHCHECK", "EXPOSE"} <= set(names)
    assert "RUN" not in names
    ports = [mapping.rpartition(":")[2] for mapping in SERVICES[stage]["ports"]]
    assert [rest for name, rest in instructions if name == "EXPOSE"] == ports
    assert all(mapping.startswith("127.0.0.1:") for mapping in SERVICES[stage]["ports"])


def test_linter_finds_nothing() -> None:
    """hadolint, which knows good practice for Dockerfiles, has nothing to say, shell commands included."""
    done = subprocess.run([BIN / "hadolint", FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_copied_files_exist() -> None:
    """Whatever the Dockerfile copies is there, and it installs extras that exist."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for instructions in stages().values():
        for name, rest in instructions:
            if name == "COPY" and not rest.startswith("--from"):
                assert all((ROOT / source).exists() for source in rest.split()[:-1])
            if name == "RUN" and "'.[" in rest:
                extras = re.findall(r"\w+", shlex.split(rest)[-1])
                assert all(f"\n{extra} = [" in project for extra in extras)
