"""The Kubernetes manifest: its commands work in a read-only container."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.recipes.sandbox import RECIPES, TMP, sandboxed

POD = YAML(typ="safe").load(RECIPES / "kubernetes.yaml")["spec"]["template"]["spec"]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def run(container: dict[str, Any], *options: str, **secrets: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a container, with its environment and these secrets."""
    assert container["securityContext"]["readOnlyRootFilesystem"]
    values = {each["name"]: each.get("value") or secrets.pop(each["name"]) for each in container["env"]}
    command = sandboxed([*container["command"], *options], {"PATH": PATH, **values, **secrets})
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "store, status", [(f"sqlite:///{TMP}/visits.db", "ok"), ("sqlite://", "fail"), ("redis://127.0.0.1:1", "fail")]
)
def test_the_doctor_logs_and_lets_the_pod_start(api_url: str, store: str, status: str) -> None:
    """The init container says whether the store can be used, and never keeps the app from starting."""
    (doctor,) = POD["initContainers"]
    done = run(doctor, LP_VISIT_STORE=store, SECRET_KEY="made up", LP_BASE_URL=api_url)
    assert [status, "store"] in [line.split()[:2] for line in done.stdout.splitlines()]
    assert done.returncode == 0


def test_the_server_starts(redis_url: str, api_url: str) -> None:
    """Gunicorn accepts the command, and can load the app where nothing can be written."""
    (shop,) = POD["containers"]
    done = run(shop, "--check-config", LP_VISIT_STORE=redis_url, SECRET_KEY="made up", LP_BASE_URL=api_url)
    assert (done.returncode, done.stderr) == (0, "")
