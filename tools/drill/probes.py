"""Questions to the consumers of the spec: do they know an edit?

    python -m tools.drill.probes EDIT...

Runs in a copy of the repository and prints what each consumer of each edit knows. Without the edit every question must
be answered with no: one that is not proves nothing.
"""

from __future__ import annotations

import inspect
import json
import sys
import traceback
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlencode

from click.testing import CliRunner
from hypothesis import find, settings

from lp_engagement import EngagementClient, sde
from lp_engagement.cli.group import group
from lp_engagement.errors import EngagementError
from lp_engagement.simulator import Fault, Simulator
from lp_engagement.simulator.spec import as_spelled as spelled
from lp_engagement.stores import VisitRecord, open_store
from lp_engagement.testing.strategies import broken, types, valid
from lp_engagement.validation import check
from lp_engagement_client import api, facts, models

if TYPE_CHECKING:
    from collections.abc import Callable

    from lp_engagement import Engagement
    from lp_engagement.simulator import SimulatedResponse

PROBES: dict[tuple[str, str], Callable[[], str]] = {}
ACCOUNT = "12345678"
URL = "https://lp.example.com"
CANARY = "Kwqzvx"
BROKEN = 1
"""The exit code of `validate` for a payload with an error."""
# What an edit adds is not known to a type checker that reads the spec as it is.
MODELS: Any = models
SDE: Any = sde


class NotKnownError(Exception):
    """A consumer does not know the edit."""


