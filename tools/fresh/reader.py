"""A reader who types the commands of a page into a fresh machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .steps import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .machine import Machine
    from .steps import Step

# What pages write for the place where the reader has put the repository.
PLACEHOLDER = "/path/to/lp-engagement"
# Runs until the reader ends it; the commands after it are typed into another terminal.
_SERVER = re.compile(r"-m lp_engagement\.simulator\b|lp-engagement simulate\b")
_READY = re.compile(r"https?://127\.0\.0\.1:(\d+)")
_SECONDS_TO_START = 60
# Goes into the environment of the reader's own project, not of the repository.
_INSTALLATION = re.compile(r"python3 -m pip install\b")
_NOT_FOUND = 127
_TARGET = re.compile(r"make (?:lint|types|lint-spec|check-[a-z]+|docs|dist|demo|test)")

_PROOF = Path(__file__).with_name("proof.py")
NEEDED = ("git", "make", "python3")
# Programs of other machines that a page may not lean on; beside all that the repository's own environment has.
_FOREIGN = (
    *("cargo", "chromedriver", "chromium", "conda", "curl", "docker", "gcc", "go", "java", "javac", "jq", "node"),
    *("npm", "npx", "pip", "pip3", "pipx", "poetry", "pyenv", "redis-server", "uv", "uvx", "wget"),
)


class FailedStep(NamedTuple):
    """A command that did not do what the page says.

    Attributes:
        step: the command.
        why: what happened.
        output: what it printed, as far as it helps.
    """

    step: Step
    why: str
    output: str


class Reader:
    """One who types the commands of pages, each into a shell of its own, in the folder of the repository.

    Args:
        machine: the machine.
        repository: the repository's folder, below the home folder of the machine.
        variables: what to set beside the environment of the machine.
        seconds: how long a command may take.
    """

    def __init__(
        self, machine: Machine, repository: Path, variables: Mapping[str, str] | None = None, seconds: float = 900
    ) -> None:
        self._machine = machine
        self._repository = repository
        self._environment = {**machine.environment, **(variables or {})}
        self._seconds = seconds
        self._checked = False

    def impurities(self, hidden: Path) -> Iterator[str]:
        """List traces that make the machine less than fresh.

        Args:
            hidden: a file of this machine that cannot be seen on a machine of its own.

        Raises:
            RuntimeError: its Python cannot be asked.
        """
        ours = {program.name for program in Path(sys.executable).parent.iterdir()}
        foreign = {name for name in ours if not name.startswith(("python", "activate"))}.union(_FOREIGN)
        question = {
            "needed": NEEDED,
            "programs": sorted(foreign),
            "paths": [str(hidden)] if self._machine.hides_files else [],
            # The shell's own are there anywhere.
            "variables": [*self._environment, "PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"],
        }
        source = _PROOF.read_text(encoding="utf-8")
        done = self._run(["python3", "-I", "-c", source], self._machine.home, json.dumps(question))
        if done.returncode:
            raise RuntimeError(f"the machine's python3 does not run: {done.stderr or done.stdout}")
        told = json.loads(done.stdout)
        if told["python"] < [3, 11]:
            yield f"its Python is {'.'.join(map(str, told['python']))}"
        yield from (f"there is no {each}" for each in told["absent"])
        yield from (f"{each} is on the PATH" for each in told["programs"])
        yield from (f"{each} can be seen" for each in told["paths"])
        yield from (f"the package {each} is installed" for each in told["packages"])
        yield from (f"the variable {each} is set" for each in told["variables"])

    def read(self, steps: Iterable[Step]) -> Iterator[tuple[Step, FailedStep | None]]:
        """Type the commands of one page; servers run until its end."""
        servers: list[_Server] = []
        serving: list[tuple[Step, _Server]] = []
        try:
            for step in steps:
                if not _SERVER.search(step.command):
                    yield step, self._type(step)
                    continue
                command = self._machine.command(self._shell(step.command), self._repository)
                servers.append(server := _Server(command, self._repository, self._environment))
                server.wait()
                if server.serves():
                    serving.append((step, server))
                    yield step, None
                else:
                    yield step, FailedStep(step, "it does not serve", server.output)
            for step, server in serving:
                if not server.serves():
                    yield step, FailedStep(step, "it no longer serves at the end of the page", server.output)
        finally:
            for server in servers:
                server.stop()

    def _type(self, step: Step) -> FailedStep | None:
        """Type one command; what is wrong with it, if anything is."""
        try:
            if _INSTALLATION.match(step.command):
                done = self._install(step)
            else:
                # All that `make check` does was done by it, seconds ago: `make -n` sees that the target is there.
                again = self._checked and _TARGET.fullmatch(step.command)
                command = step.command.replace("make", "make -n", 1) if again else step.command
                done = self._run(self._shell(command), self._repository)
                self._checked |= step.command == "make check"
        except subprocess.TimeoutExpired as error:
            return FailedStep(step, f"it took more than {self._seconds:.0f} seconds", _text(error.stdout))
        output = done.stdout + done.stderr
        if done.returncode == _NOT_FOUND:
            return FailedStep(step, "it needs a program that a fresh machine has not", output)
        if done.returncode:
            return FailedStep(step, f"exit code {done.returncode}", output)
        if step.shown is None:
            return None
        try:
            told = json.loads(done.stdout)
        except ValueError:
            return FailedStep(step, "the page shows JSON below it, and it prints none", output)
        return next((FailedStep(step, each, done.stdout) for each in differences(step.shown, told)), None)

    def _install(self, step: Step) -> subprocess.CompletedProcess[str]:
        """Type a command that installs the package, in a project of the reader's own, and ask what it brought."""
        project = self._machine.home / f"project-{step.line}"
        project.mkdir()
        brought = "lp-engagement --version" if "cli" in step.command else "python3 -c 'import lp_engagement'"
        script = f"python3 -m venv .venv && . .venv/bin/activate && {step.command} && {brought}"
        return self._run(self._shell(script), project)

    def _shell(self, command: str) -> list[str]:
        return ["/bin/sh", "-c", command.replace(PLACEHOLDER, self._machine.inside(self._repository))]

    def _run(self, command: list[str], folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command on the machine; in time, or not at all."""
        with subprocess.Popen(
            self._machine.command(command, folder),
            cwd=folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout=self._seconds)
            finally:
                _end(process)
        return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


class _Server:
    """A command that runs until it is stopped."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        self._lines: list[str] = []
        self._told = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._lines.append(line)
            if _READY.search(line):
                self._told.set()
        self._told.set()

    @property
    def output(self) -> str:
        """Return the output so far."""
        return "".join(self._lines)

    def wait(self) -> None:
        """Wait until it says where it serves, or ends."""
        self._told.wait(_SECONDS_TO_START)

    def serves(self) -> bool:
        """Whether it can be reached where it says."""
        said = _READY.search(self.output)
        if said is None or self._process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", int(said[1])), timeout=_SECONDS_TO_START).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stop it."""
        _end(self._process)
        self._process.wait()
        self._listener.join()
        if self._process.stdout:
            self._process.stdout.close()


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _text(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""
