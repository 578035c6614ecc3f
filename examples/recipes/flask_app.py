"""Offer a chat to customers with a cart: flask --app flask_app run.

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
{% if offered %}
<form method="post" action="/chat/accepted"><button>Chat with us</button></form>
{% endif %}
{% if new %}<script>fetch("/chat/displayed", {method: "POST"})</script>{% endif %}"""


def create_app() -> Flask:
    """Create the app with one client for all threads."""
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    engagements = EngagementClient(application_id="shop", deadline=5)
    app.extensions["engagements"] = engagements

    def visit() -> Visit:
        # A random key in the signed cookie. The ids of the visit stay on the server.
        return engagements.visit(session.setdefault("visit", uuid4().hex))

    @app.get("/cart/<float:total>")
    def cart(total: float) -> str:
        """Report the cart and show it, with a button if there is an offer."""
        attributes = [sde.cart(total=total, num_items=1)]
        offered = new = False
        try:
            known = visit().current_engagement()
            offer = visit().get_engagement(sdes=attributes, sections=["Cart"])
            offered = offer.available
            # The response can be the offer that the browser shows already.
            new = offered and not (known and known.details == offer.details)
        except PayloadError:
            raise  # a bug in this app
        except EngagementError:
            pass  # logged by the client; the shop works without a chat
        return render_template_string(PAGE, total=total, offered=offered, new=new)

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
        # Start the conversation with visit().ids(): the agent then sees the cart.
        return "An agent will be with you shortly."

    return app
