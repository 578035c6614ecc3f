"""The URL of a visit store is checked before it is believed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lp_engagement.errors import ConfigurationError, StoreError
from lp_engagement.stores import AsyncRedisStore, RedisStore, SQLiteStore, VisitRecord, open_async_store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

both = pytest.mark.parametrize("make", [open_store, open_async_store])
posix = pytest.mark.skipif(os.name != "posix", reason="a POSIX matter")


@both
@pytest.mark.parametrize(
    "url, text",
    [
        ("sqlite:///:memory:", r"Use memory://\."),
        ("sqlite:///v.db?mode=ro", r"only option of this URL is \?lifetime=SECONDS"),
        ("sqlite://?ttl=60", r"only option of this URL is \?lifetime=SECONDS"),
        ("memory://?lifetime=0", "a positive integer"),
        ("memory://?lifetime=-1", "a positive integer"),
        ("memory://?lifetime=1e9", "a positive integer"),
        ("memory://?lifetime=60&lifetime=61", "Remove everything else after the"),
        ("memory://?lifetime=" + "9" * 5000, "a positive integer"),
        ("sqlite:////var/v.db#x", r"has no fragment.*Remove the #"),
        ("sqlite:///$HOME/v.db", "variables and file: are not resolved"),
        ("sqlite:///a/${X}.db", "variables and file: are not resolved"),
        ("sqlite:///file:x", "variables and file: are not resolved"),
        ("sqlite:///v.db\n", "must not have control characters"),
        ("sqlite:///v\x1b[31m.db", "must not have control characters"),
        (" memory://", "blanks at its ends"),
        ("redis://host/0\n", "must not have control characters"),
    ],
)
def test_url_that_means_something_else_is_refused(make: Callable[[str], object], url: str, text: str) -> None:
    """A URL that would make an odd file, or is not what it seems, is refused with what to write instead."""
    with pytest.raises(ConfigurationError, match=text):
        make(url)


@both
@pytest.mark.parametrize(
    "url, text",
    [
        ("redis://host/0?foo=1", "an option that redis-py does not know"),
        ("redis://host/0?ssl_cert_reqs=none", "an option that redis-py does not know"),
        ("rediss://host/0?nope=1", "an option that redis-py does not know"),
        ("unix:///run/redis.sock?foo=1", "an option that redis-py does not know"),
        ("redis://host/0?timeout=5", "an option that redis-py does not know"),
        ("redis://host/0?max_connections=-1", "a value that is none"),
        (
            "redis://host/0?lifetme=60",
            "options are lifetime, prefix, and those of redis-py, .* client_name",
        ),
        ("rediss://host/0?ssl_ca_cert=x", "those of redis-py, .* ssl_ca_certs"),
        ("redis://host/0?lifetime=0", r"lifetime must be a positive integer .*\?lifetime=3600"),
        ("redis://host/0?lifetime", r"lifetime must be a positive integer"),
        ("redis://host/0?lifetime=60&db=1&lifetime=61", "has an option twice"),
        ("redis://host/0?prefix=", "the prefix of a Redis store must be printable ASCII"),
        ("redis://host/0?prefix=a%20b", "the prefix of a Redis store must be printable ASCII"),
        ("redis://host/abc", "the database must be a number"),
        ("redis://host/1/2", "the database must be a number"),
        ("redis:///0", "it needs a host"),
        ("redis://host:0/0", "it needs a host"),
        ("redis://host/0#x", "a # must be written as %23"),
        ("redis://host:port/0", "the host or the port"),
        ("redis://:pa#ss@host/0", "percent-encode the password"),
        ("redis://:pa/ss@host/0", "percent-encode the password"),
        ("unix://relative/redis.sock", "the absolute path of a socket"),
        ("unix:///run/a#b.sock", "# as %23"),
    ],
)
def test_redis_url_is_checked_at_once(make: Callable[[str], object], url: str, text: str) -> None:
    """A Redis URL that redis-py would fail on later, or read as something else, is refused when the store is made."""
    with pytest.raises(ConfigurationError, match=text) as caught:
        make(url)
    assert "ss@" not in str(caught.value)


@both
@pytest.mark.parametrize(
    "url",
    [
        "redis://host",
        "redis://host/",
        "REDIS://host:6380/3",
        "Rediss://user:p%23%2F%40ss@host/0?ssl_cert_reqs=none",
        "redis://:p@ss@host/0",
        "redis://host?db=3&password=p@ss",
        "unix:///run/redis.sock?db=3",
        "redis://[::1]:6379/0",
    ],
)
def test_good_redis_urls_are_taken(make: Callable[[str], object], url: str) -> None:
    """Each form that redis-py reads as it is meant is taken, whatever the case of its scheme."""
    assert isinstance(make(url), RedisStore | AsyncRedisStore)


@both
@pytest.mark.parametrize("url", ["memory://", "sqlite://", "sqlite:///v.db", "sqlite:////var/v.db"])
def test_lifetime_in_the_url(make: Callable[[str], object], url: str) -> None:
    """`?lifetime=` sets the lifetime of the store and is no part of its path."""
    without = repr(make(url))
    assert ", lifetime 60 s" not in without
    assert repr(make(f"{url}?lifetime=60")) == f"{without.partition(', lifetime')[0]}, lifetime 60 s>"


@both
@pytest.mark.parametrize(
    "url", ["redis://host/0", "REDISS://host?db=3", "unix:///run/redis.sock", "redis://host?socket_timeout=1&db=3"]
)
def test_options_of_the_store_in_a_redis_url(make: Callable[[str], object], url: str) -> None:
    """`lifetime` and `prefix` may be anywhere among the options of redis-py, which it receives unchanged."""
    mark = "&" if "?" in url else "?"
    plain, store = make(url), make(f"{url}{mark}lifetime=60&prefix=shop%3Aeu&client_name=a%26b")
    assert isinstance(plain, RedisStore | AsyncRedisStore)
    assert isinstance(store, RedisStore | AsyncRedisStore)
    assert repr(store) == f"<{type(store).__name__}, prefix 'shop:eu', lifetime 60 s>"
    before, after = (
        {
            name: value
            for name, value in each._redis.connection_pool.connection_kwargs.items()
            if isinstance(value, str | int | float)
        }
        for each in (plain, store)
    )
    assert after == {**before, "client_name": "a&b"}


@pytest.mark.parametrize("kind", [RedisStore, AsyncRedisStore])
def test_option_in_a_redis_url_overrides_the_argument(kind: type[RedisStore | AsyncRedisStore]) -> None:
    """The classes take the same URLs as `open_store`."""
    store = kind("redis://host/0?lifetime=60", prefix="shop", lifetime=None)
    assert repr(store) == f"<{kind.__name__}, prefix 'shop', lifetime 60 s>"


@both
@pytest.mark.parametrize("scheme", ["redis", "rediss", "unix"])
def test_options_that_the_error_names_are_known(make: Callable[[str], object], scheme: str) -> None:
    """Each option that the error recommends is one that redis-py takes for this kind of connection."""
    url = f"{scheme}://" + ("/run/redis.sock" if scheme == "unix" else "host/0")
    with pytest.raises(ConfigurationError) as caught:
        make(f"{url}?nope=1")
    listed = str(caught.value).partition("such as ")[2].partition(".")[0].split(", ")
    assert {"client_name", "max_connections", "socket_timeout"} <= set(listed)
    for option in listed:
        make(f"{url}?{option}=2")


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A `~` is the home folder, in a URL and in a path; an unknown home is refused."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    store = open_store("sqlite:///~/v.db")
    assert isinstance(store, SQLiteStore)
    assert store.path == SQLiteStore("~/v.db").path == tmp_path / "v.db"
    with pytest.raises(ConfigurationError, match="names a home folder that is unknown"):
        SQLiteStore("~nobody-of-this-name/v.db")


@pytest.mark.parametrize("path", ["", ":memory:", "a\nb.db", "a\0b.db", "\x1b[31m.db"])
def test_path_that_is_none_is_refused(path: str) -> None:
    """A path that SQLite or a terminal would take for something else is refused."""
    with pytest.raises(ConfigurationError, match="must be the name of a file, without control characters"):
        SQLiteStore(path)


@posix
def test_relative_path_in_a_deleted_folder_is_refused() -> None:
    """Where the working folder is gone, a relative path is a ConfigurationError and an absolute one works."""
    script = """
