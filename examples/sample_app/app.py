"""A shop's support desk: tells the browser whether a chat can be offered to a customer.

Run it with `uvicorn --factory examples.sample_app.app:create_app`; `LP_ACCOUNT_ID` names the account.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from lp_engagement import EngagementClient
from lp_engagement.errors import AccountLoadingError, EngagementError, PayloadError


def create_app(client: EngagementClient | None = None) -> FastAPI:
    """Make the application.

    Args:
        client: the client to use; by default one that is configured by the environment.
    """
    app = FastAPI(title="Support desk")
    engagements = client or EngagementClient()

    @app.post("/customers/{customer}/chat")
    def offer_chat(customer: str, attributes: list[dict[str, Any]]) -> dict[str, bool]:
        """Tell what is known about a customer, and ask whether a chat can be offered."""
        visit = engagements.visit(customer)
        engagement = visit.get_engagement(sdes=attributes, sections=["Support"])
        if engagement.available:
            visit.update(impressions=[engagement.displayed()])
        return {"chat": engagement.available}

    @app.exception_handler(PayloadError)
    def refuse(_: Request, error: PayloadError) -> JSONResponse:
        # The messages name fields and never hold values, so that they can be shown.
        return JSONResponse({"problems": [problem.message for problem in error.problems]}, 422)

    @app.exception_handler(AccountLoadingError)
    def ask_again(_: Request, __: AccountLoadingError) -> JSONResponse:
        return JSONResponse({"chat": False}, 503, {"retry-after": "60"})

    @app.exception_handler(EngagementError)
    def go_without(_: Request, __: EngagementError) -> JSONResponse:
        # The shop works without a chat.
        return JSONResponse({"chat": False}, 200)

    return app
