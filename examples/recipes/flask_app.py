"""Offer a chat to customers with a full cart: flask --app flask_app run.

Set `LP_ACCOUNT_ID` and `SECRET_KEY`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from uuid import uuid4

from flask import Flask, render_template_string, session

from lp_engagement import EngagementClient, Visit, sde
from lp_engagement.errors import EngagementError, PayloadError

PAGE = """<!doctype html><title>Cart</title><p>Total: {{ total }}</p>
{% if offer %}<form method="post" action="/chat/accepted"><button>Chat with us</button></form>{% endif %}
{% if new %}<script>fetch("/chat/displayed", {method: "POST"})</script>{% endif %}"""


def create_app() -> Flask:
    """Create the app with its one client, which all threads share and which survives the fork of a server."""
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    engagements = app.extensions["engagements"] = EngagementClient(
        application_id="shop", deadline=5
    )

    def visit() -> Visit:
        # A key of our own in the signed cookie: the visitor id itself is a secret and stays on the server.
        return engagements.visit(session.setdefault("visit", uuid4().hex))

    @app.get("/cart/<float:total>")
    def cart(total: float) -> str:
        """Report the cart and show it, with a button if there is an offer."""
        offer = known = None
        try:
            known = visit().current_engagement()
            offer = visit().get_engagement(
                sdes=[sde.cart(total=total, num_items=1)], sections=["Cart"]
            )
        except PayloadError:
            raise  # a bug in this app
        except EngagementError:
            pass  # logged by the client; the shop works without a chat
        # Every cart makes a call, which may return the offer that is on the screen already: count that once.
        new = bool(
            offer and offer.available and not (known and known.details == offer.details)
        )
        return render_template_string(
            PAGE, total=total, offer=offer and offer.available, new=new
        )

    @app.post("/chat/displayed")
    def displayed() -> tuple[str, int]:
        """Report that the button is on the screen."""
        with suppress(EngagementError):
            if offer := visit().current_engagement():  # else it has expired
                visit().update(impressions=[offer.displayed()])
        return "", 204

    @app.post("/chat/accepted")
    def accepted() -> str:
        """Report the click, and start the conversation."""
        with suppress(EngagementError):
            if offer := visit().current_engagement():
                visit().update(impressions=[offer.accepted()])
        # Pass visit().ids() to the conversation, so that the agent sees what this app has reported.
        return "An agent will be with you shortly."

    return app