import os, tempfile
from lp_engagement.errors import ConfigurationError
from lp_engagement.stores import SQLiteStore, open_store
folder = tempfile.mkdtemp()
os.chdir(folder)
os.rmdir(folder)
for make in (lambda: SQLiteStore("v.db"), lambda: open_store("sqlite:///v.db")):
    try:
        make()
    except ConfigurationError as error:
        assert "is relative to a folder that is gone. Write an absolute path." in str(error), error
    else:
        raise AssertionError
SQLiteStore(folder + "/v.db")
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)


@posix
@pytest.mark.parametrize("dangling", [False, True])
def test_symbolic_link_is_refused(tmp_path: Path, *, dangling: bool) -> None:
    """A link at the store's path is not followed: somebody may have laid it there, and nothing is made at its end."""
    target = tmp_path / "target.db"
    if not dangling:
        store = SQLiteStore(target)
        store.save("key", VisitRecord("v"))
        store.close()
    link = tmp_path / "link.db"
    link.symlink_to(target)
    with pytest.raises(StoreError, match="is a symbolic link, which is not followed"):
        SQLiteStore(link).load("key")
    assert target.exists() is not dangling


@posix
@pytest.mark.parametrize("mode, refused", [(0o1777, True), (0o755, False)])
def test_file_of_another_user_where_all_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, *, refused: bool
) -> None:
    """A file that belongs to another user is refused in a folder that everybody can write, as /tmp is."""
    store = SQLiteStore(tmp_path / "v.db")
    saved = store.save("key", VisitRecord("v"))
    store.close()
    tmp_path.chmod(mode)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    again = SQLiteStore(tmp_path / "v.db")
    if refused:
        with pytest.raises(StoreError, match="belongs to another user"):
            again.load("key")
    else:
        assert again.load("key") == saved
    again.close()


@posix
@pytest.mark.parametrize("name, cause", [("", "it is a folder"), ("file/v.db", "Not a directory"), ("x" * 300, ".*")])
def test_path_that_cannot_be_opened(tmp_path: Path, name: str, cause: str) -> None:
    """The error names the whole path, the cause, and the ways out: another path, the variable, memory."""
    (tmp_path / "file").touch()
    folder = tmp_path.joinpath(*["y" * 50] * 8)
    folder.mkdir(parents=True)
    path = tmp_path / name if "/" in name else folder / name
    with pytest.raises(StoreError) as caught:
        SQLiteStore(path).load("key")
    assert re.fullmatch(
        rf"The visit store {path} cannot be used: {cause}\. Use a file that can be written, such as"
        r" sqlite:////tmp/visits\.db; or redis://host:port/0; or memory://, which remembers nothing after the process\."
        r" Pass it as store, or set LP_VISIT_STORE\.",
        str(caught.value),
    )
