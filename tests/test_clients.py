"""Clients in other languages: the view of the spec that they are made from, and what is asked of their programs.

That they are made, compile and talk to the simulator is what `make clients` does.
"""

from __future__ import annotations

import copy
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from generator import nodes, spec
from generator.plain import plain, plain_3_0
from lp_engagement.simulator import Simulator
from tools.clients import __main__ as command
from tools.clients import visit
from tools.clients.languages import LANGUAGES, SOURCES
from tools.clients.visit import SCRIPT, differences, meant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lp_engagement.simulator import Journal

BY_NAME = {each.name: each for each in LANGUAGES}

# -------------------------------------------------------------------------------------------------------- the view


def view_of(**schemas: Any) -> dict[str, Any]:
    """The schemas of the view of a spec whose only answer is the first of these."""
    schema = {"$ref": nodes.SCHEMA_PREFIX + next(iter(schemas))}
    response = {"description": "x", "content": {"application/json": {"schema": schema}}}
    document = {"paths": {"/": {"get": {"responses": {"200": response}}}}, "components": {"schemas": schemas}}
    view: dict[str, Any] = plain(document)["components"]["schemas"]
    return view


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """All objects in a piece of JSON."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(value)


def test_union_of_plain_types_gets_one_name() -> None:
    """Fields that take text or numbers refer to one union, whatever the order of the two."""
    view = view_of(
        Answer={
            "type": "object",
            "properties": {
                "a": {"type": ["string", "integer"], "description": "An id."},
                "b": {"type": ["integer", "string"]},
            },
        }
    )
    reference = {"$ref": "#/components/schemas/StringOrInteger"}
    assert view["Answer"]["properties"] == {"a": {"description": "An id.", **reference}, "b": reference}
    assert view["StringOrInteger"]["oneOf"] == [{"type": "string"}, {"type": "integer", "format": "int64"}]


def test_any_of_objects_becomes_one() -> None:
    """An answer that is one of several objects becomes an object with the fields of all, none of them required."""
    view = view_of(
        Error={"anyOf": [{"$ref": "#/components/schemas/Flat"}, {"$ref": "#/components/schemas/Nested"}]},
        Flat={"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}},
        Nested={"type": "object", "properties": {"error": {"$ref": "#/components/schemas/Flat"}}},
    )
    fields = {"code": {"type": "string"}, "error": {"$ref": "#/components/schemas/Flat"}}
    assert view["Error"] == {"type": "object", "properties": fields}
    assert set(view) == {"Error", "Flat"}


def test_only_null_is_left_out() -> None:
    """A field that can be nothing but null is left out, even where fields have the names of keywords."""
    view = view_of(
        Answer={
            "type": "object",
            "properties": {"nothing": {"type": "null"}, "type": {"type": "string"}, "properties": {"type": "boolean"}},
        }
    )
    assert view["Answer"]["properties"] == {"type": {"type": "string"}, "properties": {"type": "boolean"}}


def test_numbers_of_an_enum_are_named() -> None:
    """An enum's numbers are named by their labels; labels of values that are not left do no harm."""
    labels = {"0": "Complete", "1": "In Progress", "11": "Waiting"}
    view = view_of(Answer={"type": "object", "properties": {"a": {"enum": [0, 1], "x-enum-labels": labels}}})
    assert view["Answer"]["properties"]["a"]["x-enum-varnames"] == ["COMPLETE", "IN_PROGRESS"]


def test_view_of_the_spec_leaves_nothing_that_is_made_an_empty_type_of() -> None:
    """In the view of the real spec each number has a width, no type is a list, and no examples were touched."""
    document = spec.load()
    view = plain(document)
    for node in objects(view["components"]["schemas"]):
        kind = node.get("type")
        assert not isinstance(kind, list)
        assert "format" in node or kind not in ("integer", "number")
    for name, body in document["components"]["requestBodies"].items():
        content = view["components"]["requestBodies"][name]["content"]["application/json"]
        assert content["examples"] == body["content"]["application/json"]["examples"]
    assert document == spec.load(), "the spec itself was changed"


def test_plain_views_are_openapi() -> None:
    """Each view is valid in its version of OpenAPI, says where it comes from, and has no word of this project."""
    for view, validator in (
        (plain(spec.load()), OpenAPIV31SpecValidator),
        (plain_3_0(spec.load()), OpenAPIV30SpecValidator),
    ):
        assert list(validator(view).iter_errors()) == []
        words = {key for node in objects(view) for key in node if key.startswith("x-")}
        assert words == {"x-enum-varnames"}


def test_words_of_openapi_3_0() -> None:
    """Features that 3.0 lacks are written with those that it has."""
    view = plain_3_0(spec.load())
    schemas = view["components"]["schemas"]
    details = schemas["EngagementAnswer"]["properties"]["engagementDetails"]
    assert (details["nullable"], details["allOf"]) == (True, [{"$ref": "#/components/schemas/EngagementDetails"}])
    assert schemas["CartSde"]["properties"]["type"]["enum"] == ["cart"]
    assert schemas["CartSde"]["properties"]["total"]["example"] == 11.7
    for node in objects(view):
        assert "$ref" not in node or len(node) == 1
        assert "const" not in node


def test_query_has_the_version_first() -> None:
    """Generators write the query as LivePerson's pages do: `v`, then `sid`."""
    for path, _, operation in nodes.operations(spec.load()):
        names = [each["$ref"].rpartition("/")[2] for each in operation.get("parameters", ()) if "$ref" in each]
        if "{visitorId}" in path:
            assert names[0] == "version"
            assert names[1].lower().endswith("sessionid")


# ------------------------------------------------------------------------------------------------------- the visit


