"""Offer a chat on a site with logins: python django_app.py runserver.

Set `LP_ACCOUNT_ID` and `SECRET_KEY`, and run `python django_app.py migrate` first.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from uuid import uuid4

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from lp_engagement import EngagementClient, Visit, sde
from lp_engagement.errors import EngagementError, PayloadError

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions")
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("DATABASE", "site.db"),
        }
    },
)

PAGE = """<!doctype html><title>Account</title>
{% if offered %}
<form method="post" action="/chat/accepted">{% csrf_token %}<button>Chat</button></form>
{% endif %}
{% if new %}<script>
fetch("/chat/displayed", {method: "POST", body: new FormData(document.forms[0])})
</script>{% endif %}"""


@cache
def engagements() -> EngagementClient:
    """Create the client on first use, so that `migrate` needs no account."""
    return EngagementClient(application_id="site", deadline=5)


def visit_of(request: HttpRequest) -> Visit:
    """Return the visit of this browser, before and after the login."""
    # Not session_key: it is None in a new session, and login() replaces it.
    return engagements().visit(request.session.setdefault("visit", uuid4().hex))


def account(request: HttpRequest) -> HttpResponse:
    """Show a page, with a button if there is an offer; report a new login."""
    user = request.user.pk  # None if nobody is logged in
    is_login = user is not None and request.session.get("reported") != user
    attributes = [sde.ctmrinfo(customer_id=str(user))] if is_login else None
    offered = new = False
    try:
        visit = visit_of(request)
        known = visit.current_engagement()
        offer = visit.get_engagement(sdes=attributes, reuse=True)
        request.session["reported"] = user
        offered = offer.available
        # The response can be the offer that the browser shows already.
        new = offered and not (known and known.details == offer.details)
    except PayloadError:
        raise  # a bug in this app
    except EngagementError:
        pass  # logged by the client; the site works without a chat
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"offered": offered, "new": new}, request))


@require_POST
def report(request: HttpRequest, event: str) -> HttpResponse:
    """Report that the button is on the screen, or that it was clicked."""
    visit = visit_of(request)
    with suppress(EngagementError):
        if offer := visit.current_engagement():  # else it has expired
            shown = event == "displayed"
            visit.update(impressions=[offer.displayed() if shown else offer.accepted()])
    return HttpResponse(status=204)


urlpatterns = [
    path("", account),
    path("chat/displayed", report, {"event": "displayed"}),
    path("chat/accepted", report, {"event": "accepted"}),
]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
