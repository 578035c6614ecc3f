"""`python -m lp_engagement.simulator`: serve a simulator until SIGINT or SIGTERM.

The first line of the output is the URL.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lp_engagement.errors import ConfigurationError

from .faults import ScenarioError
from .simulator import Simulator

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Sequence

__all__ = ["ServeOptions", "main", "run"]

_SECONDS = 0.5
_JOURNAL = 1_000
"""How many requests to keep in a process that may run for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The options of the command.

    Attributes:
        host: the IP address to listen on.
        port: the port; 0 takes any free one.
        scenario: the path of a scenario file.
        cold: how many POSTs each account answers with "Loading account"; wins over the scenario.
        strict: whether to refuse what the API's server drops silently; wins over the scenario.
        seed: makes ids and chances the same in each run; wins over the scenario.
        allow_host: host names to answer to besides those of this machine.
        cors: origins whose pages may use the API.
        tls: whether to serve https with a throw-away certificate.
        ca_file: where to write the certificate of its authority; a temporary file if not given.
        cert: the file of a certificate, to serve https with.
        key: the file of its key.
        export: where to write the settings as a scenario when the server ends.
    """

    host: str = "127.0.0.1"
    port: int = 0
    scenario: str | None = None
    cold: int | None = None
    strict: bool | None = None
    seed: int | None = None
    allow_host: Sequence[str] = ()
    cors: Sequence[str] = ()
    tls: bool = False
    ca_file: str | None = None
    cert: str | None = None
    key: str | None = None
    export: str | None = None


def run(options: ServeOptions) -> str | None:
    """Serve until SIGINT or SIGTERM; return the reason why the server cannot run, or `None` if it ran.

    The first line of the output is the URL; with a throw-away certificate, the second one names its authority.
    """
    chosen = {"cold": options.cold, "strict": options.strict, "seed": options.seed}
    arguments: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    try:
        simulator = Simulator.from_scenario(options.scenario or {}, **{"journal_limit": _JOURNAL, **arguments})
    except ScenarioError as error:
        return f"the scenario cannot be used: {error}"
    except (OSError, UnicodeDecodeError) as error:
        return f"the scenario cannot be read: {getattr(error, 'strerror', None) or error}"
    # Most objects here live as long as the process, so searching them for garbage wastes time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with _authority_file(options) as authority:
            _serve(simulator, options, authority, stop)
    except (ConfigurationError, ScenarioError) as error:
        return str(error)
    except (OSError, OverflowError) as error:
        return f"cannot listen on port {options.port}: {error}"
    return None


def _serve(simulator: Simulator, options: ServeOptions, authority: Path, stop: threading.Event) -> None:
    with simulator.serve(
        host=options.host,
        port=options.port,
        allow_hosts=options.allow_host,
        cors=options.cors,
        ssl_context=_ssl_context(options, authority),
    ) as server:
        lines = [server.url, *([f"certificate authority: {authority}"] if options.tls else [])]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
        # Not one endless wait: on Windows no signal would end it.
        while not stop.wait(_SECONDS):
            pass
    if options.export:
        Path(options.export).write_text(f"{json.dumps(simulator.to_scenario(), indent=2)}\n", encoding="utf-8")


@contextmanager
def _authority_file(options: ServeOptions) -> Generator[Path]:
    # A container may have no folder that can be written.
    if options.ca_file or not options.tls:
        yield Path(options.ca_file or "")
        return
    with tempfile.TemporaryDirectory(prefix="lp-simulator-") as folder:
        yield Path(folder) / "ca.pem"


def _ssl_context(options: ServeOptions, authority: Path) -> ssl.SSLContext | None:
    from .tls import own_certificate, throw_away_certificate

    if options.tls and (options.cert or options.key):
        raise ScenarioError("--tls makes a certificate, and --cert names one. Leave one of them out.")
    if bool(options.cert) != bool(options.key):
        raise ScenarioError("--cert and --key belong together. Add the other one.")
    if options.ca_file and not options.tls:
        raise ScenarioError("--ca-file is where --tls writes its authority. Add --tls.")
    if options.tls:
        return throw_away_certificate([*options.allow_host], authority)
    return own_certificate(Path(options.cert), Path(options.key)) if options.cert and options.key else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal arrives; `arguments` default to the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lp_engagement.simulator", description="Simulate the App Engagement API."
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", metavar="ADDRESS", help="IP address to listen on; 0.0.0.0 for all")
    add("--port", type=int, default=0, help="port to listen on; 0, the default, takes any free one")
    add("--allow-host", action="append", default=[], metavar="NAME", help="host name to answer to; repeatable")
    add("--cors", action="append", default=[], metavar="ORIGIN", help="origin whose pages may call; repeatable")
    add("--tls", action="store_true", help="serve https with a throw-away certificate")
    add("--ca-file", metavar="FILE", help="where --tls writes the certificate of its authority")
    add("--cert", metavar="FILE", help="certificate to serve https with, as PEM")
    add("--key", metavar="FILE", help="key of the certificate, as PEM")
    add("--scenario", metavar="FILE", help="campaigns, cold accounts and faults, as YAML or JSON")
    add("--export", metavar="FILE", help="where to write the settings as a scenario (JSON) at the end")
    add("--cold", type=int, metavar="N", help='POSTs that each account answers with "Loading account"')
    add("--strict", action="store_true", default=None, help="answer 400 to unknown keys and types")
    add("--seed", type=int, metavar="N", help="make ids and chances the same in each run")
    problem = run(ServeOptions(**vars(parser.parse_args(arguments))))
    if problem is not None:
        parser.exit(1, f"{problem}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
