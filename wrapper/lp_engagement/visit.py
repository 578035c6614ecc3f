"""A consumer's visit: what an application works with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._common.muted import Muted
from ._common.not_given import NOT_GIVEN
from ._common.unpicklable import StaysInItsProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lp_engagement_client.facts import VisitAnswer, VisitOperation
    from lp_engagement_client.models import AppDetails
    from lp_engagement_client.payload_types import AppDetailsDict

    from ._common.not_given import NotGiven
    from ._core.given import GivenBody, GivenImpression, GivenSde
    from ._core.operations import VisitOperations
    from ._core.settings import ValidationMode
    from ._io.driver import AsyncDriver, Driver
    from .engagement import Engagement, VisitIds
    from .retry import RetryPolicy

__all__ = ["AsyncVisit", "Visit"]


class Visit(StaysInItsProcess):
    """The visit of one consumer, restored from the client's store if it is known there. Made by `client.visit(key)`."""

    def __init__(self, driver: Driver, operations: VisitOperations) -> None:
        self._driver = driver
        self._operations = operations

    def __repr__(self) -> str:
        # Without its key, which may be an address.
        return f"<Visit, account {self._operations.account_id}>"

    def get_engagement(
        self,
        *,
        sdes: Iterable[GivenSde] | None = None,
        sections: Sequence[str] | None = None,
        app_details: AppDetailsDict | AppDetails | None = None,
        reuse: bool = False,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
    ) -> Engagement:
        """Ask whether there is an engagement for the consumer; opens the visit on the first call.

        Args:
            sdes: engagement attributes: made with `lp_engagement.sde`, dicts, or instances of dataclasses, attrs
                classes or pydantic models.
            sections: the places in the app that matter, e.g. `["Support", "English"]`.
            app_details: about the calling app, e.g. `{"os": "LINUX", "appVersion": "1.0"}`.
            reuse: if there is nothing new to report (no attributes, sections or details) and the engagement of the last
                answer is still valid, return that one without a call, with `reused` set. With `sdes`, `sections` or
                `app_details`, a call is made each time, and it can return the same offer again without `reused`. So do
                not count a display per page: report it only if `details` differ from those that
                `current_engagement()` returned before the call.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, beside those of the client, e.g. `{"traceparent": "…"}`; 32 at most. They cannot
                replace those that the SDK sets itself, and the Domain API does not get them.
            validate: `strict`, `warn` or `off`, as for the client.
            allow_unknown_keys: whether keys that the spec does not have are sent.

        Returns:
            The engagement, whose ids are saved for the next call. `available` says if there is one. Report
            `displayed()` where the offer is shown and `accepted()` in the handler of the click, each once per offer.
            One that was returned without a call (`reused`) may have been reported already.

        Raises:
            PayloadError: an attribute breaks the spec; nothing was sent.
            APIStatusError: the server refused, after the documented retries; a subclass for each documented status, and
                `AccountLoadingError` if the account was still being loaded.
            TransportError: no usable answer: `ConnectError`, `TransportTimeout`, `DeadlineExceeded`.
            UnexpectedResponseError: an answer that is not what the API describes.
            StoreError: the visit store cannot be read.

        Source: `createSession` and `resumeSession` in the spec.
        """
        given: Muted[dict[str, Any]] = Muted({"sdes": sdes, "sections": sections, "app_details": app_details})
        sent = Muted(headers)
        del sdes, sections, app_details, headers  # what collects errors may print the local variables of their frames
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        return self._driver.run(own.get_engagement(**given.value, reuse=reuse), own.deadline)

    def update(
        self,
        *,
        sdes: Iterable[GivenSde] | None = None,
        impressions: Iterable[GivenImpression] | None = None,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
    ) -> None:
        """Report changed attributes and impressions in the visit's session.

        A retry after a lost answer could count impressions twice, so an update that got no answer is not sent again
        unless the retry policy says so.

        Args:
            sdes: engagement attributes, as in `get_engagement`.
            impressions: impression events: made with `engagement.displayed()` and its sisters, dicts, or models. The
                vendor counts each one, so report each once, when it happens.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, as in `get_engagement`.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.

        Raises:
            VisitNotStartedError: there is no session yet; call `get_engagement()` first.
            SessionGoneError: the session has ended; `get_engagement()` opens a new one.
            PayloadError, APIStatusError, TransportError, UnexpectedResponseError, StoreError: as in `get_engagement`.

        Source: `updateSession` in the spec.
        """
        given: Muted[dict[str, Any]] = Muted({"sdes": sdes, "impressions": impressions})
        sent = Muted(headers)
        del sdes, impressions, headers
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        self._driver.run(own.update(**given.value), own.deadline)

    def call(
        self,
        operation: VisitOperation,
        body: GivenBody | None = None,
        /,
        *,
        timeout: float | None = None,
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
        **parameters: str | None,
    ) -> VisitAnswer:
        """Call an operation of the spec that has no method here yet.

        The visit's ids go into path, query and body where the operation has a place for them; the body is checked; what
        fails is sent again as the spec says; and the ids that the answer names are kept.

        Args:
            operation: its name in the spec, e.g. `"updateSession"`; it must be about a visitor.
            body: the JSON object in the API's own spelling, a model of the generated client, or an instance of a
                dataclass, attrs class or pydantic model. An id that is in it goes before the visit's.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, as in `get_engagement`.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.
            parameters: the operation's other parameters, by their names in Python. `None` leaves one out.

        Returns:
            The answer as its class of `lp_engagement_client.models`; `None` where the spec has no answer.

        Raises:
            ConfigurationError: there is no such operation of a visit, it has other parameters, or a value cannot stand
                where the parameter does; nothing was sent.
            VisitNotStartedError: the visit has no ids yet; call `get_engagement()` first.
            SessionGoneError: the session has ended; `get_engagement()` opens a new one.
            PayloadError, APIStatusError, TransportError, UnexpectedResponseError, StoreError: as in `get_engagement`.

        Source: the operation in the spec.
        """
        given: Muted[tuple[Any, Any]] = Muted((body, parameters))
        sent = Muted(headers)
        del body, parameters, headers
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        return self._driver.run(own.call(operation, *given.value), own.deadline)

    def current_engagement(self) -> Engagement | None:
        """Load the engagement of the latest response from the store; no request is sent.

        Returns:
            The engagement, with `reused` set; `None` if there was none or it has expired.

        Raises:
            StoreError: the visit store cannot be read.
        """
        return self._driver.run(self._operations.current(), self._operations.deadline)

    def ids(self) -> VisitIds | None:
        """Load the ids that a conversation must start with, so that the agent sees what the visit reported.

        Returns:
            The ids; `None` before the first response.

        Raises:
            StoreError: the visit store cannot be read.
        """
        return self._driver.run(self._operations.ids(), self._operations.deadline)

    def forget(self) -> None:
        """Drop what is stored about the visit. The next call opens a new one, with a new visitor.

        Raises:
            StoreError: the visit store cannot be written.
        """
        self._driver.run(self._operations.forget(), self._operations.deadline)


