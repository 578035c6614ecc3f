"""Settings of this machine that another one needs for packages: pip's and npm's settings, certificates, proxies.

They are handed on as they are, and neither read nor shown.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PREFIXES = ("NPM_CONFIG_", "PIP_", "SSL_CERT_")
_NAMES = {
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
}
# Read by pip and npm below the home folder, and from the system.
_OF_THE_USER = (".config/pip/pip.conf", ".pip/pip.conf", ".npmrc")
_OF_THE_SYSTEM = ("/etc/hosts", "/etc/pip.conf", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt")


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables to hand on."""
    return {
        name: value
        for name, value in environment.items()
        if name.upper().startswith(_PREFIXES) or name.upper() in _NAMES
    }


def copy_to(home: Path) -> None:
    """Put the user's settings into another home folder."""
    for name in _OF_THE_USER:
        source = Path.home() / name
        if source.is_file():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, home / name)


def places(handed_on: Iterable[str]) -> Iterator[Path]:
    """The files and folders that must be there too: the system's settings, and what variables name."""
    named = {part for value in handed_on for part in value.replace(os.pathsep, " ").split()}
    for name in sorted(named.union(_OF_THE_SYSTEM)):
        # What begins with two slashes is the rest of a URL.
        if re.match("/[^/]", name) and Path(name).exists():
            yield Path(name)
