"""Tests for an installed lp-engagement, which need nothing but the wheel: `python -I suite.py EXTRA...`.

Each function is a fact; those named after an extra are proved where it is installed, their opposites where it is not.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import importlib.util
import io
import json
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

EXTRAS = ("cli", "encryption", "fast", "js", "lsp", "otel", "prometheus", "redis", "simulator", "testing")
PROBES = {
    "cli": "click",
    "encryption": "cryptography",
    "fast": "aiohttp",
    "js": "tree_sitter",
    "lsp": "pygls",
    "otel": "opentelemetry",
    "prometheus": "prometheus_client",
    "redis": "redis",
    "testing": "hypothesis",
}
# What another extra brings along: trustme needs cryptography.
ALSO_IN = {"encryption": "simulator"}
ACCOUNT, URL = "12345678", "https://lp.example.com"


@functools.cache
def _entry_point() -> Callable[[tuple[str, ...]], int]:
    (found,) = importlib.metadata.entry_points(group="console_scripts", name="lp-engagement")
    loaded: Callable[[tuple[str, ...]], int] = found.load()
    return loaded


def _command(*arguments: str) -> tuple[int, str]:
    # Like the real ones: text above bytes.
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            code = _entry_point()(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    out.seek(0)
    return code, out.read()


def installed() -> None:
    """Both packages come from this environment, with their types, schemas and version."""
    import lp_engagement
    import lp_engagement_client

    for package in (lp_engagement, lp_engagement_client):
        folder = Path(package.__file__ or "").parent
        assert Path(sys.prefix).resolve() in folder.resolve().parents, folder
        assert (folder / "py.typed").is_file()
    # Not by a literal: PyInstaller would see it, and take the metadata along into a program that has to do without.
    assert lp_engagement.__version__ == importlib.metadata.version(lp_engagement.__name__)
    for name in lp_engagement.__all__:
        getattr(lp_engagement, name)


def a_visit() -> None:
    """A visit is opened, kept in a file, gone on with by another client, and updated."""
    from lp_engagement import EngagementClient, sde
    from lp_engagement.simulator import Simulator

    simulator = Simulator(cold=1)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            with EngagementClient(
                ACCOUNT,
                base_url=URL,
                store=f"sqlite:///{folder}/visits.db",
                transport=simulator.transport(),
                clock=simulator.clock,
            ) as client:
                visit = client.visit("customer")
                engagement = visit.get_engagement(sdes=[sde.cart(total=11.7, num_items=1)], sections=["Support"])
                assert engagement.available
                visit.update(impressions=[engagement.displayed()])
    assert simulator.clock.slept == [5.0], simulator.clock.slept
    assert len(simulator.visitors(ACCOUNT)) == 1


def an_async_visit() -> None:
    """The same with `await`."""
    import asyncio

    from lp_engagement import AsyncEngagementClient
    from lp_engagement.simulator import Simulator

    async def visit() -> None:
        transport = Simulator().async_transport()
        async with AsyncEngagementClient(ACCOUNT, base_url=URL, store="memory://", transport=transport) as client:
            assert (await client.visit("customer").get_engagement()).available

    asyncio.run(visit())


def over_http() -> None:
    """The HTTP transport talks to a server on this machine."""
    from lp_engagement import EngagementClient
    from lp_engagement.simulator import Simulator

    with (
        Simulator().serve() as server,
        EngagementClient(ACCOUNT, base_url=server.url, store="memory://") as client,
    ):
        assert client.visit("customer").get_engagement().available


def validation() -> None:
    """A bad payload is refused with its rule and its place."""
    from lp_engagement.validation import check

    (problem,) = check({"type": "personal", "personal": {"firstName": "x"}}, "sde")
    assert (problem.rule, problem.pointer) == ("LPE102", "/personal/firstName")
    assert "firstname" in problem.hint


def cli() -> None:
    """The command validates, explains and shows the demo."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cart.yaml")
        file.write_text("type: cart\ntotal: 11.7\nnumItems: 1\n", encoding="utf-8")
        code, told = _command("validate", str(file))
        assert code == 0, told
        file.write_text("type: cart\ntotal: 11.7\n", encoding="utf-8")
        code, told = _command("validate", str(file))
        assert code == 1, told
        assert "LPE101" in told
    assert "LPE101" in _command("explain", "LPE101")[1]
    code, told = _command("demo")
    assert code == 0, told


def no_cli() -> None:
    """The command names its extra."""
    code, told = _command("--version")
    assert code == 2
    assert "lp-engagement[cli]" in told


def encryption() -> None:
    """A visit in an encrypted store can be read with its key."""
    from cryptography.fernet import Fernet

    from lp_engagement.stores import EncryptedStore, MemoryStore, VisitRecord

    store = EncryptedStore(MemoryStore(), Fernet.generate_key())
    store.save("key", VisitRecord(visitor_id="visitor"))
    assert getattr(store.load("key"), "visitor_id", None) == "visitor"


def no_encryption() -> None:
    """An encrypted store names its extra."""
    from lp_engagement.stores import EncryptedStore, MemoryStore

    _names_extra("encryption", lambda: EncryptedStore(MemoryStore(), "key"))


def otel() -> None:
    """Calls can be traced with the API alone, which then does nothing."""
    from lp_engagement import CallEvent
    from lp_engagement.otel import OpenTelemetryHook

    hook = OpenTelemetryHook()
    hook(CallEvent("call_started", "update", call_id="id"))
    hook(CallEvent("call_ended", "update", call_id="id", outcome="success"))


def no_otel() -> None:
    """The hook for OpenTelemetry names its extra."""
    from lp_engagement.otel import OpenTelemetryHook

    _names_extra("otel", OpenTelemetryHook)


