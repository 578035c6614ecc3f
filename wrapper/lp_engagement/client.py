"""The two clients: what is constructed, shared and closed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self, cast

from ._common.clock import AsyncSystemClock, SystemClock
from ._common.importing import importing
from ._common.muted import Muted, MutedText
from ._common.not_given import NOT_GIVEN
from ._common.unpicklable import StaysInItsProcess
from ._core import checks, options, parts, plain_http
from ._core.domain import KnownDomain, find
from ._core.events import log_to_stderr
from ._core.operations import VisitOperations
from ._core.settings import Settings
from ._io.driver import AsyncDriver, Driver, close_store
from .errors import ConfigurationError
from .stores import open_async_store, open_store
from .visit import AsyncVisit, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from lp_engagement_client.facts import AppType

    from ._common.clock import AsyncClock, Clock
    from ._common.not_given import NotGiven
    from ._core.domain import AccountHost
    from ._core.settings import ValidationMode
    from .hooks import Hook
    from .retry import RetryPolicy
    from .stores import AsyncVisitStore, VisitStore
    from .transports import AsyncTransport, HttpResponse, Transport

__all__ = ["AsyncEngagementClient", "EngagementClient"]

DEFAULT_TIMEOUT = 10.0
MAX_CONNECTIONS = 100


def _settings(
    account_id: str | None,
    app_type: AppType,
    base_url: str | None,
    domain: str | None,
    allow_http: Iterable[str] | None,
    retry: RetryPolicy | int | None,
    deadline: float | None,
    timeout: float | None,
    application_id: str | None,
    hooks: Iterable[Hook],
    clock: Clock | AsyncClock,
) -> Settings:
    """Check the arguments; what is not given comes from the environment, then from the defaults."""
    log_to_stderr(os.environ.get("LP_LOG"))
    if domain is None and base_url is None:
        domain, base_url = os.environ.get("LP_DOMAIN") or None, os.environ.get("LP_BASE_URL") or None
        if base_url is not None and domain is not None:
            raise ConfigurationError("LP_BASE_URL and LP_DOMAIN are both set. Unset one of them")
    if base_url is not None and domain is not None:
        raise ConfigurationError("pass base_url or domain, not both")
    if domain is not None:
        base_url = f"https://{checks.domain(domain)}"
    http_hosts = plain_http.allowed(allow_http, os.environ.get("LP_ALLOW_HTTP_HOSTS"))
    if base_url is not None:
        base_url = checks.base_url(base_url, allow_http=http_hosts)
        plain_http.warn(base_url)
    return Settings(
        account_id=checks.account_id(account_id or os.environ.get("LP_ACCOUNT_ID")),
        app_type=checks.app_type(app_type),
        base_url=base_url,
        retry=checks.retry(retry),
        timeout=checks.seconds("timeout", timeout if timeout is not None else _environment_timeout())
        or DEFAULT_TIMEOUT,
        deadline=checks.seconds("deadline", deadline),
        user_agent=checks.user_agent(application_id),
        hooks=parts.hooks(hooks),
        clock=clock,
        new_token=_new_token,
    )


def _new_token() -> str:
    return os.urandom(16).hex()


def _shown(client: EngagementClient | AsyncEngagementClient) -> str:
    """The repr of a client. Of its parts only the types: a store of somebody else may show a password."""
    name, made = type(client).__name__, vars(client)
    if "_settings" not in made:
        # What the constructor raises may be reported with its local variables, this client among them.
        return f"<{name}, not constructed>"
    settings: Settings = made["_settings"]
    host = settings.base_url or "host by look-up"
    kinds = ", ".join(type(made[part]).__name__ for part in ("_store", "_transport"))
    return f"<{name} {settings.account_id}, {settings.app_type}, {host}, {kinds}>"


def _places(max_connections: object) -> int:
    if not isinstance(max_connections, int) or isinstance(max_connections, bool) or max_connections < 1:
        raise ConfigurationError("max_connections must be an integer of 1 or more")
    return max_connections


def _environment_timeout() -> float | None:
    text = os.environ.get("LP_TIMEOUT")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise ConfigurationError("LP_TIMEOUT must be a number of seconds") from None


def _store_url(store: object, *, asynchronous: bool) -> MutedText | None:
    """The URL of the store, which the client then owns; `None` if the store was passed. It may hold a password."""
    if store is None:
        return MutedText(os.environ.get("LP_VISIT_STORE") or "sqlite://")
    if isinstance(store, str):
        return MutedText(store)
    parts.store(store, asynchronous=asynchronous)
    return None


class EngagementClient(StaysInItsProcess):
    """A client of one account. May be shared by threads; survives a fork; close it, or use it with `with`.

    The constructor does no I/O.

    Args:
        account_id: the LivePerson account; from `LP_ACCOUNT_ID` if not given.
        app_type: `EXTERNAL` or `MSDK`; must match the source of the account's campaigns.
        base_url: `https://host[:port]` to send to; plain http for loopback hosts and `allow_http` only. From
            `LP_BASE_URL` if neither this nor `domain` is given.
        domain: the host alone, instead of `base_url`; from `LP_DOMAIN` if neither is given. With none of them the
            Domain API is asked on the first call, and its answer kept for a day.
        allow_http: names of hosts that `base_url` may reach by plain http, for a test network: ids and attributes
            travel unencrypted. From `LP_ALLOW_HTTP_HOSTS` (with commas) if not given, else none.
        store: where visits are kept between calls: a store, or a URL such as `sqlite:///visits.db` or `memory://`;
            from `LP_VISIT_STORE` if not given, else a SQLite file in the user's state directory.
        retry: a `RetryPolicy`, or how many retries at most; the documented ones if not given.
        deadline: seconds for a whole call, all tries and pauses together; unlimited if not given.
        timeout: seconds for one try; from `LP_TIMEOUT` if not given, else 10.
        headers: sent with each request to the account's server, e.g. a gateway's key; the Domain API does not get them.
        validate: what an invalid payload means: `strict` raises `PayloadError`, and nothing is sent; `warn` sends it,
            with a warning in the log and an `invalid_payload` event; `off` sends it. What JSON cannot carry is always
            an error.
        allow_unknown_keys: whether payloads may have keys that the spec does not have; a misspelt key is then sent too.
        api_version: sent in place of the version that this package was made for, when the vendor has a later one.
        transport: what sends the requests: `httpx`, or with the extra `fast` and at less CPU `urllib3` (sync) or
            `aiohttp` (async), for both of which `fast` stands; or an object, e.g. a simulator's transport. From
            `LP_TRANSPORT` if not given, else httpx.
        application_id: a name for your application, put before ours in the User-Agent header.
        hooks: called with every step of a call.
        clock: gives the time and waits between attempts; the system's if not given. Tests pass one that does not wait.
        max_connections: how many requests may be on the wire at once. Further calls wait for their turn; that counts
            towards `deadline`, but not towards `timeout`.

    Raises:
        ConfigurationError: an argument is not usable; the message names it.
    """

    def __init__(
        self,
        account_id: str | None = None,
        *,
        app_type: AppType = "EXTERNAL",
        base_url: str | None = None,
        domain: str | None = None,
        allow_http: Iterable[str] | None = None,
        store: VisitStore | str | None = None,
        retry: RetryPolicy | int | None = None,
        deadline: float | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode = "strict",
        allow_unknown_keys: bool = False,
        api_version: str | None = None,
        transport: Transport | str | None = None,
        application_id: str | None = None,
        hooks: Iterable[Hook] = (),
        clock: Clock | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        clock = parts.clock(clock, asynchronous=False) or SystemClock()
        sent = Muted(headers)
        del headers
        settings = options.changed(
            _settings(
                account_id,
                app_type,
                base_url,
                domain,
                allow_http,
                retry,
                deadline,
                timeout,
                application_id,
                hooks,
                clock,
            ),
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
            api_version=api_version,
        )
        places = _places(max_connections)
        url = _store_url(store, asynchronous=False)
        self._owns_store = url is not None
        self._store: VisitStore = open_store(url) if url is not None else cast("VisitStore", store)
        self._owns_transport = transport is None or isinstance(transport, str)
        warm_up: Callable[[], None] | None = None
        if transport is None or isinstance(transport, str):
            from ._io.named_transports import open_transport

            made, warm_up = open_transport(transport, asynchronous=False)
        else:
            parts.transport(transport, asynchronous=False)
            made = transport
        self._transport: Transport = made
        self._settings, self._domain = settings, KnownDomain()
        self._driver = Driver(self._store, self._transport, clock, places=places, warm_up=warm_up)

    def __repr__(self) -> str:
        return _shown(self)

    def visit(self, key: str) -> Visit:
        """The visit of a consumer, found again under the application's own key for them.

        Args:
            key: any string that identifies the consumer, e.g. a customer number or a device id. It is stored as it is.
        """
        # Error trackers print the local variables of frames, and a key can be an address.
        given: Muted[object] = Muted(key)
        del key
        stored = checks.visit_key(self._settings.account_id, given)
        return Visit(self._driver, VisitOperations(self._settings, self._domain, stored))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
        app_type: AppType | None = None,
        api_version: str | None = None,
        hooks: Iterable[Hook] | None = None,
    ) -> Self:
        """Derive a client with other settings that shares connections, store and the looked-up host with this one.

        This client stays as it is, and it owns what is shared: closing the derived one closes nothing.

        Args:
            timeout: seconds for one attempt; this client's if not given. The same holds for the other arguments.
            deadline: seconds for a whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent with each request beside this client's; the Domain API does not get them.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.
            app_type: `EXTERNAL` or `MSDK`.
            api_version: sent in place of the version that this package was made for.
            hooks: instead of this client's; `()` for none.

        Raises:
            ConfigurationError: an argument is not usable; the message names it.
        """
        sent = Muted(headers)
        del headers
        derived = object.__new__(type(self))
        derived.__dict__.update(self.__dict__)
        derived._owns_store = derived._owns_transport = False
        derived._settings = options.changed(
            self._settings,
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
            app_type=app_type,
            api_version=api_version,
            hooks=hooks,
        )
        return derived

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a request of your own to the account's server: for what this package does not know yet.

        It is made as calls are: the host is looked up, time limits, retries, hooks and logs apply, and a failure is one
        of the same errors. A GET or HEAD that got no answer is sent again, others are not unless the retry policy says
        so. No visit is read or changed, and `json` is not validated.

        Args:
            method: `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
            path: the path from the host on, percent-encoded where a URL needs it.
            query: the parameters of the query, not encoded.
            json: the body; none if not given.
            timeout: seconds for one attempt; the client's if not given. The next three too.
            deadline: seconds for the whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, beside those of the client.

        Returns:
            The answer, of a status from 200 to 299. Its headers and its body may have ids in them.

        Raises:
            ConfigurationError: an argument is not usable; the message names it.
            PayloadError: `json` has what JSON cannot carry; nothing was sent.
            APIStatusError: the server refused.
            TransportError: no usable answer: `ConnectError`, `TransportTimeout`, `DeadlineExceeded`.
        """
        given = Muted(path), Muted(query), Muted(json)
        sent = Muted(headers)
        del path, query, json, headers  # what collects errors may print the local variables of their frames
        settings = options.changed(self._settings, timeout=timeout, deadline=deadline, retry=retry, headers=sent)
        with importing():  # few programs need it
            from ._core import raw_request

        return self._driver.run(raw_request.request(settings, self._domain, method, *given), settings.deadline)

    def domain(self) -> AccountHost:
        """Return the host that serves the account, without a visit.

        Asks the Domain API at most once a day, like the first call of a visit does; not at all if the client was given
        `base_url` or `domain`.

        Raises:
            DomainLookupError: the Domain API named no host for this account.
            APIStatusError: the Domain API refused; its retries are used up.
            TransportError: the Domain API could not be reached, or did not answer.
            DeadlineExceeded: the client's `deadline` is over.
        """
        return self._driver.run(find(self._settings, self._domain), self._settings.deadline)

    def close(self) -> None:
        """Let go of connections and files. What was handed in is left open."""
        if self._owns_transport:
            self._transport.close()
        if self._owns_store:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncEngagementClient(StaysInItsProcess):
    """`EngagementClient` with `await`: same names, same arguments, same errors. Belongs to one event loop.

    Args:
        account_id: the LivePerson account; from `LP_ACCOUNT_ID` if not given.
        app_type: `EXTERNAL` or `MSDK`; must match the source of the account's campaigns.
        base_url: `https://host[:port]` to send to; plain http for loopback hosts and `allow_http` only. From
            `LP_BASE_URL` if neither this nor `domain` is given.
        domain: the host alone, instead of `base_url`; from `LP_DOMAIN` if neither is given. With none of them the
            Domain API is asked on the first call, and its answer kept for a day.
        allow_http: names of hosts that `base_url` may reach by plain http, for a test network: ids and attributes
            travel unencrypted. From `LP_ALLOW_HTTP_HOSTS` (with commas) if not given, else none.
        store: where visits are kept between calls: a store, or a URL such as `sqlite:///visits.db` or `memory://`;
            from `LP_VISIT_STORE` if not given, else a SQLite file in the user's state directory.
        retry: a `RetryPolicy`, or how many retries at most; the documented ones if not given.
        deadline: seconds for a whole call, all tries and pauses together; unlimited if not given.
        timeout: seconds for one try; from `LP_TIMEOUT` if not given, else 10.
        headers: sent with each request to the account's server, e.g. a gateway's key; the Domain API does not get them.
        validate: what an invalid payload means: `strict` raises `PayloadError`, and nothing is sent; `warn` sends it,
            with a warning in the log and an `invalid_payload` event; `off` sends it. What JSON cannot carry is always
            an error.
        allow_unknown_keys: whether payloads may have keys that the spec does not have; a misspelt key is then sent too.
        api_version: sent in place of the version that this package was made for, when the vendor has a later one.
        transport: what sends the requests: `httpx`, or with the extra `fast` and at less CPU `urllib3` (sync) or
            `aiohttp` (async), for both of which `fast` stands; or an object, e.g. a simulator's transport. From
            `LP_TRANSPORT` if not given, else httpx.
        application_id: a name for your application, put before ours in the User-Agent header.
        hooks: called with every step of a call.
        clock: gives the time and waits between attempts; the system's if not given. Tests pass one that does not wait.
        max_connections: how many requests may be on the wire at once. Further calls wait for their turn; that counts
            towards `deadline`, but not towards `timeout`.

    Raises:
        ConfigurationError: an argument is not usable; the message names it.
    """

    def __init__(
        self,
        account_id: str | None = None,
        *,
        app_type: AppType = "EXTERNAL",
        base_url: str | None = None,
        domain: str | None = None,
        allow_http: Iterable[str] | None = None,
        store: VisitStore | AsyncVisitStore | str | None = None,
        retry: RetryPolicy | int | None = None,
        deadline: float | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode = "strict",
        allow_unknown_keys: bool = False,
        api_version: str | None = None,
        transport: AsyncTransport | str | None = None,
        application_id: str | None = None,
        hooks: Iterable[Hook] = (),
        clock: AsyncClock | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        clock = parts.clock(clock, asynchronous=True) or AsyncSystemClock()
        sent = Muted(headers)
        del headers
        settings = options.changed(
            _settings(
                account_id,
                app_type,
                base_url,
                domain,
                allow_http,
                retry,
                deadline,
                timeout,
                application_id,
                hooks,
                clock,
            ),
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
            api_version=api_version,
        )
        places = _places(max_connections)
        url = _store_url(store, asynchronous=True)
        self._owns_store = url is not None
        self._store: VisitStore | AsyncVisitStore = (
            open_async_store(url) if url is not None else cast("VisitStore | AsyncVisitStore", store)
        )
        self._owns_transport = transport is None or isinstance(transport, str)
        warm_up: Callable[[], None] | None = None
        if transport is None or isinstance(transport, str):
            from ._io.named_transports import open_transport

            made, warm_up = open_transport(transport, asynchronous=True)
        else:
            parts.transport(transport, asynchronous=True)
            made = transport
        self._transport: AsyncTransport = made
        self._settings, self._domain = settings, KnownDomain()
        self._driver = AsyncDriver(self._store, self._transport, clock, places=places, warm_up=warm_up)

    def __repr__(self) -> str:
        return _shown(self)

    def visit(self, key: str) -> AsyncVisit:
        """The visit of a consumer, found again under the application's own key for them.

        Args:
            key: any string that identifies the consumer, e.g. a customer number or a device id. It is stored as it is.
        """
        # Error trackers print the local variables of frames, and a key can be an address.
        given: Muted[object] = Muted(key)
        del key
        stored = checks.visit_key(self._settings.account_id, given)
        return AsyncVisit(self._driver, VisitOperations(self._settings, self._domain, stored))

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
        app_type: AppType | None = None,
        api_version: str | None = None,
        hooks: Iterable[Hook] | None = None,
    ) -> Self:
        """Derive a client with other settings that shares connections, store and the looked-up host with this one.

        This client stays as it is, and it owns what is shared: closing the derived one closes nothing.

        Args:
            timeout: seconds for one attempt; this client's if not given. The same holds for the other arguments.
            deadline: seconds for a whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent with each request beside this client's; the Domain API does not get them.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.
            app_type: `EXTERNAL` or `MSDK`.
            api_version: sent in place of the version that this package was made for.
            hooks: instead of this client's; `()` for none.

        Raises:
            ConfigurationError: an argument is not usable; the message names it.
        """
        sent = Muted(headers)
        del headers
        derived = object.__new__(type(self))
        derived.__dict__.update(self.__dict__)
        derived._owns_store = derived._owns_transport = False
        derived._settings = options.changed(
            self._settings,
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
            app_type=app_type,
            api_version=api_version,
            hooks=hooks,
        )
        return derived

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: Any = None,
        timeout: float | None = None,  # noqa: ASYNC109 - see Transport
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """Send a request of your own to the account's server: for what this package does not know yet.

        It is made as calls are: the host is looked up, time limits, retries, hooks and logs apply, and a failure is one
        of the same errors. A GET or HEAD that got no answer is sent again, others are not unless the retry policy says
        so. No visit is read or changed, and `json` is not validated.

        Args:
            method: `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
            path: the path from the host on, percent-encoded where a URL needs it.
            query: the parameters of the query, not encoded.
            json: the body; none if not given.
            timeout: seconds for one attempt; the client's if not given. The next three too.
            deadline: seconds for the whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, beside those of the client.

        Returns:
            The answer, of a status from 200 to 299. Its headers and its body may have ids in them.

        Raises:
            ConfigurationError: an argument is not usable; the message names it.
            PayloadError: `json` has what JSON cannot carry; nothing was sent.
            APIStatusError: the server refused.
            TransportError: no usable answer: `ConnectError`, `TransportTimeout`, `DeadlineExceeded`.
        """
        given = Muted(path), Muted(query), Muted(json)
        sent = Muted(headers)
        del path, query, json, headers  # what collects errors may print the local variables of their frames
        settings = options.changed(self._settings, timeout=timeout, deadline=deadline, retry=retry, headers=sent)
        with importing():  # few programs need it
            from ._core import raw_request

        return await self._driver.run(raw_request.request(settings, self._domain, method, *given), settings.deadline)

    async def domain(self) -> AccountHost:
        """Return the host that serves the account, without a visit.

        Asks the Domain API at most once a day, like the first call of a visit does; not at all if the client was given
        `base_url` or `domain`.

        Raises:
            DomainLookupError: the Domain API named no host for this account.
            APIStatusError: the Domain API refused; its retries are used up.
            TransportError: the Domain API could not be reached, or did not answer.
            DeadlineExceeded: the client's `deadline` is over.
        """
        return await self._driver.run(find(self._settings, self._domain), self._settings.deadline)

    async def aclose(self) -> None:
        """Let go of connections and files. What was handed in is left open."""
        if self._owns_transport:
            await self._transport.aclose()
        if self._owns_store:
            await close_store(self._store)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
