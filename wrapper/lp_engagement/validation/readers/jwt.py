"""Reading engagement attributes from JSON Web Tokens. Signatures are not verified."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from itertools import accumulate
from typing import TYPE_CHECKING

from lp_engagement.validation.documents import Document
from lp_engagement.validation.explain import text_problem
from lp_engagement.validation.kinds import attribute
from lp_engagement.validation.source_map import Span

from .places import fault_at, inside, part

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAIM = "lp_sdes"
"""The claim in which LivePerson's authentication takes engagement attributes."""
# A token starts only where a word does, or each letter of a long word would start a search.
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]*+\.([\w-]++)\.[\w-]*+(\.[\w-]++\.[\w-]++)?", re.ASCII)
_HINT = "Copy the whole token: three parts in base64url, separated by dots."
_ENCRYPTED = "Validate its claims before they are encrypted."


def read_tokens(data: bytes) -> Iterator[Document]:
    """Read the attributes in all compact tokens of a file: a single token, a log, JSON."""
    text = data.decode(errors="replace")
    file = Document(text)
    for match in _TOKEN.finditer(text):
        span = Span(*match.span(1))
        if match[2]:
            yield _unreadable(file, Span(*match.span()), "this token is encrypted", _ENCRYPTED)
            continue
        claims = _claims(file, span, match[1])
        if not claims.readable:
            yield claims
        elif isinstance(claims.value, dict) and CLAIM in claims.value:
            attributes = part(claims, (CLAIM,), claims.value[CLAIM])
            attributes.kind = attribute()
            if not isinstance(attributes.value, list):
                problem = text_problem("not-array", f"`{CLAIM}` must be an array", "Wrap it in [ ].")
                attributes.faults.append((problem, attributes.span((), of_key=False)))
            yield attributes


def _claims(file: Document, span: Span, encoded: str) -> Document:
    """Read the claims of a token."""
    try:
        raw = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        decoded = raw.decode()
    except (binascii.Error, UnicodeDecodeError):
        return _unreadable(file, span, "this token has no readable claims", _HINT)
    # Four characters carry three bytes.
    starts = accumulate((len(character.encode()) for character in decoded), initial=0)
    return inside(file, decoded, [span.start + at * 4 // 3 for at in starts])


def _unreadable(file: Document, span: Span, message: str, hint: str) -> Document:
    return fault_at(file, span, [text_problem("not-json", message, hint)])
