"""Which proxy the environment names, and what is said when it cannot be used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import respx

from lp_engagement._io import proxies
from lp_engagement.errors import ConfigurationError
from lp_engagement.transports import HttpRequest, HttpResponse
from tests.test_transport_hostile import async_all, sync_all

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "secret-4711"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("send_all", [sync_all, async_all])
@pytest.mark.parametrize(
    "no_proxy",
    ["localhost,127.0.0.0/8,::1/128", "[::1]", "fe80::/10", "[::1]/128,[fe80::]:80", "::", "[", "a:b:c", "%"],
)
def test_unusual_no_proxy_stops_nothing(
    send_all: Callable[..., list[HttpResponse]], monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    """Entries of NO_PROXY as containers have them, or that nobody can read, keep no call from being sent."""
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with respx.mock as router:
        router.get("https://lo.example.test/").respond(200)
        assert send_all([HttpRequest("GET", "https://lo.example.test/", {})])[0].status == 200


@pytest.mark.parametrize(
    "no_proxy, host, port, exempt",
    [
        ("example.test", "example.test", 443, True),
        ("example.test", "lo.example.test", 443, True),
        ("example.test", "loexample.test", 443, False),
        (".example.test", "lo.example.test", 443, True),
        (".example.test", "example.test", 443, False),
        ("*.example.test", "lo.example.test", 443, True),
        (" LO.Example.test. , other", "lo.example.test", 443, True),
        ("other, *", "lo.example.test", 443, True),
        ("example.test:443", "lo.example.test", 443, True),
        ("example.test:8443", "lo.example.test", 443, False),
        ("https://example.test", "lo.example.test", 443, True),
        ("http://example.test", "lo.example.test", 443, False),
        ("all://example.test", "lo.example.test", 443, True),
        ("10.0.0.0/8", "10.1.2.3", 443, True),
        ("10.0.0.0/8", "11.1.2.3", 443, False),
        ("10.0.0.0/8", "10.example.test", 443, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3:443", "10.1.2.3", 443, True),
        ("fe80::/10", "fe80::1", 443, True),
        ("fe80::/10", "10.1.2.3", 443, False),
        ("[2001:db8::1]", "2001:db8::1", 443, True),
        ("[2001:db8::1]:443", "2001:db8::1", 443, True),
        ("2001:db8:0::1", "2001:db8::1", 443, True),
        ("", "lo.example.test", 443, False),
        (",,", "lo.example.test", 443, False),
        (":443", "lo.example.test", 443, False),
        ("0.0.0.0/0", "lo.example.test", 443, False),
    ],
)
def test_no_proxy_is_read(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, port: int, *, exempt: bool
) -> None:
    """Names cover what is below them; addresses and networks cover addresses; a scheme or a port narrows both."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.test:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxies.choose("https", host, port) is None) is exempt


def test_variables_are_chosen_by_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheme's own variable wins over ALL_PROXY; a URL may lack its scheme and have blanks around it."""
    monkeypatch.setenv("ALL_PROXY", "socks5://all.example.test")
    monkeypatch.setenv("HTTPS_PROXY", " proxy.example.test:3128\n")
    chosen = {scheme: proxies.choose(scheme, "lo.example.test", None) for scheme in ("http", "https")}
    assert {scheme: proxy and tuple(proxy) for scheme, proxy in chosen.items()} == {
        "http": ("all", "socks5://all.example.test"),
        "https": ("https", "http://proxy.example.test:3128"),
    }


def test_this_machine_has_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is never reached through a proxy."""
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example.test")
    assert [proxies.choose("http", host, 80) for host in ("localhost", "127.0.0.1", "::1")] == [None] * 3


def test_repr_shows_no_password() -> None:
    """The repr of a proxy shows nothing of its URL."""
    assert repr(proxies.Proxy("all", f"http://u:{SECRET}@h")) == "<Proxy>"


@pytest.mark.parametrize("send_all", [sync_all, async_all])
@pytest.mark.parametrize(
    "name, value, message",
    [
        ("HTTPS_PROXY", f"http://u:{SECRET}#x@h:1", r"^HTTPS_PROXY is not the URL of a proxy\. .*# as %23\.$"),
        ("https_proxy", f"http://u:{SECRET}@h:port", r"^https_proxy is not the URL of a proxy\."),
        (
            "ALL_PROXY",
            f"ftp://u:{SECRET}@h",
            r"^ALL_PROXY must begin with http://, https://, socks5:// or socks5h://\.$",
        ),
        (
            "ALL_PROXY",
            f"socks5://u:{SECRET}@h",
            r'^ALL_PROXY names a SOCKS proxy\. Install "httpx\[socks\]" to use it\.$',
        ),
    ],
)
def test_unusable_proxy_names_its_variable(
    send_all: Callable[..., list[HttpResponse]], monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    """A proxy that cannot be used is reported by the variable that names it, with the remedy, without its password."""
    monkeypatch.setattr("lp_engagement._io.httpx_pools.find_spec", lambda _: None)
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=message) as caught:
        send_all([HttpRequest("GET", "https://lo.example.test/", {})])
    assert SECRET not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
