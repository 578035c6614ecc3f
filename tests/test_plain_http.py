"""Plain http to named hosts of a test network: only where somebody allowed it, and never without a warning."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from lp_engagement import AsyncEngagementClient, EngagementClient
from lp_engagement.cli.group import group
from lp_engagement.errors import ConfigurationError
from lp_engagement.simulator import Simulator
from tests.both import ACCOUNT, KINDS, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator

both = pytest.mark.parametrize("client", [EngagementClient, AsyncEngagementClient])


@pytest.fixture(params=KINDS)
def maker(request: pytest.FixtureRequest) -> Iterator[Maker]:
    """Makes sync clients once, and async ones once."""
    with Maker(request.param) as maker:
        yield maker


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LP_ALLOW_HTTP_HOSTS", "LP_BASE_URL", "LP_DOMAIN", "LP_LOG"):
        monkeypatch.delenv(name, raising=False)


def refusal(client: Any, **arguments: Any) -> str:
    """Return the words with which a constructor refuses its arguments."""
    with pytest.raises(ConfigurationError) as caught:
        client(ACCOUNT, store="memory://", **{"base_url": "http://simulator:8080", **arguments})
    return str(caught.value)


@both
def test_error_names_the_way_out(client: Any) -> None:
    """Plain http to another machine is refused by default, and the error shows how to allow it."""
    assert refusal(client) == (
        "base_url must begin with https:// (plain http is for this machine only). For a test network, pass"
        ' allow_http=("simulator",) or set LP_ALLOW_HTTP_HOSTS=simulator.'
    )
    assert "allow_http" not in refusal(client, base_url="ftp://simulator")
    assert "allow_http" not in refusal(client, base_url="http://[2001:db8::1]")


@both
@pytest.mark.parametrize("given", [("simulator",), ["other.example", "SIMULATOR"], {"simulator"}])
def test_allowed_host(client: Any, given: Any) -> None:
    """A named host is reached by plain http, with its port."""
    made = client(ACCOUNT, store="memory://", base_url="http://Simulator:8080", allow_http=given)
    assert "http://simulator:8080" in repr(made)


@both
def test_hosts_from_the_environment(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """`LP_ALLOW_HTTP_HOSTS` has names with commas between them, and gives way to the argument."""
    monkeypatch.setenv("LP_ALLOW_HTTP_HOSTS", " other.example , simulator,")
    monkeypatch.setenv("LP_BASE_URL", "http://simulator:8080")
    assert "http://simulator:8080" in repr(client(ACCOUNT, store="memory://"))
    assert "allow_http" in refusal(client, allow_http=())
    monkeypatch.setenv("LP_ALLOW_HTTP_HOSTS", "*.example")
    assert "LP_ALLOW_HTTP_HOSTS has an entry that is not a host name" in refusal(client)


@both
@pytest.mark.parametrize("host", ["simulator.example", "sub.simulator", "simulator.", "imulator"])
def test_only_exact_names(client: Any, host: str) -> None:
    """Neither a domain nor a part of a name is allowed along with a name."""
    assert "base_url" in refusal(client, base_url=f"http://{host}", allow_http=("simulator",))


@both
@pytest.mark.parametrize("entry", ["*", "*.example", "simulator:8080", "http://simulator", "", " ", "[::1]", 1, None])
def test_entries_that_are_not_names(client: Any, entry: Any) -> None:
    """An entry that is not a host name is refused, whatever the URL is."""
    for url in ("http://simulator", "https://lp.example.com"):
        words = refusal(client, base_url=url, allow_http=("simulator", entry))
        assert words.startswith("allow_http has an entry that is not a host name")


@both
def test_single_string(client: Any) -> None:
    """A string is not taken for its letters."""
    assert refusal(client, allow_http="simulator") == (
        "allow_http must be a tuple or list of host names, not str. Write allow_http=(host,)"
    )
    assert refusal(client, allow_http=1) == (
        "allow_http must be a tuple or list of host names, not int. Write allow_http=(host,)"
    )


def test_one_warning_for_each_host(caplog: pytest.LogCaptureFixture) -> None:
    """The first client of a process that uses plain http to a host logs a warning; https and loopback log none."""
    hosts = ("warned-a.example", "warned-b.example")
    with caplog.at_level(logging.WARNING, "lp_engagement"):
        for url in ("http://127.0.0.1:1", "https://warned-a.example", *(f"http://{host}:1" for host in hosts * 2)):
            EngagementClient(ACCOUNT, store="memory://", base_url=url, allow_http=hosts).close()
    assert [record.getMessage() for record in caplog.records] == [
        f"Requests to {host} use plain http: visitor ids, session ids and attributes travel unencrypted."
        " Use it in a test network only."
        for host in hosts
    ]


def test_requests_reach_the_host(maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole visit works over plain http, on the wire."""
    simulator = Simulator()
    look_up = socket.getaddrinfo

    def named(host: Any, *rest: Any, **extra: Any) -> Any:
        return look_up("127.0.0.1" if host == "simulator" else host, *rest, **extra)

    monkeypatch.setattr(socket, "getaddrinfo", named)
    with simulator.serve(allow_hosts=["simulator"]) as server:
        port = urlsplit(server.url).port
        client = maker.client(base_url=f"http://simulator:{port}", allow_http=("simulator",))
        assert client.visit().get_engagement().available
        assert client.domain().base_url == f"http://simulator:{port}"


def test_commands_read_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell has the environment variable; its errors name it."""
    arguments = [
        *("engage", "--account", ACCOUNT, "--key", "k", "--store", "memory://", "--dry-run"),
        *("--base-url", "http://simulator:8080"),
    ]
    done = CliRunner().invoke(group, arguments)
    assert (done.exit_code, "LP_ALLOW_HTTP_HOSTS=simulator" in done.stderr) == (2, True)
    monkeypatch.setenv("LP_ALLOW_HTTP_HOSTS", "simulator")
    done = CliRunner().invoke(group, arguments)
    assert (done.exit_code, "http://simulator:8080/api/account/" in done.stdout) == (0, True)
