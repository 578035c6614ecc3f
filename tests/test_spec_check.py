"""The check of the spec: each mistake is one line with its place and what to write, and nothing ends in a traceback."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from generator import check, spec
from generator.source import Fault, Source, SpecError, read

if TYPE_CHECKING:
    from pathlib import Path

TEXT = spec.SPEC_PATH.read_text(encoding="utf-8")
DOCUMENT = spec.load()


def complaints(text: str, folder: Path) -> list[str]:
    """The lines about a spec with this text, without the name of its file."""
    file = folder / "spec.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        spec.load(file)
    except SpecError as error:
        lines = str(error).splitlines()
        assert all(line.startswith(f"{file}:") for line in lines)
        return [line.removeprefix(f"{file}:") for line in lines]
    return []


class Mistake(NamedTuple):
    """A mistake of one who edits the spec.

    Attributes:
        old: the text that it replaces, where it first is after `after`.
        new: the mistake.
        message: what is wrong, and what to write.
        at: the text at whose beginning it is reported; by default the new text's.
        after: where to look for the old text.
    """

    old: str
    new: str
    message: str
    at: str = ""
    after: str = ""

    def planted(self) -> tuple[str, str]:
        """The spec with the mistake, and the line and column where it is reported."""
        start = TEXT.index(self.old, TEXT.index(self.after))
        text = TEXT[:start] + self.new + TEXT[start + len(self.old) :]
        place = text.index(self.at or self.new.lstrip(), start if not self.at else TEXT.index(self.after))
        return text, f"{text.count(chr(10), 0, place) + 1}:{place - text.rfind(chr(10), 0, place)}"


MISTAKES = {
    "no description": Mistake(
        "          description: The cart's value.\n",
        "",
        "`total` has no `description`. Write what it means, in a sentence.",
        at="total:\n",
        after="    CartSde:",
    ),
    "unknown extension": Mistake(
        "x-pii: true", "x-pi: true", "`x-pi` is no known extension. Write `x-pii`.", after="    Contact:"
    ),
    "unknown role": Mistake(
        "x-role: session_id",
        "x-role: sessionid",
        "`sessionid` is no known role. Write `session_id`.",
        after="    EngagementAnswer:",
    ),
    "link to nothing": Mistake(
        "operationId: updateSession",
        "operationId: updateSesion",
        "`updateSesion` is no known operation. Write `updateSession`.",
        after="    Engagement:",
    ),
    "link with a parameter too many": Mistake(
        "sid: $response.body#/sessionId",
        "sessionId: $response.body#/sessionId",
        "`resumeSession` has no parameter `sessionId`. Remove it.",
        after="    Engagement:",
    ),
    "link without an expression": Mistake(
        "visitorId: $response.body#/visitorId",
        "visitorId: visitorId",
        "`visitorId` is no expression. Write one such as `$response.body#/visitorId`.",
        after="    Engagement:",
    ),
    "dangling reference": Mistake(
        '$ref: "#/components/schemas/Address"',
        '$ref: "#/components/schemas/Adress"',
        "`$ref` points to `Adress`, which does not exist. Write `#/components/schemas/Address`.",
    ),
    "key of x-retry": Mistake(
        "pausesSeconds:",
        "pauseSeconds:",
        "`pauseSeconds` is no key of a common retry. Write `pausesSeconds`.",
        after="\nx-retry:",
    ),
    "pause in quotes": Mistake(
        "pausesSeconds: [",
        'pausesSeconds: ["0", ',
        "`pausesSeconds[0]` must be a number of seconds, not `0`. Write one such as 5.",
        at='"0", ',
    ),
    "markup in a text": Mistake(
        "The cart's value.",
        "The cart's <script>alert(1)</script> value.",
        "`description` contains an HTML tag, which could become code in a page. "
        "Put it in back-ticks, or write it in words.",
        at="description: The cart's <",
    ),
    "statement as a role": Mistake(
        "x-role: page_id",
        '"x-role": "a=hacked(), b"',
        "`x-role` must be a role, not `a=hacked(), b`. Write one of the names in `x-roles`.",
        after="    UpdateSessionRequest:",
    ),
    "statement as a field": Mistake(
        "phoneType:",
        '"a\\": hacked(), \\"b":',
        '`a": hacked(), "b` could become code: a field\'s name has letters, digits, `_`, `-`, `.`, `$` and `@` only. '
        "Correct it.",
    ),
    "example of another type": Mistake(
        "examples: [11.7]",
        'examples: ["11.70"]',
        'The example does not match its schema: "11.70" is not of type "number". Correct one of them.',
        at='"11.70"]',
        after="    CartSde:",
    ),
    "key twice": Mistake(
        "          examples: [USD]\n",
        "          examples: [USD]\n          examples: [EUR]\n",
        "`examples` is here twice, and the first is lost. Remove one of them.",
        at="examples: [EUR]",
        after="    CartSde:",
    ),
    "no YAML": Mistake(
        "      tags: [domain]",
        "      tags: [domain",
        "This is not YAML: did not find expected ',' or ']'. Correct the line, or the one above.",
        at=": Look up the host",
    ),
    "misspelt key": Mistake(
        "description: The lines of the cart.",
        "discription: The lines of the cart.",
        "`discription` is no key of a schema. Write `description`.",
    ),
    "unknown tag": Mistake(
        "tags: [domain]", "tags: [domains]", "`domains` is no known tag. Write `domain`.", at="domains]"
    ),
    "operation with a number": Mistake(
        "operationId: createSession",
        "operationId: 5",
        "`operationId` must be letters and digits, not `5`. Write a name such as `createSession`.",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line(name: str, tmp_path: Path) -> None:
    """A mistake is reported at its place, with what to write, and nothing else is."""
    text, place = MISTAKES[name].planted()
    assert complaints(text, tmp_path) == [f"{place}: {MISTAKES[name].message}"]


# ------------------------------------------------------------------------------------------- our rules for the spec

SCHEMAS = "components schemas"
DOMAIN = "paths /api/account/{accountId}/service/{service}/baseURI.json"
NEW = {"type": "object", "description": "New.", "properties": {"much": {"type": "integer", "description": "Much."}}}
GONE, YES, NO = object(), True, False
EVIDENCE, PERSONAL = "Write the list of its sources", "Write `x-pii: true` or `x-pii: false`"


class Breach(NamedTuple):
    """A breach of a rule.

    Attributes:
        place: the keys that lead to the changed node.
        value: its new value; `GONE` removes it.
        advice: words of the message.
        found: where it is reported, relative to the parent of the place; by default at the place, or at its parent.
    """

    place: str
    value: Any
    advice: str
    found: str = ""


BREACHES = [
    *(
        Breach(f"{place} x-evidence", GONE, EVIDENCE)
        for place in (
            "servers 0",
            f"{DOMAIN} servers 0",
            f"{DOMAIN} get",
            f"{DOMAIN} get x-cache",
            f"{DOMAIN} get parameters 1",
            f"{DOMAIN} get responses 200",
            "components parameters sessionId",
            "components requestBodies CreateSession",
            "components responses DataNotFound",
        )
    ),
    Breach(f"{SCHEMAS} LeadInfo x-evidence", GONE, "where `LeadInfo` comes from"),
    Breach(f"{SCHEMAS} ProdViewProduct properties quantity x-evidence", GONE, "where `quantity` comes from"),
    Breach(f"{SCHEMAS} MarketingInfo properties channel x-evidence", GONE, "where `channel` comes from"),
    Breach(f"{SCHEMAS} CreateSessionRequest additionalProperties", GONE, "Write `additionalProperties: false`"),
    Breach(f"{SCHEMAS} Address additionalProperties", YES, "Write `additionalProperties: false`", "."),
    Breach(f"{SCHEMAS} ErrorInfo properties more", NEW, "Write `additionalProperties: false`"),
    Breach(
        f"{SCHEMAS} EngagementContext properties more", {"description": "More.", "x-pii": False}, "Write its `type`"
    ),
    Breach(f"{SCHEMAS} Domain additionalProperties", NO, "Remove `additionalProperties: false`"),
    Breach(f"{SCHEMAS} NestedError unevaluatedProperties", NO, "Remove `unevaluatedProperties: false`"),
    Breach(f"{SCHEMAS} EngagementAnswer properties status anyOf 1", GONE, "beside `type: string`", "0 enum"),
    Breach(f"{SCHEMAS} EngagementDetails properties language enum", ["en-US"], "beside `type: string`"),
    Breach("components parameters visitorId x-pii", GONE, PERSONAL),
    Breach(f"{SCHEMAS} Contact properties email x-pii", GONE, PERSONAL),
    Breach(f"{SCHEMAS} PersonalInfo properties gender x-pii", GONE, PERSONAL),
    Breach(f"{SCHEMAS} EngagementAnswer properties sessionId x-pii", GONE, PERSONAL),
    Breach(f"{SCHEMAS} CustomerInfo properties currency x-pii", GONE, "is free text"),
    Breach(f"{SCHEMAS} EngagementContext x-pii", GONE, "here or at its schema", "properties id"),
    Breach(f"{SCHEMAS} CustomerInfo properties imei x-pii", "yes", "Write true or false"),
    Breach(f"{SCHEMAS} CartSde properties total examples", [11.7, "11.70"], "is not of type", "examples 1"),
    Breach(f"{SCHEMAS} AppDetails properties ipAddress examples", ["localhost"], "does not match", "examples 0"),
    Breach("components parameters accountId schema examples", ["no account"], "does not match", "examples 0"),
    Breach("components parameters version schema default", "1", "does not match"),
    Breach(
        "components requestBodies UpdateSession content application/json examples documented value pageId",
        4743822558,
        "is not of type",
    ),
    Breach(f"{SCHEMAS} PersonalSde x-evidense", ["[page] misspelt"], "Write `x-evidence`"),
    Breach(f"{SCHEMAS} CartSde x-evidence", ["[pages] misspelt"], "Write `page`", "x-evidence 0"),
    Breach(f"{SCHEMAS} ServiceSde x-evidence", ["somewhere"], "must begin with its kind", "x-evidence 0"),
    Breach(f"{SCHEMAS} PurchaseSde x-evidence", [], "Write the list of its sources"),
    Breach(f"{SCHEMAS} SearchInfoSde properties keywords items", GONE, "Write the schema of its `items`"),
    Breach(f"{SCHEMAS} LeadSde required", ["typ"], "Write `type`", "required 0"),
    Breach(f"{SCHEMAS} Age x-rule", "impossible-data", "Write `impossible-date`"),
    Breach(f"{SCHEMAS} ImpTimeout properties campaign x-from", "app_type", "No field of `EngagementDetails`"),
    Breach(f"{SCHEMAS} ErrorEntity x-internal-codes 0 code", 6, "is here twice", "../1"),
    Breach(
        "paths /api/account/{accountId}/app/engagement/visitors/ post operationId", "updateSession", "of its own", "?"
    ),
    Breach("components responses Engagement content text/plain", {"schema": {"type": "string"}}, "speaks JSON only"),
    Breach("components schemas ImpressionEvent x-kind", "sde", "is in use already"),
    Breach("x-rules enum id", "LPE302", "is in use already", "?"),
]


def changed(document: Any, breach: Breach) -> None:
    """Make a breach in a document."""
    *way, last = breach.place.split(" ")
    node: Any = document
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    key: Any = int(last) if isinstance(node, list) else last
    if breach.value is GONE:
        del node[key]
    else:
        node[key] = breach.value


def found_in(document: Any) -> list[Fault]:
    """The faults of a document."""
    return check.faults(Source("spec", document, {(): (1, 1)}, []))


def test_breaches_of_our_rules() -> None:
    """Each of many breaches in one document is reported with its fix, and nothing else is reported."""
    document = copy.deepcopy(DOCUMENT)
    for breach in BREACHES:
        changed(document, breach)
    faults = {(" ".join(map(str, fault.way)), fault.message) for fault in found_in(document)}
    for breach in BREACHES:
        around = breach.place.rpartition(" ")[0]
        places = {around, breach.place, f"{around} {breach.found}"}
        own = {
            each for each in faults if (each[0] in places or breach.found in {"?", "../1"}) and breach.advice in each[1]
        }
        assert own, breach
        faults -= own
    assert faults == set()


@pytest.mark.parametrize(
    "breach",
    [
        Breach("x-extensions x-forgotten", "What is not in use.", "Remove it from `x-extensions`"),
        Breach("x-sources forgotten", "What is not in use.", "Remove it from `x-sources`"),
        Breach("x-roles forgotten", "What is not in use.", "Remove it from `x-roles`"),
        Breach(
            f"{SCHEMAS} Forgotten",
            {"type": "object", "description": "D.", "x-evidence": ["Page: it"]},
            "Nothing refers",
        ),
        Breach(f"{SCHEMAS} EngagementAnswer properties pageId x-role", GONE, "has the role `page_id`"),
        Breach(
            f"{SCHEMAS} EngagementAttribute discriminator mapping lead", "#/components/schemas/Lead", "does not exist"
        ),
        Breach(
            "paths /api/account/{accountId}/app/engagement/visitors/", GONE, "The operation `createSession` is missing"
        ),
        Breach(
            "paths /api/account/{accountId}/app/engagement/visitors/{visitorId} parameters 1", GONE, "no parameter has"
        ),
    ],
)
def test_what_is_missing_or_unused(breach: Breach) -> None:
    """Parts that the code needs and the spec lacks are reported, and parts that nothing uses."""
    document = copy.deepcopy(DOCUMENT)
    changed(document, breach)
    assert any(breach.advice in fault.message for fault in found_in(document))


def test_it_takes_less_than_a_second() -> None:
    """The check is quick enough to run before each generation."""
    start = time.process_time()
    spec.load()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "a: b: c",
        "\t",
        "a",
        "openapi: 3.1.0",
        "paths: {a: []}",
        "<<: {}",
        "a: &a [*a]",
        "a: !!python/name:os {}",
    ],
)
def test_no_file_ends_in_a_traceback(text: str, tmp_path: Path) -> None:
    """A file that is no spec at all is reported like any other mistake."""
    assert complaints(text, tmp_path)
    assert all(re.match(r"\d+:\d+: .+\. .+\.$", line) for line in complaints(text, tmp_path))


@pytest.mark.parametrize("kind", [list, str, int, type(None), dict])
def test_no_value_of_another_type_ends_in_a_traceback(kind: type) -> None:
    """Whatever part of the spec has a value of another type, the check reports it instead of stumbling over it."""
    for place in ("paths", "components", "components schemas", "x-rules", "x-roles", f"{SCHEMAS} CartSde properties"):
        document = copy.deepcopy(DOCUMENT)
        changed(document, Breach(place, None if kind is type(None) else kind(), ""))
        assert found_in(document), place


def test_generate_prints_the_lines(tmp_path: Path) -> None:
    """`make generate` ends with the lines, without a traceback, and writes nothing."""
    file = tmp_path / "spec.yaml"
    file.write_text(TEXT.replace("operationId: createSession", "operationId: 5"), encoding="utf-8")
    program = (
        "import sys, pathlib; from generator import regenerate, spec; load = spec.load\n"
        f"spec.load = lambda: load(pathlib.Path({str(file)!r})); sys.argv = ['regenerate']; sys.exit(regenerate.main())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=spec.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"{re.escape(str(file))}:\d+:7: `operationId` must be .*\n", done.stderr)


def test_places_are_those_of_the_file() -> None:
    """A part's place is that of its key, or of the item of a list."""
    source = read(spec.SPEC_PATH, "spec")
    lines = TEXT.splitlines()
    for way, (line, column) in source.places.items():
        if way and isinstance(way[-1], str) and way[-1].isalnum():
            assert lines[line - 1][column - 1 :].lstrip("\"'").startswith(way[-1])
