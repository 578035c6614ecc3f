"""Where a simulator can be reached: addresses, host names, pages of other origins, TLS, health and the spec."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import trustme

from lp_engagement import EngagementClient, sde
from lp_engagement.errors import ConfigurationError
from lp_engagement.simulator import ScenarioError, Simulator
from lp_engagement.simulator.__main__ import main
from lp_engagement_client import api
from tests.helpers import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[1]
ELSEWHERE = "127.0.0.2"
"""Another address of this machine, as a container has one of its own."""
PAGE = "http://localhost:3000"
CREATE = f"{api.find('createSession').path.format(accountId=ACCOUNT)}?v=1.0"
JSON = {"Content-Type": "application/json"}
BODY = b'{"appType": "EXTERNAL"}'


@pytest.fixture
def simulator() -> Simulator:
    """A simulator."""
    return Simulator()


def ask(
    url: str, method: str, target: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send one request and read status, headers (names in lower case) and body; `Host` and others can be given."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, body, (JSON if body else {}) | given)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.headers.items()}, content


# ---------------------------------------------------------------------------------------------------------- host names


@pytest.mark.parametrize("host", ["simulator", "SIMULATOR:8080", "simulator:1", "127.0.0.1:1", "localhost", "[::1]:9"])
def test_named_hosts_are_answered(simulator: Simulator, host: str) -> None:
    """Beyond the loopback interface the named hosts and this machine's are answered, with any port."""
    with simulator.serve(host="0.0.0.0", allow_hosts=["Simulator"]) as server:  # noqa: S104 - as in a container
        assert ask(server.url, "GET", "/_sim/health", Host=host)[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "simulator.evil.example", "simulator@evil.example", "", ELSEWHERE])
@pytest.mark.parametrize("target", ["/", "/_sim/state", CREATE])
def test_other_hosts_are_refused(simulator: Simulator, host: str, target: str) -> None:
    """A name that was not allowed is refused on page, control calls and API: a rebound name reaches nothing."""
    with simulator.serve(host="0.0.0.0", allow_hosts=["simulator"]) as server:  # noqa: S104 - as in a container
        status, _, content = ask(server.url, "GET", target, Host=host)
    assert status == 421
    assert b"--allow-host" in content
    assert simulator.journal == []


@pytest.mark.parametrize("name", ["http://simulator", "simulator:80", "*", "*.example.com", "", "[::1]"])
def test_hosts_follow_the_rules_of_the_client(simulator: Simulator, name: str) -> None:
    """The names that the client refuses as `allow_http` are refused here too."""
    with pytest.raises(ConfigurationError, match="allow_hosts has an entry that is not a host name"):
        simulator.serve(allow_hosts=[name])
    with pytest.raises(ConfigurationError):
        EngagementClient(ACCOUNT, allow_http=(name,))