def send(simulator: Simulator, call: list[Any]) -> dict[str, Any]:
    """Send one call and return the answer; an empty one is an empty object."""
    method, path, query, body, _ = call
    target = f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
    answer = simulator.handle(method, target, {"content-type": "application/json"}, json.dumps(body).encode())
    found: dict[str, Any] = json.loads(answer.body or b"{}")
    return found


def visited(change: Callable[[list[list[Any]]], object] = lambda _: None) -> tuple[Journal, dict[str, Any]]:
    """Return the journal of a visit, after an optional change to its calls, and the failures found in it."""
    # The same seed gives the same ids, so that all calls are known before the first one is made.
    answer = send(Simulator(seed=1), ["POST", visit._VISITORS, visit._VERSION, visit._FIRST, None])
    calls = copy.deepcopy([list(call) for call in meant(answer)])
    change(calls)
    simulator = Simulator(script=SCRIPT, seed=1)
    for call in calls:
        send(simulator, call)
    told = {
        "status": "Available",
        "engagementId": answer["engagementDetails"]["engagementId"],
        "skillId": str(answer["engagementDetails"]["skillId"]),
        "refusal": {"error": "ApiException", "status": 400, "message": "ipAddress", "internalCode": "5"},
    }
    return simulator.journal, told


def test_visit_as_it_was_meant() -> None:
    """A visit that goes as it was meant has no differences: its payloads are right, and its wrong one is refused."""
    journal, told = visited()
    assert differences(journal, told, "ApiException") == []
    assert [entry.operation for entry in journal] == ["createSession", "updateSession", "createSession"]


@pytest.mark.parametrize(
    "change, named",
    [
        pytest.param(lambda calls: calls[0][3]["consumerSections"].clear(), "call 1: the body", id="value"),
        pytest.param(lambda calls: calls[2][3].update(consumerSections=[]), "call 3: the body", id="empty-list"),
        pytest.param(lambda calls: calls[1][3]["impAttributes"][0].update(campaign=1), "call 2: the body", id="id"),
        pytest.param(lambda calls: calls[1][2].update(extra="1"), "call 2: the query", id="query"),
        pytest.param(lambda calls: calls[2][3].pop("appDetails"), "call 3: the status", id="accepted"),
        pytest.param(lambda calls: calls.__delitem__(2), "3 calls were meant, 2 came", id="missing"),
        pytest.param(lambda calls: calls[0].__setitem__(1, calls[0][1].rstrip("/")), "not answered", id="slash"),
        pytest.param(lambda calls: calls.clear(), "it never came", id="silence"),
    ],
)
def test_what_differs_is_named(change: Callable[[list[list[Any]]], object], named: str) -> None:
    """Whatever comes over the wire that was not meant is named with its place."""
    journal, told = visited(change)
    assert any(named in line for line in differences(journal, told, "ApiException"))


@pytest.mark.parametrize(
    "name, value", [("status", "NotAvailable"), ("engagementId", "2147483647"), ("skillId", "None")]
)
def test_what_was_misread_is_named(name: str, value: str) -> None:
    """A program that read something else than what the simulator answered is found out."""
    journal, told = visited()
    (line,) = differences(journal, told | {name: value}, "ApiException")
    assert line.startswith("it should have understood")


def test_view_has_no_links() -> None:
    """A link with an object as its request body makes openapi-generator reject the whole file."""
    assert not [each for each in objects(plain(spec.load())) if "links" in each]


def test_other_error_type_is_named() -> None:
    """A 400 that surfaces as another type than the client's own is a difference."""
    journal, told = visited()
    assert differences(journal, told, "ResponseError") != []


# --------------------------------------------------------------------------------------------------- the languages


@pytest.mark.parametrize("name, package", [("java", "default-jdk-headless"), ("go", "golang-go")])
def test_missing_compiler(monkeypatch: pytest.MonkeyPatch, name: str, package: str) -> None:
    """A compiler that is missing is named with its Debian package, and is an error only where it is required."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    language = BY_NAME[name]
    words = command.lacking(language, required=False)
    assert words is not None
    assert words.startswith(f"not compiled: no {language.compiler} here")
    assert package in words
    with pytest.raises(command.ClientError, match=f"no {language.compiler} here: apt-get install {package}"):
        command.lacking(language, required=True)


def test_typescript_needs_no_compiler_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """TypeScript is always compiled: compiler and node come with the project."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert command.lacking(BY_NAME["typescript"], required=True) is None


@pytest.mark.parametrize(
    "program, words",
    [
        ("print('{}')", "it never came"),
        ("print('done')", "it printed no JSON"),
        ("raise SystemExit('broken')", "broken"),
    ],
)
def test_program_that_does_not_talk(program: str, words: str) -> None:
    """A program that makes no call, prints no readable result, or fails, does not count as a working client."""
    with pytest.raises(command.ClientError, match=words):
        command.converse(BY_NAME["go"], (sys.executable, "-c", program))


def test_no_folder_outside_is_touched(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is a path is refused before anything is removed."""
    monkeypatch.setattr(sys, "argv", ["clients", "../docs"])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert "not the name of a generator: ../docs" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.name)
def test_each_language_has_its_program(language: Any) -> None:
    """Each language has the options of its generator and a program in its own language."""
    assert (SOURCES / language.name / "config.yaml").is_file()
    assert [path.stem.lower() for path in (SOURCES / language.name).glob(f"*{language.suffix}")] == ["visit"]


def test_lock_has_no_addresses() -> None:
    """The lock of the TypeScript compiler names check sums, and no registry."""
    lock = json.loads((SOURCES / "package-lock.json").read_text(encoding="utf-8"))
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in each and "resolved" not in each for each in packages)