def prometheus() -> None:
    """Calls are counted."""
    from prometheus_client import CollectorRegistry, generate_latest

    from lp_engagement import CallEvent
    from lp_engagement.prometheus import PrometheusHook

    registry = CollectorRegistry()
    PrometheusHook(registry)(CallEvent("call_ended", "update", outcome="success"))
    assert b'lp_engagement_calls_total{error="",operation="update",outcome="success"} 1.0' in generate_latest(registry)


def no_prometheus() -> None:
    """The hook for Prometheus names its extra."""
    from lp_engagement.prometheus import PrometheusHook

    _names_extra("prometheus", PrometheusHook)


def fast() -> None:
    """Both libraries that cost less than httpx talk to a server on this machine."""
    import asyncio

    from lp_engagement import AsyncEngagementClient, EngagementClient
    from lp_engagement.simulator import Simulator

    async def ask(url: str) -> bool:
        async with AsyncEngagementClient(ACCOUNT, base_url=url, store="memory://", transport="aiohttp") as client:
            return (await client.visit("customer").get_engagement()).available

    with (
        Simulator().serve() as server,
        EngagementClient(ACCOUNT, base_url=server.url, store="memory://", transport="urllib3") as client,
    ):
        assert client.visit("customer").get_engagement().available
        assert asyncio.run(ask(server.url))


def no_fast() -> None:
    """A transport whose library is missing names its extra."""
    from lp_engagement import EngagementClient

    _names_extra("fast", lambda: EngagementClient(ACCOUNT, base_url=URL, store="memory://", transport="urllib3"))


def js() -> None:
    """Literals of a script are read."""
    from lp_engagement.validation.checker import Options
    from lp_engagement.validation.readers import read

    found = list(read(b"lpTag.sdes.push({type: 'cart', total: 11.7})", "js", Options()))
    assert [document.value for document in found] == [{"type": "cart", "total": 11.7}], found


def no_js() -> None:
    """A script cannot be read, and the reason names the extra."""
    from lp_engagement.validation.pieces import InputError, need_grammars

    try:
        need_grammars("js")
    except InputError as error:
        assert "`js`" in str(error), error
    else:
        raise AssertionError("it can be read")


def lsp() -> None:
    """The language server starts, and proposes a fix."""
    from lp_engagement.cli.editor.analysis import Analysis, Rules
    from lp_engagement.cli.editor.server import create_server

    assert "textDocument/codeAction" in create_server().protocol.fm.features
    analysis = Analysis("a.json", '{"type": "Cart", "total": "1", "numItems": 1}', "json", Rules())
    assert json.loads(analysis.all_fixed()) == {"type": "cart", "total": 1, "numItems": 1}


def no_lsp() -> None:
    """The language server cannot be imported, and the reason is what it is made with."""
    try:
        importlib.import_module("lp_engagement.cli.editor.server")
    except ImportError as error:
        assert error.name is not None
        assert error.name.partition(".")[0] in {"lsprotocol", "pygls"}, error.name
    else:
        raise AssertionError("it can be imported")


def redis() -> None:
    """The Redis store tries to connect, and says so if nobody is there."""
    from lp_engagement.errors import StoreError
    from lp_engagement.stores import open_store

    store = open_store("redis://127.0.0.1:1/0")
    try:
        store.load("key")
    except StoreError:
        return
    raise AssertionError("a server on port 1?")


def no_redis() -> None:
    """The Redis store names its extra."""
    from lp_engagement.stores import open_store

    _names_extra("redis", lambda: open_store("redis://127.0.0.1:1/0").load("key"))


def simulator() -> None:
    """The simulator needs nothing, so that it also works without its extra."""
    over_http()


def testing() -> None:
    """The strategies draw payloads that the validator takes, and such as it refuses for the reason that they name."""
    from hypothesis import given, settings

    from lp_engagement.testing.strategies import broken, valid
    from lp_engagement.validation import check

    @settings(max_examples=20, database=None, deadline=None)
    @given(valid("create-session"), broken("sde"))
    def holds(body: Any, example: Any) -> None:
        assert check(body, "create-session") == []
        assert [(each.rule, each.pointer) for each in check(example.payload, "sde")] == [example[1:]]

    holds()


def no_testing() -> None:
    """The strategies cannot be imported, and the reason is hypothesis."""
    try:
        importlib.import_module("lp_engagement.testing.strategies")
    except ImportError as error:
        assert "hypothesis" in str(error)
    else:
        raise AssertionError("it can be imported")


def _names_extra(extra: str, use: Callable[[], object]) -> None:
    from lp_engagement.errors import EngagementError

    try:
        use()
    except EngagementError as error:
        assert "extra" in str(error), str(error)
        assert extra in str(error), str(error)
    else:
        raise AssertionError("it works without its extra")


def main(extras: list[str]) -> int:
    """Prove the facts; the exit code is 0 only if all hold."""
    warnings.simplefilter("error")
    facts: list[Callable[[], None]] = [installed, a_visit, an_async_visit, over_http, validation]
    for extra in EXTRAS:
        if extra in extras:
            facts.append(globals()[extra])
        elif extra in PROBES and ALSO_IN.get(extra) not in extras:
            assert importlib.util.find_spec(PROBES[extra]) is None, f"{PROBES[extra]} is here without [{extra}]"
            facts.append(globals()[f"no_{extra}"])
    for fact in facts:
        fact()
    packages = {each.metadata["Name"].lower(): each.version for each in importlib.metadata.distributions()}
    print(json.dumps({"facts": len(facts), "packages": dict(sorted(packages.items()))}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