def test_client_elsewhere_reaches_it_by_name(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that allows plain http to the name makes a visit over another address of this machine."""
    real = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        return real(ELSEWHERE if host in {"simulator", b"simulator"} else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with simulator.serve(host=ELSEWHERE, allow_hosts=["simulator"]) as server:
        assert server.url.startswith(f"http://{ELSEWHERE}:")
        url = f"http://simulator:{urlsplit(server.url).port}"
        with EngagementClient(ACCOUNT, base_url=url, allow_http=("simulator",), store="memory://") as client:
            assert client.visit("sarah").get_engagement(sdes=[sde.lead(topic="mortgage")]).available
        assert simulator.journal.last().headers["host"] == urlsplit(url).netloc


def test_forwarded_headers_are_ignored(simulator: Simulator) -> None:
    """Host names that only a forwarded header has neither open the server nor enter its answers."""
    forged: dict[str, Any] = {
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "https",
        "Forwarded": "host=evil.example",
        "X_Forwarded_For": "127.0.0.1",
    }
    path = f"{api.find('getDomain').path.format(accountId=ACCOUNT, service='msdkgw')}?version=1.0"
    with simulator.serve() as server:
        _, _, content = ask(server.url, "GET", path, **forged)
        assert json.loads(content)["baseURI"] == urlsplit(server.url).netloc
        forged |= {"Host": "evil.example", "X_Forwarded_Host": "localhost"}
        assert ask(server.url, "GET", "/", **forged)[0] == 421


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6(simulator: Simulator, host: str) -> None:
    """An IPv6 address is listened on, and its URL can be used."""
    with simulator.serve(host=host) as server:
        assert server.url.startswith("http://[::1]:")
        assert ask(server.url, "GET", "/_sim/health")[0] == 200


# ---------------------------------------------------------------------------------------------------------------- CORS


def preflight(url: str, origin: str, target: str = CREATE) -> tuple[int, dict[str, str]]:
    """Ask as a browser does before a page of another origin sends JSON."""
    status, headers, _ = ask(
        url,
        "OPTIONS",
        target,
        Origin=origin,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="content-type,x-simulator-fault",
        Access_Control_Request_Private_Network="true",
    )
    return status, {name: value for name, value in headers.items() if name.startswith("access-control-")}


def test_page_of_an_allowed_origin(simulator: Simulator) -> None:
    """An allowed origin passes the preflight, makes a visit and may read the answer, faults included."""
    with simulator.serve(cors=[PAGE, "capacitor://localhost"]) as server:
        assert preflight(server.url, PAGE) == (
            204,
            {
                "access-control-allow-origin": PAGE,
                "access-control-allow-methods": "GET, POST, PUT",
                "access-control-allow-headers": "content-type,x-simulator-fault",
                "access-control-allow-private-network": "true",
                "access-control-expose-headers": "retry-after",
                "access-control-max-age": "600",
            },
        )
        assert simulator.journal == []
        for fault, expected in (("ok", 200), ("429 after 7", 429), ("html 502", 502)):
            status, headers, _ = ask(server.url, "POST", CREATE, BODY, Origin=PAGE, X_Simulator_Fault=fault)
            assert (status, headers["access-control-allow-origin"], headers["vary"]) == (expected, PAGE, "origin")
        status, headers, _ = ask(server.url, "POST", CREATE, BODY, Origin="capacitor://localhost")
        assert (status, headers["access-control-allow-origin"]) == (200, "capacitor://localhost")


@pytest.mark.parametrize("origin", ["http://evil.example", "https://localhost:3000", f"{PAGE}.evil.example", "null"])
def test_page_of_another_origin(simulator: Simulator, origin: str) -> None:
    """Any other origin fails the preflight, and its requests are refused before they have an effect."""
    with simulator.serve(cors=[PAGE]) as server:
        assert preflight(server.url, origin) == (403, {})
        status, headers, _ = ask(server.url, "POST", CREATE, BODY, Origin=origin)
        assert (status, "access-control-allow-origin" in headers) == (403, False)
    assert simulator.journal == []


def test_without_cors_no_page_may_call(simulator: Simulator) -> None:
    """Unless an origin is named, only the simulator's own page may call it."""
    with simulator.serve() as server:
        assert preflight(server.url, PAGE) == (403, {})
        assert ask(server.url, "POST", CREATE, BODY, Origin=PAGE)[0] == 403
        status, headers, _ = ask(server.url, "POST", CREATE, BODY, Origin=server.url)
        assert (status, "access-control-allow-origin" in headers) == (200, False)


@pytest.mark.parametrize("method, target", [("GET", "/_sim/state"), ("POST", "/_sim/reset"), ("GET", "/")])
def test_cors_opens_the_api_only(simulator: Simulator, method: str, target: str) -> None:
    """A page of an allowed origin cannot read the simulator's page and journal, nor control it."""
    with simulator.serve(cors=[PAGE]) as server:
        status, headers, _ = ask(server.url, method, target, b"{}" if method == "POST" else None, Origin=PAGE)
        assert "access-control-allow-origin" not in headers
        assert status == (403 if method == "POST" else 200)
        if target.startswith("/_sim/"):
            assert preflight(server.url, PAGE, target)[1] == {}


@pytest.mark.parametrize("origin", ["*", "null", "localhost:3000", f"{PAGE}/", f"{PAGE}/app", "http://a b", ""])
def test_what_is_no_origin(simulator: Simulator, origin: str) -> None:
    """Wildcards, `null`, which every site can send, and URLs are refused with the form of an origin."""
    with pytest.raises(ScenarioError, match="is not an origin"):
        simulator.serve(cors=[origin])
    with pytest.raises(ScenarioError, match="is not an origin"):
        simulator.asgi(origins=[origin])


@pytest.mark.anyio
@pytest.mark.parametrize("origin, status", [(PAGE, 200), ("http://evil.example", 403)])
async def test_asgi_has_cors_too(simulator: Simulator, origin: str, status: int) -> None:
    """The ASGI application follows the same rules."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY}

    async def keep(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"sim.example"), (b"origin", origin.encode()), (b"content-type", b"application/json")]
    path, _, query = CREATE.partition("?")
    scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": headers}
    await simulator.asgi(origins=[PAGE])(scope, receive, keep)
    assert sent[0]["status"] == status
    assert ((b"access-control-allow-origin", origin.encode()) in sent[0]["headers"]) is (status == 200)


# ----------------------------------------------------------------------------------------------------------------- TLS


@contextmanager
def program(*arguments: str, cli: bool = False) -> Generator[list[str]]:
    """Run the command; give the lines that it prints first, and end it by a signal."""
    module = ["lp_engagement", "simulate"] if cli else ["lp_engagement.simulator"]
    command = [sys.executable, "-m", *module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield [process.stdout.readline().strip() for _ in range(2 if "--tls" in arguments else 1)]
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=20)
        assert rest == ("", "")
        assert process.returncode == 0


@pytest.mark.parametrize("cli", [False, True])
def test_throw_away_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, cli: bool) -> None:
    """With `--tls` a client that trusts the printed authority makes a visit, one that does not cannot."""
    more = ["--ca-file", str(tmp_path / "ca.pem")] if cli else []
    with program("--tls", "--allow-host", "simulator", *more, cli=cli) as (url, authority):
        file = Path(authority.partition("certificate authority: ")[2])
        assert b"BEGIN CERTIFICATE" in file.read_bytes()
        assert b"PRIVATE KEY" not in file.read_bytes()
        assert (file == tmp_path / "ca.pem") is cli
        port = urlsplit(url).port or 0
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        # A process of its own, since one process reads the authorities once.
        client = ["-m", "lp_engagement", "engage", "--account", ACCOUNT, "--key", "sarah", "--store", "memory://"]
        done = subprocess.run(
            [sys.executable, *client, "--base-url", f"https://localhost:{port}"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert '"available": true' in done.stdout, done.stderr
        for name in ("127.0.0.1", "simulator"):
            context = ssl.create_default_context(cafile=file)
            with (
                socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
                context.wrap_socket(raw, server_hostname=name) as wrapped,
            ):
                assert wrapped.version() in {"TLSv1.2", "TLSv1.3"}
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
        ):
            ssl.create_default_context(cafile=other_authority(tmp_path)).wrap_socket(raw, server_hostname="localhost")
    assert file.exists() is cli


def other_authority(folder: Path) -> Path:
    """The certificate of an authority that has signed nothing here."""
    file = folder / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


def test_own_certificate(tmp_path: Path) -> None:
    """With `--cert` and `--key` that certificate is served; plain http on its port does no harm."""
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    made.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    made.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    with program("--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")) as (url,):
        port = urlsplit(url).port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert not plain.recv(100).startswith(b"HTTP")
        context = ssl.create_default_context()
        authority.configure_trust(context)
        connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=context)
        connection.request("GET", "/_sim/health")
        assert connection.getresponse().status == 200
        connection.close()


def test_handshakes_under_way_do_not_stop_the_end(simulator: Simulator, tmp_path: Path) -> None:
    """A client that connects and says nothing cannot keep a TLS server from ending, nor does it leave any output."""
    from lp_engagement.simulator.tls import throw_away_certificate

    context = throw_away_certificate([], tmp_path / "ca.pem")
    with (
        simulator.serve(ssl_context=context) as server,
        socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=10) as silent,
    ):
        trusting = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        with socket.create_connection(silent.getpeername(), timeout=10) as raw:
            trusting.wrap_socket(raw, server_hostname="localhost").close()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--cert", "a.pem"], "--cert and --key belong together"),
        (["--tls", "--cert", "a.pem", "--key", "b.pem"], "Leave one of them out"),
        (["--ca-file", "a.pem"], "Add --tls"),
        (["--cert", "a.pem", "--key", "b.pem"], "must be PEM files"),
        (["--tls", "--ca-file", "nowhere/ca.pem"], "nowhere/ca.pem"),
        (["--allow-host", "http://x"], "not a host name"),
        (["--cors", "*"], "is not an origin"),
        (["--host", "192.0.2.1"], "cannot listen on"),
    ],
)
def test_options_that_cannot_be_used(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Options that do not go together end the program with one line that names the fix."""
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with pytest.raises(SystemExit):
            main(arguments)
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), handlers, strict=True):
            signal.signal(number, handler)
    captured = capsys.readouterr().err
    assert words in captured
    assert len(captured.splitlines()) == 1


# ------------------------------------------------------------------------------------------------------ health and spec


def test_health(simulator: Simulator) -> None:
    """The health call answers 200 and is in no journal."""
    with simulator.serve() as server:
        status, headers, content = ask(server.url, "GET", "/_sim/health")
    assert (status, json.loads(content)["status"], headers["cache-control"]) == (200, "ok", "no-store")
    assert simulator.journal == []


def test_spec_is_served(simulator: Simulator) -> None:
    """`/openapi.yaml` is the spec itself, byte for byte."""
    answer = simulator.handle("GET", "/openapi.yaml", {}, b"")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/yaml")
    assert answer.body == (ROOT / "openapi/app-engagement.yaml").read_bytes()
    assert simulator.handle("POST", "/openapi.yaml", {}, b"").status == 404
