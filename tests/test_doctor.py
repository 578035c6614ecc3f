"""`lp-engagement doctor`: on real sockets with real TLS, each fault is named by a sentence of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from lp_engagement._io import certificates
from lp_engagement.cli.doctor import certificate
from lp_engagement.cli.doctor.diagnosis import CHECKS
from lp_engagement.cli.group import group
from lp_engagement.simulator import Simulator
from lp_engagement.stores import SQLiteStore
from tests.faults.certificates import HOST, LOOK_UP_HOST, Authority
from tests.faults.scripted import LOOPBACK, Script, Server, hang, http

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "12345678"
SECRET = "secret-4711"
NAMED = http(200, {"service": "msdkgw", "account": ACCOUNT, "baseURI": HOST})
FRONT = http(404, {"error": {"message": "no such route"}})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Makes certificates."""
    return Authority(tmp_path_factory.mktemp("authority"))


class Surroundings:
    """The two hosts that the doctor talks to, both on this machine."""

    def __init__(self, environment: pytest.MonkeyPatch, authority: Authority, folder: Path) -> None:
        self.environment, self.authority = environment, authority
        self.arguments = ["--account", ACCOUNT, "--store", f"sqlite:///{folder}/visits.db"]
        self.servers: list[Server] = []
        self.ports: dict[str, int] = {}
        real = socket.getaddrinfo

        def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name not in self.ports:
                return real(host, port, *arguments, **options)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (LOOPBACK, self.ports[name]))]

        environment.setattr(socket, "getaddrinfo", getaddrinfo)

    def serve(self, name: str, answer: bytes, *, tls: ssl.SSLContext | None = None, listens: bool = True) -> Server:
        """Let a host answer every request with the same bytes."""
        script = Script(((answer,),), listens=listens)
        server = Server(script, tls=tls or self.authority.good, immediately=True)
        self.servers.append(server)
        self.ports[name] = server.port
        return server

    def examined(self, *arguments: str) -> dict[str, Any]:
        """Run the doctor, and return its findings by their checks."""
        done = CliRunner().invoke(group, ["doctor", "--json", *self.arguments, *arguments])
        found = json.loads(done.stdout)
        assert done.stderr == ""
        assert done.exit_code == (0 if found["ok"] else 1)
        assert [each["check"] for each in found["checks"]] == list(CHECKS)
        assert ACCOUNT not in done.stdout
        assert SECRET not in done.stdout
        # Nothing that could make a visitor was sent.
        assert {each.method for server in self.servers for each in server.requests} <= {"GET"}
        return {each["check"]: each for each in found["checks"]}


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch, authority: Authority, tmp_path: Path) -> Iterator[Surroundings]:
    """A set-up in which nothing is wrong."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("LP_ACCOUNT_ID", "LP_DOMAIN", "LP_BASE_URL", "LP_VISIT_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    certificates._ssl_context.cache_clear()
    surroundings = Surroundings(monkeypatch, authority, tmp_path)
    surroundings.serve(LOOK_UP_HOST, NAMED)
    surroundings.serve(HOST, FRONT)
    yield surroundings
    for server in surroundings.servers:
        server.stop()
    certificates._ssl_context.cache_clear()


def failures(found: dict[str, Any]) -> dict[str, str]:
    """Return the text of each check that failed. Each has a fix."""
    failed = {check: each for check, each in found.items() if each["status"] == "fail"}
    assert all(each["fix"] for each in failed.values())
    return {check: each["text"] for check, each in failed.items()}


def test_right_set_up(around: Surroundings, tmp_path: Path) -> None:
    """Where nothing is wrong, every check passes, nothing needs a fix, and no visit is left in the store."""
    around.serve(HOST, http(404, b"", f"Date: {formatdate(usegmt=True)}"))
    found = around.examined()
    assert {check: each["status"] for check, each in found.items()} == dict.fromkeys(CHECKS, "ok")
    assert {each["fix"] for each in found.values()} == {None}
    assert list(SQLiteStore(tmp_path / "visits.db").items()) == []


def test_text_is_a_line_for_each_check(around: Surroundings) -> None:
    """Without --json each finding is a line: status, check and sentence; a fix follows on a line of its own."""
    done = CliRunner().invoke(group, ["doctor", *around.arguments, "--store", "memory://"])
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines if not line.startswith(" ")] == list(CHECKS)
    assert lines[-2].startswith("warn     store     The store is in memory")
    assert lines[-1].strip().startswith("For more than a test, use ")


@pytest.mark.parametrize("answer", [http(400), http(404), http(200, {"baseURIs": []})], ids=["400", "404", "no host"])
def test_wrong_account(around: Surroundings, answer: bytes) -> None:
    """An account that the Domain API refuses, or has no host for, is the account's fault and not the network's."""
    around.serve(LOOK_UP_HOST, answer)
    found = around.examined()
    assert failures(found) == {"account": "The Domain API does not know this account."}
    assert found["host"]["status"] == "skipped"


def test_account_without_the_documented_form(around: Surroundings) -> None:
    """An account id that cannot be one is reported before anything is sent, without repeating it."""
    found = around.examined("--account", f"no/{SECRET}")
    assert failures(found)["account"].startswith("There is no usable account id: ")
    assert not any(server.connections for server in around.servers)


@pytest.mark.parametrize("status", [503, 403, None])
def test_look_up_down(around: Surroundings, status: int | None) -> None:
    """A Domain API that is down is named, with the way to do without it."""
    around.serve(LOOK_UP_HOST, http(status or 200), listens=status is not None)
    found = around.examined()
    ((check, text),) = failures(found).items()
    assert check == "look-up"
    assert text.startswith(f"The Domain API does not work{f' (HTTP {status})' if status else ''}: ")
    assert "set LP_DOMAIN" in found["look-up"]["fix"]


def test_look_up_that_names_no_public_host(around: Surroundings) -> None:
    """A look-up that names a machine of this network is not trusted, and is not the account's fault."""
    around.serve(LOOK_UP_HOST, http(200, {"baseURI": "10.0.0.1"}))
    assert list(failures(around.examined())) == ["look-up"]


