"""Serve a shop's support desk, which checks whether it can offer a customer a chat.

Set `LP_ACCOUNT_ID` to your account, and run `uvicorn --factory examples.sample_app.app:create_app`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from lp_engagement import EngagementClient
from lp_engagement.errors import AccountLoadingError, EngagementError, PayloadError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement import Engagement
    from lp_engagement_client.payload_types import EngagementAttributeDict
    from lp_engagement_client.types import Payload


def create_app(client: EngagementClient | None = None) -> FastAPI:
    """Create the application.

    Args:
        client: the client to use. By default, the environment configures one.
    """
    app = FastAPI(title="Support desk")
    engagements = client or EngagementClient()

    @app.post("/customers/{customer}/chat")
    def offer_chat(customer: str, attributes: list[dict[str, Any]]) -> dict[str, bool]:
        """Report what the shop knows about a customer, and return whether it can offer a chat."""
        # The attributes come from outside, so only the call's validation knows whether they are valid.
        sdes = cast("list[EngagementAttributeDict]", attributes)
        engagement = engagements.visit(customer).get_engagement(sdes=sdes, sections=["Support"])
        return {"chat": engagement.available}

    @app.post("/customers/{customer}/chat/displayed", status_code=204)
    def displayed(customer: str) -> None:
        """Report the offer as displayed. The browser calls this once per offer, when it has shown the button."""
        report(customer, lambda offer: offer.displayed())

    @app.post("/customers/{customer}/chat/accepted", status_code=204)
    def accepted(customer: str) -> None:
        """Report the offer as accepted. The browser calls this in the handler of the click."""
        report(customer, lambda offer: offer.accepted())

    def report(customer: str, event: Callable[[Engagement], Payload]) -> None:
        visit = engagements.visit(customer)
        offer = visit.current_engagement()
        if offer is not None:  # otherwise it has expired
            visit.update(impressions=[event(offer)])

    @app.exception_handler(PayloadError)
    def refuse(_: Request, error: PayloadError) -> JSONResponse:
        # The messages name fields and never contain values, so they are safe to show.
        return JSONResponse({"problems": [problem.message for problem in error.problems]}, 422)

    @app.exception_handler(AccountLoadingError)
    def ask_again(_: Request, __: AccountLoadingError) -> JSONResponse:
        return JSONResponse({"chat": False}, 503, {"retry-after": "60"})

    @app.exception_handler(EngagementError)
    def go_without(_: Request, __: EngagementError) -> JSONResponse:
        # The shop works without a chat.
        return JSONResponse({"chat": False}, 200)

    return app
