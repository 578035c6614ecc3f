"""A PostgreSQL of a test's own: on a socket in a temporary folder, ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

MISSING = "PostgreSQL is not installed, and the tests of its recipe need it (Debian: apt-get install postgresql)"


def _programs() -> Path:
    """The folder of the newest server; Debian keeps it out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    return found[-1].parent if found else Path(str(on_path)).parent


@contextmanager
def postgres() -> Generator[str]:
    """Run a server, and yield the URL of its database."""
    programs = _programs()
    # Short, because the name of a socket must be; and not below the test's folder, which only its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="lp-postgres-"))
    # The server refuses to run as root.
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who: dict[str, Any] = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    options = ("-U", "app", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
    subprocess.run([programs / "initdb", "-D", data, *options], check=True, capture_output=True, cwd=folder, **who)
    options = ("-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off")
    server: list[str | Path] = [programs / "postgres", "-D", data, *options]
    log = (folder / "log").open("wb")
    with log, subprocess.Popen(server, cwd=folder, stdout=log, stderr=log, **who) as process:
        url = f"postgresql://app@/postgres?host={folder}"
        try:
            _wait(url)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # at once, whoever is connected
            process.wait()
            shutil.rmtree(folder)


def _wait(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