def test_host_dead(around: Surroundings) -> None:
    """A host where nobody listens is named, after a look-up that works."""
    around.serve(HOST, b"", listens=False)
    found = around.examined()
    ((check, text),) = failures(found).items()
    assert check == "host"
    assert text.startswith(f"The account's host does not answer: {HOST} could not be reached: ")
    assert (found["look-up"]["status"], found["proxy"]["text"]) == ("ok", "No proxy is used.")


def test_expired_certificate(around: Surroundings) -> None:
    """A certificate that has expired is a finding of its own, and asks for the date of this machine first."""
    around.serve(HOST, FRONT, tls=around.authority.ended)
    found = around.examined()
    text = f"The certificate of {HOST} could not be verified: certificate has expired."
    assert failures(found) == {"tls": text}
    assert "check the date of this machine first" in found["tls"]["fix"]


def test_certificate_that_expires_soon(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate with few days left is a warning."""
    monkeypatch.setattr(certificate, "WARN_DAYS", 20)
    found = around.examined()
    assert found["tls"]["status"] == "warn"
    assert found["tls"]["text"].startswith(f"The certificate of {HOST} expires in ")


@pytest.mark.parametrize("seconds, said", [(-86_400, "1.0 days ahead of"), (86_400, "1.0 days behind")])
def test_clock_a_day_off(around: Surroundings, seconds: int, said: str) -> None:
    """A clock that differs from the server's by a day is named, with the direction."""
    around.serve(HOST, http(200, b"", f"Date: {formatdate(time.time() + seconds, usegmt=True)}"))
    assert failures(around.examined()) == {"clock": f"The clock of this machine is {said} the server's."}


@pytest.mark.parametrize("date", ["x" * 60_000, "Wed, 99 Nov 2026 00:00:00 GMT", "Mon, 01 Jan 9999999 00:00:00 GMT"])
def test_date_that_is_none(around: Surroundings, date: str) -> None:
    """A Date header that cannot be read is no finding against the clock, however long it is."""
    around.serve(HOST, http(200, b"", f"Date: {date}"))
    assert around.examined()["clock"]["status"] == "skipped"


def test_proxy_that_refuses(around: Surroundings) -> None:
    """A proxy that refuses is named by its variable, without its password."""
    proxy = Server(Script(((http(403),),)))
    around.servers.append(proxy)
    around.environment.setenv("HTTPS_PROXY", f"http://user:{SECRET}@{LOOPBACK}:{proxy.port}")
    # A request to a proxy is a CONNECT, which the server does not list.
    found = around.examined()
    assert failures(found) == {"proxy": f"The proxy that HTTPS_PROXY names refuses to connect to {LOOK_UP_HOST}."}


def test_proxy_that_is_not_there(around: Surroundings) -> None:
    """A proxy that cannot be reached is blamed, and not the host behind it."""
    around.environment.setenv("HTTPS_PROXY", f"http://user:{SECRET}@{LOOPBACK}:1")
    found = around.examined()
    text = f"The proxy that HTTPS_PROXY names could not be used to reach {LOOK_UP_HOST}."
    assert failures(found) == {"proxy": text}


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system as Linux does")
def test_store_that_is_read_only(tmp_path: Path) -> None:
    """On a read-only file system the store is the one check that fails."""
    store = SQLiteStore(tmp_path / "visits.db")
    store.release("a", "b")
    store.close()
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    mount = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount += ['mount -t tmpfs none "$0" && cp "$1" "$0" && mount -o remount,ro "$0" && shift && exec "$@"']
    mount += [str(mounted), str(tmp_path / "visits.db")]
    if shutil.which("unshare") is None or subprocess.run([*mount, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    simulator = Simulator()
    with simulator.serve() as server:
        command = [sys.executable, "-m", "lp_engagement", "doctor", "--json", "--account", ACCOUNT]
        command += ["--base-url", server.url, "--store", f"sqlite:///{mounted}/visits.db"]
        done = subprocess.run([*mount, *command], capture_output=True, text=True, timeout=60, check=False)
    assert [entry for entry in simulator.journal if entry.operation is not None] == []
    assert (done.returncode, done.stderr) == (1, "")
    found = {each["check"]: each for each in json.loads(done.stdout)["checks"]}
    ((check, text),) = failures(found).items()
    assert check == "store"
    assert text.startswith("The store cannot be used: ")


def test_store_url_with_a_password(around: Surroundings) -> None:
    """A store that cannot be opened is reported without its password."""
    found = around.examined("--store", f"redis://user:{SECRET}@{LOOPBACK}:1/0")
    assert list(failures(found)) == ["store"]


def test_time_limit(around: Surroundings) -> None:
    """A host that never answers costs no more than --timeout."""
    server = around.serve(LOOK_UP_HOST, b"")
    server.script = Script(((hang,),))
    started = time.monotonic()
    found = around.examined("--timeout", "0.5")
    assert time.monotonic() - started < 15
    assert list(failures(found)) == ["look-up"]