def probe(edit: str, consumer: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a question; it returns what was seen."""

    def register(question: Callable[[], str]) -> Callable[[], str]:
        PROBES[edit, consumer] = question
        return question

    return register


def must(holds: object, otherwise: str) -> None:
    """Go on only if it holds."""
    if not holds:
        raise NotKnownError(otherwise)


# ------------------------------------------------------------------------------------------------------- the consumers


def shell(*arguments: str, given: str | None = None, code: int = 0) -> str:
    """Return the output of the command."""
    result = CliRunner().invoke(group, arguments, input=given)
    must(result.exit_code == code, f"exit code {result.exit_code}: {result.output}")
    return result.output


def accepted(kind: str, payload: Any) -> str:
    """The command line takes a payload."""
    shell("validate", "--kind", kind, "--strict", "-", given=json.dumps(payload))
    return f"validate takes {_short(payload)}"


def refused(kind: str, payload: Any, rule: str, *, says: str = "") -> str:
    """The command line refuses a payload."""
    told = shell("validate", "--kind", kind, "-", given=json.dumps(payload), code=BROKEN)
    must(rule in told and says in told, told)
    return f"validate refuses {_short(payload)} ({rule})"


def problems(payload: Any, kind: str) -> list[tuple[str, str]]:
    """Rule and place of what is wrong with a payload."""
    return [(problem.rule, problem.pointer) for problem in check(payload, kind)]


def hint(payload: Any, kind: str) -> str:
    """Return the hint for the only problem of a payload."""
    found = check(payload, kind)
    must(len(found) == 1, f"{len(found)} problems")
    return found[0].hint


def explained(name: str, *words: str) -> str:
    """`lp-engagement explain` has these words about a name."""
    told = shell("explain", name)
    must(all(word in told for word in words), told)
    return f"explain {name}: {told.strip().splitlines()[-1].strip()}"


def posted(sdes: list[Any], **body: Any) -> SimulatedResponse:
    """Return the simulator's response to a first call."""
    given = spelled("CreateSessionRequest", app_type="EXTERNAL", engagement_attributes=sdes)
    return asked(Simulator(), "createSession", given | body)


def asked(simulator: Simulator, operation: str, body: Any, **values: str) -> SimulatedResponse:
    """Return the simulator's response to an operation; parameters by their roles."""
    must(operation in facts.OPERATIONS, f"there is no operation {operation}")
    called = api.find(operation)
    values |= {"account_id": ACCOUNT}
    path = called.path.format(**{each.key: values.get(role, "") for role, each in called.parameters.items()})
    query = {each.key: each.const or values.get(role, "") for role, each in called.parameters.items()}
    headers = {"Content-Type": "application/json"}
    return simulator.handle(called.method, f"{path}?{urlencode(query)}", headers, json.dumps(body).encode())


def details_of(answer: SimulatedResponse) -> dict[str, Any]:
    """The engagement of an answer."""
    found: dict[str, Any] = answer.json()[facts.FIELDS["EngagementAnswer"]["engagement_details"]]
    return found


def engaged(sdes: list[Any], *, simulator: Simulator | None = None, slept: list[float] | None = None) -> Engagement:
    """Return the result of a call to a simulator."""
    simulator = simulator or Simulator()
    if slept is not None:
        simulator.clock.slept = slept
    with EngagementClient(
        ACCOUNT,
        base_url=URL,
        store="memory://",
        transport=simulator.transport(),
        clock=simulator.clock,
    ) as client:
        return client.visit("customer").get_engagement(sdes=sdes)


def stored_in(folder: str) -> str:
    """The URL of a store."""
    return f"sqlite:///{folder}/visits.db"


def visiting(
    simulator: Simulator, folder: str, *, slept: list[float] | None = None, **options: Any
) -> EngagementClient:
    """One of several clients with a store in one folder."""
    if slept is not None:
        simulator.clock.slept = slept
    return EngagementClient(
        ACCOUNT,
        store=stored_in(folder),
        transport=simulator.transport(),
        clock=simulator.clock,
        **options,
    )


def sent(sdes: list[Any]) -> Any:
    """The attributes as they arrive at a server."""
    simulator = Simulator()
    engaged(sdes, simulator=simulator)
    return simulator.journal.last().sdes


def drawn(kind: str, only: str | None, fits: Callable[[Any], object]) -> Any:
    """A payload that the strategies draw."""
    must(only is None or only in types(kind), f"the strategies know no type {only}")
    return find(valid(kind, only=only), lambda each: bool(fits(each)), settings=_PATIENT)


def drawn_broken(kind: str, only: str | None, rule: str, pointer: str) -> str:
    """A broken payload that the strategies draw."""
    must(only is None or only in types(kind), f"the strategies know no type {only}")
    example = find(broken(kind, only=only), lambda each: each[1:] == (rule, pointer), settings=_PATIENT)
    return f"draws {rule} at {pointer}: {_short(example.payload)}"


_PATIENT = settings(database=None, max_examples=5000)


def failure(code: int, message: str) -> Fault:
    """An error that the server answers once."""
    return Fault(400, json.dumps(spelled("ErrorEntity", time=1, message=message, internal_code=code)).encode())


def silent(place: str, build: Callable[[], Any], *, kind: str = "sde") -> str:
    """A value does not show up in reprs, errors and reports; its place is known as one of personal data."""
    must(place in facts.PERSONAL_DATA, f"{place} is not among the places of personal data")
    payload = build()
    must(CANARY in json.dumps(payload), "the value is not in the payload")
    wrong = {**payload, "x": 1}
    shown = [repr(payload), shell("validate", "--kind", kind, "-", given=json.dumps(wrong), code=BROKEN)]
    if kind == "sde":
        simulator = Simulator()
        # A server that quotes what it was sent.
        simulator.script(ACCOUNT, [failure(5, CANARY)])
        try:
            engaged([payload], simulator=simulator)
        except EngagementError as error:
            shown += [repr(error), "".join(traceback.format_exception(error)), repr(vars(error))]
    must(not any(CANARY in text for text in shown), "the value shows")
    return f"{place} is personal data, and its value is in no repr, error or report"


def documented(page: str, *words: str) -> str:
    """A page of the docs has these words in one line."""
    path = Path("docs", page)
    for line in path.read_text(encoding="utf-8").splitlines():
        if all(word in line for word in words):
            return f"docs/{page}: {line if len(line) < LONG else line[:LONG] + ' …'}"
    raise NotKnownError(f"docs/{page} does not have {' and '.join(words)}")


LONG = 90


def parameter(function: Callable[..., Any], name: str) -> inspect.Parameter:
    """A parameter of a builder."""
    found = inspect.signature(function).parameters
    must(name in found, f"there is no parameter {name}")
    return found[name]


def has(holder: Any, name: str) -> Any:
    """An attribute of a module."""
    must(hasattr(holder, name), f"there is no {name}")
    return getattr(holder, name)


def _short(payload: Any) -> str:
    text = json.dumps(payload, ensure_ascii=False)
    return text if len(text) < LONG else f"{text[:LONG]} …"


# --------------------------------------------------------------------------------------------------------- a new type

LOYALTY = {"type": "loyalty", "points": 250, "level": "GOLD"}


@probe("new-type", "models")
def _() -> str:
    model = has(MODELS, "LoyaltySde").from_dict(LOYALTY)
    must(model.to_dict() == LOYALTY, "it does not survive the model")
    given = spelled("CreateSessionRequest", app_type="MSDK", engagement_attributes=[LOYALTY])
    body = MODELS.CreateSessionRequest.from_dict(given)
    members = [getattr(body, field.name) for field in fields(body)]
    must(any(isinstance(each, list) and isinstance(each[0], MODELS.LoyaltySde) for each in members), "not in the body")
    return "models.LoyaltySde, and CreateSessionRequest reads it"


@probe("new-type", "builders")
def _() -> str:
    built = has(SDE, "loyalty")(points=250, level="GOLD", since={"year": 2020})
    must(built == LOYALTY | {"since": {"year": 2020}}, "it builds something else")
    return f"sde.loyalty{inspect.signature(SDE.loyalty)}"[:LONG] + " …"


@probe("new-type", "client")
def _() -> str:
    built = has(SDE, "loyalty")(points=250, level="GOLD")
    must(sent([built]) == [LOYALTY], "something else arrives")
    return f"get_engagement sends {_short(LOYALTY)}"


@probe("new-type", "validator")
def _() -> str:
    must(check(LOYALTY, "sde") == [], "it is refused")
    wrong = {"type": "loyalty", "points": "250", "level": "gold", "since": {"month": 13}}
    must([rule for rule, _ in problems(wrong, "sde")] == ["LPE202", "LPE302", "LPE303"], str(problems(wrong, "sde")))
    return "takes what fits; LPE202, LPE302 and LPE303 in its fields"


@probe("new-type", "explain")
def _() -> str:
    advice = hint({"type": "frequentFlyer", "points": 1}, "sde")
    must("Did you mean `loyalty`" in advice, advice)
    return explained("loyalty", "How loyal the consumer is", "points: integer (mandatory)", "SILVER, GOLD")


@probe("new-type", "command line")
def _() -> str:
    must("loyalty" in shell("spec", "--kind", "sde", "--strict"), "spec does not print it")
    refused("sde", {"type": "loyalty"}, "LPE101")
    return accepted("auto", LOYALTY)


@probe("new-type", "simulator")
def _() -> str:
    must(posted([LOYALTY]).status == 200, "it is refused")
    must(b"points" in posted([{"type": "loyalty"}]).body, "a missing field is not named")
    return "answers 200 with it, 400 naming `points` without its mandatory field"


@probe("new-type", "strategies")
def _() -> str:
    example = drawn("sde", "loyalty", lambda each: "level" in each)
    drawn_broken("sde", "loyalty", "LPE101", "/points")
    return f"draws {_short(example)}"


@probe("new-type", "redaction")
def _() -> str:
    return silent("LoyaltySde.cardNumber", lambda: has(SDE, "loyalty")(points=1, card_number=CANARY))


@probe("new-type", "docs")
def _() -> str:
    documented("reference.md", "### `loyalty`")
    return documented("reference.md", "`cardNumber` 🔒")


# -------------------------------------------------------------------------------------------------------- a new field

CART = {"type": "cart", "total": 11.7, "numItems": 1, "couponCode": "SUMMER"}


@probe("new-field", "models")
def _() -> str:
    model = MODELS.CartSde.from_dict(CART)
    must(getattr(model, "coupon_code", None) == "SUMMER", "the model drops it")
    must(MODELS.EngagementDetails.from_dict({"queueOpen": True}).queue_open is True, "the model does not know it")
    return "models.CartSde.coupon_code; models.EngagementDetails.queue_open"


@probe("new-field", "builders")
def _() -> str:
    must("None" in parameter(SDE.cart, "coupon_code").annotation, "it is not optional")
    must(SDE.cart(total=11.7, num_items=1, coupon_code="SUMMER") == CART, "it builds something else")
    return "sde.cart(…, coupon_code: str | None = None)"


@probe("new-field", "client")
def _() -> str:
    must(sent([CART]) == [CART], "something else arrives")
    details: Any = engaged([CART]).details
    must(has(details, "queue_open") is True, "the answer's field does not arrive")
    return "sends couponCode; engagement.details.queue_open is True"


@probe("new-field", "validator")
def _() -> str:
    must(check(CART, "sde") == [], "it is refused")
    must(problems(CART | {"couponCode": 5}, "sde") == [("LPE201", "/couponCode")], "any kind of value is taken")
    return "takes couponCode, LPE201 for a number in it"


@probe("new-field", "explain")
def _() -> str:
    advice = hint({"type": "cart", "total": 1, "numItems": 1, "voucher": "x"}, "sde")
    must("couponCode" in advice, advice)
    return explained("couponCode", "The coupon that was redeemed")


@probe("new-field", "command line")
def _() -> str:
    refused("sde", CART | {"couponCode": 5}, "LPE201")
    return accepted("auto", CART)


@probe("new-field", "simulator")
def _() -> str:
    must(b"couponCode" in posted([CART | {"couponCode": 5}]).body, "a wrong value is not named")
    must(details_of(posted([CART])).get("queueOpen") is True, "it does not answer it")
    return "takes couponCode, and answers queueOpen"


@probe("new-field", "strategies")
def _() -> str:
    must("couponCode" in _keys("CartSde"), "unknown")
    return f"draws {_short(drawn('sde', 'cart', lambda each: 'couponCode' in each))}"


@probe("new-field", "redaction")
def _() -> str:
    built = SDE.cart(total=1, num_items=1, coupon_code=CANARY)
    must(CANARY not in repr(built) and CANARY not in repr(MODELS.CartSde.from_dict(dict(built))), "the value shows")
    return "repr(sde.cart(coupon_code=…)) and that of the model show no value"


@probe("new-field", "docs")
def _() -> str:
    documented("reference.md", "`queueOpen`", "boolean")
    return documented("reference.md", "`couponCode`", "The coupon that was redeemed")


def _keys(schema: str, kind: str = "sde") -> set[str]:
    root: Any = import_module("lp_engagement.validation.schemas").load(f"{kind}.strict")
    return set(root["$defs"][schema]["properties"])


# -------------------------------------------------------------------------------------------------------- a new value

DIVERSE = {"type": "personal", "personal": {"gender": "DIVERSE"}}


@probe("new-value", "models")
def _() -> str:
    must("DIVERSE" in get_args(MODELS.PersonalInfoGender), "the type does not know it")
    return "models.PersonalInfoGender has DIVERSE"


@probe("new-value", "builders")
def _() -> str:
    annotation = parameter(SDE.personal, "gender").annotation
    must("DIVERSE" in annotation, annotation)
    return f"sde.personal(gender: {annotation})"


@probe("new-value", "client")
def _() -> str:
    must(sent([SDE.personal(gender="DIVERSE")]) == [DIVERSE], "something else arrives")
    return f"get_engagement sends {_short(DIVERSE)}"


@probe("new-value", "validator")
def _() -> str:
    must(check(DIVERSE, "sde") == [], "it is refused")
    return "takes DIVERSE"


@probe("new-value", "explain")
def _() -> str:
    advice = hint({"type": "personal", "personal": {"gender": "diverse"}}, "sde")
    must("DIVERSE" in advice, advice)
    return explained("gender", "DIVERSE")


@probe("new-value", "command line")
def _() -> str:
    return accepted("auto", DIVERSE)


@probe("new-value", "simulator")
def _() -> str:
    must(posted([DIVERSE]).status == 200, "it is refused")
    return "answers 200 with it"


@probe("new-value", "strategies")
def _() -> str:
    must(check(DIVERSE, "sde") == [], "unknown")
    return f"draws {_short(drawn('sde', 'personal', lambda each: 'DIVERSE' in json.dumps(each)))}"


@probe("new-value", "docs")
def _() -> str:
    return documented("reference.md", "`gender`", "DIVERSE")


# -------------------------------------------------------------------------------------------- a field made required

NO_TOPIC = {"type": "lead", "lead": {"value": 5}}


@probe("required", "models")
def _() -> str:
    try:
        MODELS.LeadInfo()
    except TypeError as error:
        must("topic" in str(error), str(error))
        return "models.LeadInfo(topic) cannot be made without it"
    raise NotKnownError("a model can be made without it")


@probe("required", "builders")
def _() -> str:
    must(parameter(SDE.lead, "topic").default is inspect.Parameter.empty, "it can be left out")
    return f"sde.lead(topic: {parameter(SDE.lead, 'topic').annotation}) cannot be called without it"


@probe("required", "client")
def _() -> str:
    try:
        engaged([NO_TOPIC])
    except EngagementError as error:
        must("topic" in str(error), str(error))
        return "get_engagement raises PayloadError, nothing is sent"
    raise NotKnownError("it is sent")


@probe("required", "validator")
def _() -> str:
    must(problems(NO_TOPIC, "sde") == [("LPE101", "/lead/topic")], str(problems(NO_TOPIC, "sde")))
    return "LPE101 at /lead/topic"


@probe("required", "explain")
def _() -> str:
    advice = hint(NO_TOPIC, "sde")
    must("topic" in advice, advice)
    return explained("LeadInfo", "topic: string (mandatory)") and f"advises: {advice}"


@probe("required", "command line")
def _() -> str:
    return refused("auto", NO_TOPIC, "LPE101", says="topic")


@probe("required", "simulator")
def _() -> str:
    answer = posted([NO_TOPIC])
    must(answer.status == 400 and b"topic" in answer.body, "it is taken")
    return "answers 400 naming `topic`"


@probe("required", "strategies")
def _() -> str:
    must(check(NO_TOPIC, "sde") != [], "unknown")
    must(not _draws("lead", lambda each: "topic" not in each.get("lead", {"topic": 0})), "draws payloads without it")
    return drawn_broken("sde", "lead", "LPE101", "/lead/topic")


@probe("required", "docs")
def _() -> str:
    return documented("reference.md", "`topic`* | string")


def _draws(only: str, fits: Callable[[Any], bool]) -> bool:
    from hypothesis.errors import NoSuchExample

    try:
        find(valid("sde", only=only), fits, settings=settings(database=None, max_examples=300))
    except NoSuchExample:
        return False
    return True


# -------------------------------------------------------------------------------------------------- a new retry pause


def _failing() -> Simulator:
    simulator = Simulator()
    simulator.script(ACCOUNT, [Fault(500, times=4)])
    return simulator


@probe("retry-pause", "client")
def _() -> str:
    slept: list[float] = []
    try:
        engaged([], simulator=_failing(), slept=slept)
    except EngagementError as error:
        raise NotKnownError(f"gives up after {slept}") from error
    must(slept == [5, 10, 15, 20], str(slept))
    return "waits 5, 10, 15 and 20 s, then has its answer"


@probe("retry-pause", "explain")
def _() -> str:
    return explained("createSession", "5 s, 10 s, 15 s, 20 s")


@probe("retry-pause", "command line")
def _() -> str:
    must(facts.OPERATIONS["createSession"].retry.pauses == (5, 10, 15, 20), "the pauses are as they were")
    shell("demo")
    return "demo passes with it"


@probe("retry-pause", "simulator")
def _() -> str:
    simulator = _failing()
    try:
        engaged([], simulator=simulator)
    except EngagementError as error:
        raise NotKnownError("the fifth request does not come") from error
    tries = len(simulator.journal.of("createSession"))
    must(tries == 5, f"{tries} requests")
    return "sees five requests"


@probe("retry-pause", "docs")
def _() -> str:
    return documented("reference.md", "`createSession`", "5 s, 10 s, 15 s, 20 s")


# ---------------------------------------------------------------------------------------------------- a renamed field

BRANCH = {"type": "ctmrinfo", "info": {"branch": "home"}}
OLD_BRANCH = {"type": "ctmrinfo", "info": {"companyBranch": "home"}}


@probe("renamed", "models")
def _() -> str:
    must(hasattr(MODELS.CustomerInfo(), "branch"), "the new name is not there")
    must(not hasattr(MODELS.CustomerInfo(), "company_branch"), "the old name is there")
    return "models.CustomerInfo.branch instead of company_branch"


@probe("renamed", "builders")
def _() -> str:
    parameter(SDE.ctmrinfo, "branch")
    must(SDE.ctmrinfo(branch="home") == BRANCH, "it builds something else")
    return "sde.ctmrinfo(branch=…)"


@probe("renamed", "client")
def _() -> str:
    must(sent([BRANCH]) == [BRANCH], "something else arrives")
    details: Any = engaged([]).details
    return f"sends branch; engagement.details.frame_id is {has(details, 'frame_id')!r}"


@probe("renamed", "validator")
def _() -> str:
    must(check(BRANCH, "sde") == [], "it is refused")
    must(problems(OLD_BRANCH, "sde") == [("LPE102", "/info/companyBranch")], "the old name is taken")
    return "takes branch; LPE102 for companyBranch"


@probe("renamed", "explain")
def _() -> str:
    advice = hint(OLD_BRANCH, "sde")
    must("`branch`" in advice, advice)
    return f"{explained('branch', 'in CustomerInfo')}; advises: {advice}"


@probe("renamed", "command line")
def _() -> str:
    accepted("auto", BRANCH)
    return refused("auto", OLD_BRANCH, "LPE102", says="branch")


@probe("renamed", "simulator")
def _() -> str:
    must(posted([BRANCH]).status == 200, "it is refused")
    details = details_of(posted([BRANCH]))
    must("frameId" in details and "windowId" not in details, str(details))
    return "takes branch, answers frameId"


@probe("renamed", "strategies")
def _() -> str:
    must("branch" in _keys("CustomerInfo"), "unknown")
    return f"draws {_short(drawn('sde', 'ctmrinfo', lambda each: 'branch' in each.get('info', ())))}"


@probe("renamed", "redaction")
def _() -> str:
    built = SDE.ctmrinfo(branch=CANARY)
    must(CANARY not in repr(built), "the value shows")
    return "repr(sde.ctmrinfo(branch=…)) shows no value"


@probe("renamed", "docs")
def _() -> str:
    documented("reference.md", "`frameId`")
    return documented("reference.md", "| `branch` |")


# --------------------------------------------------------------------------------------------------- a new error hint


def _paused() -> EngagementError:
    simulator = Simulator()
    simulator.script(ACCOUNT, [failure(41, "paused")])
    try:
        engaged([], simulator=simulator)
    except EngagementError as error:
        return error
    raise NotKnownError("no error")


@probe("error-hint", "client")
def _() -> str:
    error: Any = _paused()
    must(error.hint and "wake it" in error.hint, f"the hint is {error.hint}")
    return f"{type(error).__name__}: {error}"


@probe("error-hint", "explain")
def _() -> str:
    return explained("41", "wake it")


@probe("error-hint", "command line")
def _() -> str:
    simulator = Simulator()
    with simulator.serve() as server:
        simulator.script(ACCOUNT, [failure(41, "paused")])
        told = shell(
            *("engage", "--account", ACCOUNT, "--key", "k", "--store", "memory://", "--json-errors"),
            *("--base-url", server.url),
            code=BROKEN,
        )
    must("wake it" in told, told)
    return "engage --json-errors gives the hint"


@probe("error-hint", "simulator")
def _() -> str:
    response: Any = import_module("lp_engagement.simulator.response")
    must("campaign-paused" in facts.INTERNAL_CODES, "there is no code of that name")
    answer = response.Refusal(status=400, code="campaign-paused", message="").response(0.0)
    return f"knows the code by its name: {answer.body.decode()}"


@probe("error-hint", "redaction")
def _() -> str:
    error: Any = _paused()
    must("wake it" in str(error), "the hint is not in the error")
    must("visitor" not in str(error).replace("visitors", ""), "ids are in the error")
    return "the error's text has the hint and no id"


@probe("error-hint", "docs")
def _() -> str:
    return documented("reference.md", "| 41 |", "wake it")


# --------------------------------------------------------------------------------------------- a field marked personal


@probe("personal", "client")
def _() -> str:
    details: Any = engaged([]).details
    must(details.language not in repr(details), repr(details))
    return f"repr(engagement.details) hides it: {details!r}"[:LONG] + " …"


@probe("personal", "explain")
def _() -> str:
    return explained("ErrorInfo", "message: string (personal data)")


@probe("personal", "command line")
def _() -> str:
    must("ErrorInfo.message" in facts.PERSONAL_DATA, "unknown")
    schema = json.loads(shell("spec", "--kind", "sde"))
    must(schema["$defs"]["ErrorInfo"]["properties"]["message"].get("x-pii"), "the schema does not say so")
    told = refused("sde", {"type": "error", "error": {"message": CANARY, "code": 5}}, "LPE201")
    must(CANARY not in shell("validate", "-", given=json.dumps(dict.fromkeys("ab", CANARY)), code=BROKEN), "shown")
    return f"spec marks it; {told.partition(' {')[0]} without showing it"


@probe("personal", "redaction")
def _() -> str:
    return silent("ErrorInfo.message", lambda: SDE.error(message=CANARY))


@probe("personal", "docs")
def _() -> str:
    documented("reference.md", "🔒", "The engagement's language")
    return documented("reference.md", "`message` 🔒", "The message that the consumer saw")


# ---------------------------------------------------------------------------------------------------- a new operation

END = {"reason": "DONE"}


@probe("operation", "models")
def _() -> str:
    must(has(MODELS, "EndSessionRequest").from_dict(END).to_dict() == END, "it does not survive the model")
    must("endSession" in set[str](api.OPERATIONS), "there is no such operation")
    ended: Any = api.find("endSession").parse(200, b'{"ended": true}')
    must(ended == MODELS.SessionEnded(ended=True), "the operation does not read its answer")
    return "models.EndSessionRequest, models.SessionEnded, which api.find('endSession') reads"


@probe("operation", "builders")
def _() -> str:
    model = has(MODELS, "EndSessionRequest")
    must(model(reason="DONE").to_dict() == END, "it builds something else")
    return f"models.EndSessionRequest{inspect.signature(model)}"[:LONG] + " …"


@probe("operation", "client")
def _() -> str:
    must("endSession" in facts.OPERATIONS, "there is no such operation")
    simulator, slept = Simulator(), list[float]()
    page = facts.FIELDS["SessionEnded"]["page_id"]
    with TemporaryDirectory() as folder:
        with visiting(simulator, folder, base_url=URL) as client:
            opened = client.visit("customer").get_engagement()
        simulator.script(ACCOUNT, [Fault(503), Fault(200, changes={page: "777"})])
        with visiting(simulator, folder, base_url=URL, slept=slept) as client:
            visit: Any = client.visit("customer")
            answer = visit.call("endSession", END, channel="app")
            must(answer.ended is True and slept == [3], f"{answer}, after pauses of {slept}")
            must(visit.ids().page_id == "777", "the page id of the answer is not kept")
            simulator.clock.advance(facts.VISIT_LIFETIME_SECONDS)
            must(_error_of(lambda: visit.call("endSession", END)) == "SessionGoneError", "the session has no end")
            must(
                _error_of(lambda: visit.call("endSession", END)) == "VisitNotStartedError",
                "the session is not forgotten",
            )
    first, *_ = simulator.journal.of("endSession")
    must(first.said("session_id") == opened.session_id and first.query["channel"] == "app", "it came without the ids")
    return (
        "visit.call has its answer, in another process, after a pause of 3 s; keeps its page id; SessionGoneError later"
    )


def _error_of(call: Callable[[], object]) -> str:
    try:
        call()
    except EngagementError as error:
        return type(error).__name__
    return "nothing"


@probe("operation", "validator")
def _() -> str:
    must("end-session" in facts.KINDS and check(END, "end-session") == [], "it is refused")
    must(problems({"reason": "done"}, "end-session") == [("LPE302", "/reason")], "any value is taken")
    return "kind end-session: takes what fits, LPE302 for `done`"


@probe("operation", "explain")
def _() -> str:
    explained("end-session", "reason: string (mandatory)", "DONE, LEFT")
    return explained("endSession", "DELETE", "pauses of 3 s")


@probe("operation", "command line")
def _() -> str:
    shell("spec", "--kind", "end-session")
    refused("auto", {"reason": "done"}, "LPE302")
    return accepted("end-session", END)


@probe("operation", "simulator")
def _() -> str:
    must("endSession" in facts.OPERATIONS, "there is no such operation")
    simulator = Simulator()
    opened = engaged([], simulator=simulator)
    ids = {"visitor_id": opened.visitor_id, "session_id": opened.session_id}
    good = asked(simulator, "endSession", END, **ids)
    page = {facts.FIELDS["SessionEnded"]["page_id"]: opened.page_id}
    must((good.status, good.json()) == (200, {"ended": True} | page), str(good.body))
    bad = asked(simulator, "endSession", {"reason": "done"}, **ids)
    must(bad.status == 400 and b"reason" in bad.body, str(bad.body))
    unknown = asked(simulator, "endSession", END, **ids | {"session_id": "another"})
    must(unknown.status == 404, str(unknown.status))
    return "the documented answer with the session's page id; 400 naming `reason`; 404 for an unknown session"


@probe("operation", "strategies")
def _() -> str:
    must("end-session" in facts.KINDS, "there is no such kind")
    drawn_broken("end-session", None, "LPE101", "/reason")
    return f"draws {_short(drawn('end-session', None, lambda each: 'farewell' in each))}"


@probe("operation", "redaction")
def _() -> str:
    return silent(
        "EndSessionRequest.farewell",
        lambda: has(MODELS, "EndSessionRequest")(reason="DONE", farewell=CANARY).to_dict(),
        kind="end-session",
    )


@probe("operation", "docs")
def _() -> str:
    documented("reference.md", "### `EndSessionRequest`")
    return documented("reference.md", "`endSession`", "DELETE", "3 s")


# ------------------------------------------------------------------- new names for all that a visit fills and reads

OLD_RECORD = VisitRecord(visitor_id="visitor-1", session_id="session-1", page_id="page-1")
"""What was kept of a visit before the edit."""


@probe("renamed-role", "models")
def _() -> str:
    model = MODELS.UpdateSessionRequest.from_dict({"pageId2": "1"})
    must(getattr(model, "page_id", None) == "1" and model.to_dict() == {"pageId2": "1"}, "the model drops it")
    must(MODELS.EngagementDetails.from_dict({"campaignId2": 5}).campaign_id == "5", "the answer's field is not read")
    return "models.UpdateSessionRequest.page_id is pageId2, models.EngagementDetails.campaign_id is campaignId2"


@probe("renamed-role", "builders")
def _() -> str:
    must(MODELS.UpdateSessionRequest(page_id="1").to_dict() == {"pageId2": "1"}, "the old name is sent")
    return "models.UpdateSessionRequest(page_id=…) makes pageId2"


@probe("renamed-role", "client")
def _() -> str:
    simulator, slept = Simulator(), list[float]()
    simulator.make_cold(ACCOUNT)
    with TemporaryDirectory() as folder:
        with visiting(simulator, folder, slept=slept) as client:
            engagement = client.visit("customer").get_engagement(sections=["Support"])
        with visiting(simulator, folder) as client:
            visit: Any = client.visit("customer")
            visit.update(impressions=[engagement.displayed()])
            update = simulator.journal.last()
            ids = visit.ids()
            must(update.body.get("pageId2") == ids.page_id == engagement.page_id, f"{list(update.body)} are sent")
            must(update.query["sid2"] == ids.session_id and update.status == 200, "the session is not sent")
            campaign = str(update.impressions[0]["campaign"])
            must(campaign == ids.campaign_id, "the impression is of something else")
            simulator.script(ACCOUNT, "wrong-types on resumeSession")
            must(_error_of(visit.get_engagement) == "UnexpectedResponseError", "a spoilt answer is taken")
    domain = simulator.journal.last("getDomain")
    must("baseURI2" in domain.answer.json() if domain.answer else False, "the look-up has the old name")
    must(slept == [5] and len(simulator.visitors(ACCOUNT)) == 1, "the retry made another visitor")
    return "look-up, loading, retry, update and impression: all under the new names; VisitIds.page_id as before"


@probe("renamed-role", "validator")
def _() -> str:
    must(check({"pageId2": "1"}, "update-session") == [], "it is refused")
    found = problems({"pageId": "1"}, "update-session")
    must(("LPE101", "/pageId2") in found and ("LPE102", "/pageId") in found, str(found))
    return "takes pageId2; LPE102 for pageId"


@probe("renamed-role", "explain")
def _() -> str:
    explained("pageId2", "in update-session")
    return explained("appType2", "MSDK, EXTERNAL")


@probe("renamed-role", "command line")
def _() -> str:
    must("pageId2" in shell("spec", "--kind", "update-session"), "spec does not print it")
    shell("demo")
    with TemporaryDirectory() as folder:
        kept = open_store(stored_in(folder))
        kept.save(f"{ACCOUNT}:k", OLD_RECORD)
        kept.close()
        told = shell(
            *("engage", "--account", ACCOUNT, "--key", "k", "--store", stored_in(folder), "--domain", "lp.example.com"),
            *("--update", "--dry-run"),
        )
    must("sid2={sessionId2}" in told and "{pageId2}" in told and "-1" not in told, told)
    return "demo passes; a dry run shows sid2={sessionId2}, of a visit that was kept before"


@probe("renamed-role", "simulator")
def _() -> str:
    must("pageId2" in facts.FIELDS["EngagementAnswer"].values(), "the names are as they were")
    simulator = Simulator.from_scenario({"campaigns": [{"skill": {"id": 5, "name": "Sales"}, "valid_for": 60}]})
    answer = asked(simulator, "createSession", spelled("CreateSessionRequest", app_type="MSDK"))
    must({"sessionId2", "visitorId2", "pageId2"} <= answer.json().keys(), answer.body.decode())
    details = details_of(answer)
    must(
        (details["skillName2"], details["validForSeconds2"], "skillName" in details) == ("Sales", 60, False),
        "a scenario",
    )
    old = api.find("updateSession").path.format(accountId2=ACCOUNT, visitorId2=answer.json()["visitorId2"])
    body = json.dumps({"pageId2": answer.json()["pageId2"]}).encode()
    refused = simulator.handle("PUT", f"{old}?sid=1&v2=1.0", {"Content-Type": "application/json"}, body)
    must(refused.status == 400 and b"sid2" in refused.body and b"internalCode2" in refused.body, refused.body.decode())
    return "answers the new names, scenarios included; 400 naming sid2 to the old one"


@probe("renamed-role", "strategies")
def _() -> str:
    must("pageId2" in _keys("UpdateSessionRequest", "update-session"), "unknown")
    example = drawn("update-session", None, lambda each: "pageId2" in each)
    drawn_broken("update-session", None, "LPE101", "/pageId2")
    return f"draws {_short(example)}"


@probe("renamed-role", "redaction")
def _() -> str:
    must("EngagementAnswer.visitorId2" in facts.PERSONAL_DATA, "the place is not known as one of personal data")
    simulator = Simulator()
    with TemporaryDirectory() as folder, visiting(simulator, folder, base_url=URL) as client:
        visit: Any = client.visit("customer")
        shown = [repr(visit.get_engagement()), repr(visit.ids()), shell("visits", "list", "--store", stored_in(folder))]
        simulator.script(ACCOUNT, [failure(5, f"no {visit.ids().visitor_id}")])
        try:
            visit.update()
        except EngagementError as error:
            shown += [str(error), repr(error)]
        hidden = {visit.ids().visitor_id, visit.ids().session_id}
    must(len(shown) == 5 and not any(each in text for each in hidden for text in shown), "an id shows")
    return "visitorId2 and sessionId2 are in no repr, error or list of visits"


@probe("renamed-role", "docs")
def _() -> str:
    documented("reference.md", "`updateSession`", "{visitorId2}")
    return documented("reference.md", "| `pageId2`* |")


# --------------------------------------------------------------------------------------------------------- a new rule

SIGN = {"type": "lead", "lead": {"topic": "mortgage", "currency": "12 $"}}


@probe("rule", "client")
def _() -> str:
    try:
        engaged([SIGN])
    except EngagementError as error:
        must("LPE399" in str(error), str(error))
        return "get_engagement raises PayloadError with LPE399"
    raise NotKnownError("it is sent")


@probe("rule", "validator")
def _() -> str:
    must(problems(SIGN, "sde") == [("LPE399", "/lead/currency")], str(problems(SIGN, "sde")))
    return "LPE399 at /lead/currency"


@probe("rule", "explain")
def _() -> str:
    return explained("LPE399", "A currency with a sign or digits in it", "12 $")


@probe("rule", "command line")
def _() -> str:
    return refused("auto", SIGN, "LPE399")


@probe("rule", "simulator")
def _() -> str:
    answer = posted([SIGN])
    must(answer.status == 400 and b"currency" in answer.body, "it is taken")
    return "answers 400 naming `currency`"


@probe("rule", "strategies")
def _() -> str:
    must(problems(SIGN, "sde"), "unknown")
    return drawn_broken("sde", "lead", "LPE399", "/lead/currency")


@probe("rule", "redaction")
def _() -> str:
    told = shell("validate", "-", given=json.dumps(SIGN), code=BROKEN)
    must("LPE399" in told and "12 $" not in told, told)
    return "the report of LPE399 shows no value"


@probe("rule", "docs")
def _() -> str:
    return documented("rules.md", "| [LPE399](#lpe399) |")


# ------------------------------------------------------------------------------------------------------------ asking


def main(edits: list[str]) -> int:
    """Ask about these edits, and print the answers as JSON."""
    told: list[dict[str, Any]] = []
    for (edit, consumer), question in PROBES.items():
        if edit in edits:
            try:
                words, knows = question(), True
            except Exception as error:  # noqa: BLE001 - whatever it is, the consumer does not know
                words, knows = f"{type(error).__name__}: {error}", False
            told.append({"consumer": consumer, "edit": edit, "knows": knows, "words": words})
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