class AsyncVisit(StaysInItsProcess):
    """`Visit` with `await`: same names, same arguments, same errors."""

    def __init__(self, driver: AsyncDriver, operations: VisitOperations) -> None:
        self._driver = driver
        self._operations = operations

    def __repr__(self) -> str:
        # Without its key, which may be an address.
        return f"<AsyncVisit, account {self._operations.account_id}>"

    async def get_engagement(
        self,
        *,
        sdes: Iterable[GivenSde] | None = None,
        sections: Sequence[str] | None = None,
        app_details: AppDetailsDict | AppDetails | None = None,
        reuse: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 - of one attempt
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
    ) -> Engagement:
        """Ask whether there is an engagement for the consumer; opens the visit on the first call.

        Args:
            sdes: engagement attributes: made with `lp_engagement.sde`, dicts, or instances of dataclasses, attrs
                classes or pydantic models.
            sections: the places in the app that matter, e.g. `["Support", "English"]`.
            app_details: about the calling app, e.g. `{"os": "LINUX", "appVersion": "1.0"}`.
            reuse: if there is nothing new to report (no attributes, sections or details) and the engagement of the last
                answer is still valid, return that one without a call, with `reused` set. With `sdes`, `sections` or
                `app_details`, a call is made each time, and it can return the same offer again without `reused`. So do
                not count a display per page: report it only if `details` differ from those that
                `current_engagement()` returned before the call.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, beside those of the client, e.g. `{"traceparent": "…"}`; 32 at most. They cannot
                replace those that the SDK sets itself, and the Domain API does not get them.
            validate: `strict`, `warn` or `off`, as for the client.
            allow_unknown_keys: whether keys that the spec does not have are sent.

        Returns:
            The engagement, whose ids are saved for the next call. `available` says if there is one. Report
            `displayed()` where the offer is shown and `accepted()` in the handler of the click, each once per offer.
            One that was returned without a call (`reused`) may have been reported already.

        Raises:
            PayloadError: an attribute breaks the spec; nothing was sent.
            APIStatusError: the server refused, after the documented retries; a subclass for each documented status, and
                `AccountLoadingError` if the account was still being loaded.
            TransportError: no usable answer: `ConnectError`, `TransportTimeout`, `DeadlineExceeded`.
            UnexpectedResponseError: an answer that is not what the API describes.
            StoreError: the visit store cannot be read.

        Source: `createSession` and `resumeSession` in the spec.
        """
        given: Muted[dict[str, Any]] = Muted({"sdes": sdes, "sections": sections, "app_details": app_details})
        sent = Muted(headers)
        del sdes, sections, app_details, headers  # what collects errors may print the local variables of their frames
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        return await self._driver.run(own.get_engagement(**given.value, reuse=reuse), own.deadline)

    async def update(
        self,
        *,
        sdes: Iterable[GivenSde] | None = None,
        impressions: Iterable[GivenImpression] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - of one attempt
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
    ) -> None:
        """Report changed attributes and impressions in the visit's session.

        A retry after a lost answer could count impressions twice, so an update that got no answer is not sent again
        unless the retry policy says so.

        Args:
            sdes: engagement attributes, as in `get_engagement`.
            impressions: impression events: made with `engagement.displayed()` and its sisters, dicts, or models. The
                vendor counts each one, so report each once, when it happens.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, as in `get_engagement`.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.

        Raises:
            VisitNotStartedError: there is no session yet; call `get_engagement()` first.
            SessionGoneError: the session has ended; `get_engagement()` opens a new one.
            PayloadError, APIStatusError, TransportError, UnexpectedResponseError, StoreError: as in `get_engagement`.

        Source: `updateSession` in the spec.
        """
        given: Muted[dict[str, Any]] = Muted({"sdes": sdes, "impressions": impressions})
        sent = Muted(headers)
        del sdes, impressions, headers
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        await self._driver.run(own.update(**given.value), own.deadline)

    async def call(
        self,
        operation: VisitOperation,
        body: GivenBody | None = None,
        /,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - of one attempt
        deadline: float | NotGiven | None = NOT_GIVEN,
        retry: RetryPolicy | int | None = None,
        headers: Mapping[str, str] | None = None,
        validate: ValidationMode | None = None,
        allow_unknown_keys: bool | None = None,
        **parameters: str | None,
    ) -> VisitAnswer:
        """Call an operation of the spec that has no method here yet.

        The visit's ids go into path, query and body where the operation has a place for them; the body is checked; what
        fails is sent again as the spec says; and the ids that the answer names are kept.

        Args:
            operation: its name in the spec, e.g. `"updateSession"`; it must be about a visitor.
            body: the JSON object in the API's own spelling, a model of the generated client, or an instance of a
                dataclass, attrs class or pydantic model. An id that is in it goes before the visit's.
            timeout: seconds for one attempt of this call; the client's if not given. The next five too.
            deadline: seconds for this whole call; `None` for no limit.
            retry: a `RetryPolicy`, or the number of retries at most; 0 for none.
            headers: sent along, as in `get_engagement`.
            validate: `strict`, `warn` or `off`.
            allow_unknown_keys: whether keys that the spec does not have are sent.
            parameters: the operation's other parameters, by their names in Python. `None` leaves one out.

        Returns:
            The answer as its class of `lp_engagement_client.models`; `None` where the spec has no answer.

        Raises:
            ConfigurationError: there is no such operation of a visit, it has other parameters, or a value cannot stand
                where the parameter does; nothing was sent.
            VisitNotStartedError: the visit has no ids yet; call `get_engagement()` first.
            SessionGoneError: the session has ended; `get_engagement()` opens a new one.
            PayloadError, APIStatusError, TransportError, UnexpectedResponseError, StoreError: as in `get_engagement`.

        Source: the operation in the spec.
        """
        given: Muted[tuple[Any, Any]] = Muted((body, parameters))
        sent = Muted(headers)
        del body, parameters, headers
        own = self._operations.with_options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            headers=sent,
            validate=validate,
            allow_unknown_keys=allow_unknown_keys,
        )
        return await self._driver.run(own.call(operation, *given.value), own.deadline)

    async def current_engagement(self) -> Engagement | None:
        """Load the engagement of the latest response from the store; no request is sent.

        Returns:
            The engagement, with `reused` set; `None` if there was none or it has expired.

        Raises:
            StoreError: the visit store cannot be read.
        """
        return await self._driver.run(self._operations.current(), self._operations.deadline)

    async def ids(self) -> VisitIds | None:
        """Load the ids that a conversation must start with, so that the agent sees what the visit reported.

        Returns:
            The ids; `None` before the first response.

        Raises:
            StoreError: the visit store cannot be read.
        """
        return await self._driver.run(self._operations.ids(), self._operations.deadline)

    async def forget(self) -> None:
        """Drop what is stored about the visit. The next call opens a new one, with a new visitor.

        Raises:
            StoreError: the visit store cannot be written.
        """
        await self._driver.run(self._operations.forget(), self._operations.deadline)
