"""The first steps that the page shows while nothing has been sent: a curl command and some lines of Python."""

from __future__ import annotations

import json
import shlex
from typing import Any

from lp_engagement._core.generated import find
from lp_engagement_client import api, facts

from .faults import VOCABULARY
from .response import JSON
from .spec import smallest_request

__all__ = ["first_steps"]

_ACCOUNT = "12345678"
_ORIGIN = "{origin}"
"""The page replaces it by its own address, which the simulator does not know."""
_PYTHON = f"""\
from lp_engagement import EngagementClient, sde

with EngagementClient("{_ACCOUNT}", base_url="{_ORIGIN}") as client:
    visit = client.visit("customer-4711")
    engagement = visit.get_engagement(sdes=[sde.cart(total=11.7, num_items=1)])
    print(engagement.available)
"""


def first_steps() -> dict[str, Any]:
    """Return the commands, and the words that the page's controls need."""
    return {
        "account": _ACCOUNT,
        "words": VOCABULARY,
        "operations": list(api.OPERATIONS),
        "curl": _curl(),
        "python": _PYTHON,
    }


def _curl() -> str:
    operation = next(name for name in api.OPERATIONS if facts.OPERATIONS[name].retry.visitor_id_from_answer)
    found = find(operation)
    account, version = found.parameters["account_id"], found.parameters["version"]
    path = found.path.format(**{account.key: _ACCOUNT})
    body = json.dumps(smallest_request(facts.OPERATIONS[operation].body or ""))
    url = f"{_ORIGIN}{path}?{version.key}={version.const}"
    return f"curl -H 'Content-Type: {JSON}' \\\n  -d {shlex.quote(body)} \\\n  '{url}'"
