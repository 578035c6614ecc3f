"""Generation is reproducible to the byte on any run, and the spec itself is valid."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import jsonschema
import pytest
from jinja2 import UndefinedError

from generator import derive, examples, nodes, project, regenerate, spec
from generator.builders import builders as builders_of
from lp_engagement.validation import check
from lp_engagement_client import facts, models
from lp_engagement_client import sde as builders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCUMENT = spec.load()
COMPONENTS: dict[str, Any] = DOCUMENT["components"]
SCHEMAS: dict[str, Any] = COMPONENTS["schemas"]
OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for method, operation in item.items()
    if method in {"get", "post", "put"}
}
KINDS = spec.kinds(DOCUMENT)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def built(folder: Path) -> dict[str, bytes]:
    """The generator's output in a folder."""
    with redirect_stdout(StringIO()):
        return contents(regenerate.build(folder))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The generator's output for the spec."""
    return built(tmp_path_factory.mktemp("made"))


# ------------------------------------------------------------------------------------------------- the same bytes


def test_what_is_committed_is_what_the_spec_gives(made: dict[str, bytes]) -> None:
    """Every committed file is what the generator makes, and there is no other."""
    committed = contents(regenerate.PACKAGE)
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


def test_again(made: dict[str, bytes], tmp_path: Path) -> None:
    """A second run in the same process makes the same bytes."""
    assert built(tmp_path) == made


@pytest.mark.parametrize(
    "changes",
    [
        {"PYTHONHASHSEED": "1", "PATH": "", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "4711", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
    ids=["order", "encoding"],
)
def test_other_process(made: dict[str, bytes], tmp_path: Path, changes: dict[str, str]) -> None:
    """A process with another order of sets, an empty PATH, or another encoding of files makes the same bytes."""
    program = "import sys, pathlib; from generator.regenerate import build; build(pathlib.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=spec.ROOT,
        env={**os.environ, **changes},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert contents(tmp_path / regenerate.PACKAGE.name) == made


def test_generated_files_say_so(made: dict[str, bytes]) -> None:
    """Each generated module begins with DO NOT EDIT and the command that makes it."""
    modules = {name: text for name, text in made.items() if name.endswith(".py")}
    assert len(modules) > 40
    assert all(text.startswith(b"# DO NOT EDIT.") for text in modules.values())
    assert all(b"`make generate`" in text.partition(b"\n")[0] for text in modules.values())


# ------------------------------------------------------------------------------------------------------- --check


class Tree:
    """A copy of what the generator reads and writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("generator", "openapi", "generated_client", "docs"):
            shutil.copytree(spec.ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.package = root / "generated_client" / "lp_engagement_client"

    def check(self) -> tuple[int, str]:
        """Run `--check` in the copy; its exit code and what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "generator.regenerate", "--check"],
            cwd=self.root,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A copy of the tree that a test may spoil."""
    return Tree(tmp_path / "tree")


def spoil(file: Path, old: str, new: str) -> None:
    """Replace a string in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check_fails_after_one_character_in_the_generated_client(tree: Tree) -> None:
    """One other character, one file less or more in the generated client, beside it, or in a page: `--check` fails."""
    spoil(tree.package / "facts.py", "21600", "21601")
    (tree.package / "models" / "address.py").unlink()
    (tree.package / "schemas" / "more.json").write_text("{}")
    (tree.package.parent / "more.py").touch()
    spoil(tree.root / "docs/rules.md", "LPE101", "LPE111")
    before = contents(tree.package)
    code, output = tree.check()
    assert code == 1
    listed = [line.strip() for line in output.splitlines() if line.startswith("  ")]
    assert listed == [
        *(
            f"generated_client/lp_engagement_client/{name}"
            for name in ("facts.py", "models/address.py", "schemas/more.json")
        ),
        "generated_client/more.py",
        "docs/rules.md",
    ]
    assert "make generate" in output
    assert contents(tree.package) == before


def test_differences_sees_each_byte(made: dict[str, bytes], tmp_path: Path) -> None:
    """Whichever single file differs in its last byte, it is named."""
    for folder in ("one", "other"):
        for name, text in made.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
    one, other = tmp_path / "one", tmp_path / "other"
    assert regenerate.differences(one, other) == []
    for name, text in made.items():
        (other / name).write_bytes(text[:-1] + b"#")
        assert regenerate.differences(one, other) == [name]
        (other / name).write_bytes(text)


# ------------------------------------------------------------------------------------------- one edit, one command


def test_one_edit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An eleventh attribute type, a new field and another pause in the spec reach every output by themselves."""
    document = spec.load()
    schemas = document["components"]["schemas"]
    schemas["LoyaltySde"] = {
        "type": "object",
        "description": "How loyal the consumer is.",
        "x-evidence": ["a test"],
        "additionalProperties": False,
        "required": ["type", "points"],
        "properties": {
            "type": {"type": "string", "const": "loyalty", "default": "loyalty", "description": "Names the attribute."},
            "points": {"type": "integer", "description": "How many points.", "x-pii": True},
        },
    }
    union = schemas["EngagementAttribute"]
    union["oneOf"].append({"$ref": "#/components/schemas/LoyaltySde"})
    union["discriminator"]["mapping"]["loyalty"] = "#/components/schemas/LoyaltySde"
    schemas["AppDetails"]["properties"]["sdkVersion"] = {"type": "string", "description": "The SDK's version."}
    document["x-retry"]["pausesSeconds"] = [1, 2, 3, 4]
    monkeypatch.setattr(spec, "load", lambda: document)
    made = {name: text.decode() for name, text in built(tmp_path).items()}
    assert "def loyalty(" in made["sde.py"]
    assert "points: int" in made["models/loyalty_sde.py"]
    assert "sdk_version" in made["models/app_details.py"]
    assert "(1, 2, 3, 4)" in made["facts.py"]
    assert '"LoyaltySde.points"' in made["facts.py"]
    for view in ("strict", "accepting"):
        jsonschema.validate(
            {
                "appType": "MSDK",
                "appDetails": {"sdkVersion": "1"},
                "engagementAttributes": [{"type": "loyalty", "points": 1}],
            },
            json.loads(made[f"schemas/create-session.{view}.json"]),
        )


def test_names_are_roles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A field with a role keeps its name in requests, answers and operations when the API spells it otherwise."""
    document = spec.load()
    schemas = document["components"]["schemas"]
    for schema, key in (("UpdateSessionRequest", "pageId"), ("EngagementAnswer", "pageId")):
        schemas[schema]["properties"][f"{key}2"] = schemas[schema]["properties"].pop(key) | {"x-role": "page_id"}
        schemas[schema]["required"] = [f"{key}2" if each == key else each for each in schemas[schema]["required"]]
    for parameter in ("sessionId", "requiredSessionId"):
        document["components"]["parameters"][parameter]["name"] = "sid2"
    monkeypatch.setattr(spec, "load", lambda: document)
    made = {name: text.decode() for name, text in built(tmp_path).items()}
    for model in ("update_session_request", "engagement_answer"):
        assert '"page_id": "pageId2"' in made[f"models/{model}.py"]
    assert '"session_id": Parameter("sid2", "query"' in made["api/engagement/update_session.py"]
    assert "pageId2: Required[str]" in made["payload_types.py"]


def test_new_field_of_an_answer_is_in_its_examples() -> None:
    """A field that no example has reaches the simulator's answers; one that only some have stays out of the others."""
    document = spec.load()
    schemas = document["components"]["schemas"]
    before = examples.examples(document)["answers"]
    assert "engagementDetails" not in before["notAvailable"]
    assert "baseURIs" not in before["single"]
    for schema, key, node in (
        ("EngagementDetails", "agent", {"type": "object", "properties": {"name": {"type": "string"}}}),
        ("EngagementDetails", "queue", {"type": "array", "items": {"type": "integer", "examples": [7]}}),
        ("EngagementAnswer", "open", {"type": "boolean"}),
        ("ErrorEntity", "domain", {"anyOf": [{"enum": ["SHARK"]}, {"type": "string"}]}),
    ):
        schemas[schema]["properties"][key] = {"description": "New.", **node}
    made = examples.examples(document)["answers"]
    details = made["available"]["engagementDetails"]
    assert (details["agent"], details["queue"]) == ({"name": "example"}, [7])
    assert made["notAvailable"] == {**before["notAvailable"], "open": True}
    assert made["loading"] == {**before["loading"], "domain": "SHARK"}


def test_object_inside_another_has_a_name(tmp_path: Path) -> None:
    """An object written where it is used becomes a schema of its own, with a builder and its personal data."""
    text = spec.SPEC_PATH.read_text(encoding="utf-8")
    inline = """cards:
          type: array
          description: The cards.
          items:
            type: object
            description: A card.
            additionalProperties: false
            properties:
              number: {type: string, description: The number., x-pii: true}
              shop:
                type: object
                description: The shop.
                additionalProperties: false
                properties:
                  floor: {type: integer, description: The floor.}
        """
    file = tmp_path / "spec.yaml"
    start = text.index("topic:", text.index("    LeadInfo:"))
    file.write_text(text[:start] + inline + text[start:], encoding="utf-8")
    document = spec.load(file)
    made = {each["name"] for each in builders_of(spec.strict(document)["components"]["schemas"], "EngagementAttribute")}
    assert {"lead_info_cards_item", "lead_info_cards_item_shop"} <= made
    assert "LeadInfoCardsItem.number" in derive._facts(document)["personal_data"]


def test_deprecated_field_keeps_its_argument(tmp_path: Path) -> None:
    """A builder takes what LivePerson has deprecated, sends it and warns; without it there is no warning."""
    document = spec.load()
    document["components"]["schemas"]["PersonalInfo"]["properties"]["company"]["deprecated"] = True
    derive.write(document, tmp_path)
    loader = importlib.util.spec_from_file_location("lp_engagement_client._edited", tmp_path / "sde.py")
    assert loader is not None
    assert loader.loader is not None
    edited: Any = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(edited)
    with pytest.warns(DeprecationWarning, match=r"sde\.personal: LivePerson has deprecated company\.") as caught:
        made = edited.personal(company="Acme")
    assert caught[0].filename == __file__
    assert made == {"type": "personal", "personal": {"company": "Acme"}}
    assert edited.personal(firstname="Sarah") == builders.personal(firstname="Sarah")
    assert "Deprecated: it still works" in (edited.personal.__doc__ or "")
    assert not check(made, "sde")
    strict = json.loads((tmp_path / "schemas" / "sde.strict.json").read_text(encoding="utf-8"))
    assert "company" in strict["$defs"]["PersonalInfo"]["properties"]


# ----------------------------------------------------------------------------------------------------- templates


def test_template_that_the_generator_has_no_more(tmp_path: Path) -> None:
    """Should the generator lose a template that one of ours stands for, generation stops and names it."""
    project.check_templates(project.TEMPLATES)
    (tmp_path / "endpoint_of_old.py.jinja").touch()
    with pytest.raises(SystemExit, match=r"endpoint_of_old\.py\.jinja"):
        project.check_templates(tmp_path)


def test_attribute_that_the_generator_has_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Should a template use what the generator does not hand it, generation stops instead of writing nothing there."""
    templates = tmp_path / "templates"
    shutil.copytree(project.TEMPLATES, templates)
    spoil(templates / "model.py.jinja", "model.description", "model.description_of_old")
    monkeypatch.setattr(project, "TEMPLATES", templates)
    with pytest.raises(UndefinedError, match="description_of_old"):
        built(tmp_path)


def _inline_answer(operation: dict[str, Any]) -> None:
    operation["responses"]["200"] = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}


def _answer_of_a_request(operation: dict[str, Any]) -> None:
    _inline_answer(operation)
    schema = {"$ref": f"{nodes.SCHEMA_PREFIX}UpdateSessionRequest"}
    operation["responses"]["200"]["content"]["application/json"]["schema"] = schema


def _another_visitor(operation: dict[str, Any]) -> None:
    operation["x-retry"]["visitorIdFromAnswer"] = True


@pytest.mark.parametrize(
    "edit, says",
    [
        (_inline_answer, "the answer of updateSession needs a component schema"),
        (_answer_of_a_request, "the answer of updateSession needs a component schema"),
        (_another_visitor, "updateSession needs a session"),
    ],
)
def test_operation_that_could_not_be_called(tmp_path: Path, edit: Callable[[dict[str, Any]], None], says: str) -> None:
    """An operation whose answer nothing could read, or whose retry would lack the session, stops the generation."""
    document = spec.load()
    edit(next(each for _, _, each in nodes.operations(document) if each["operationId"] == "updateSession"))

    def generate() -> None:
        project.write(document, tmp_path, tmp_path / "package")
        derive.write(document, tmp_path / "package")

    with pytest.raises(SystemExit, match=says):
        generate()


def test_spec_that_the_generator_cannot_take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """If the client generator leaves something out, generation stops instead of going on without it."""
    document = spec.load()
    document["components"]["schemas"]["Age"]["properties"]["age"] = {"type": "integer", "default": "not a number"}
    monkeypatch.setattr(spec, "load", lambda: document)
    with pytest.raises(SystemExit, match="could not take the whole spec"):
        built(tmp_path)


# ---------------------------------------------------------- the spec, beyond what `make lint-spec` asks of it


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_described(name: str) -> None:
    """Each schema says what it is."""
    assert SCHEMAS[name]["description"]


# What the vendor's sources disagree about.
DISPUTED = [
    "AppDetails.deviceFamily",
    "AppDetails.ipAddress",
    "AppDetails.os",
    "Age.age",
    "Age.year",
    "CreateSessionRequest.appType",
    "CreateSessionRequest.consumerSections",
    "CreateSessionRequest.engagementAttributes",
    "CustomerInfo.loginStatus",
    "CustomerInfo.socialId",
    "EngagementDetails.connectorId",
    "ImpAccept.campaign",
    "ImpAccept.engId",
    "ImpDisplay.campaign",
    "ImpDisplay.engId",
    "MarketingInfo.affiliate",
    "MarketingInfo.campaignID",
    "MarketingInfo.campaignId",
    "MarketingInfo.channel",
    "PersonalInfo.contacts",
    "PersonalInfo.gender",
    "PersonalInfo.language",
    "ProdViewProduct.quantity",
    "PurchasedCart.numItems",
    "ServiceInfo.status",
    "UpdateSessionRequest.engagementAttributes",
    "UpdateSessionRequest.impAttributes",
    "ViewedProduct.quantityInStock",
    "ViewedProduct.statusInStock",
]


@pytest.mark.parametrize("name", DISPUTED)
def test_disputed_field_has_evidence(name: str) -> None:
    """Each field that the sources disagree about says which says what."""
    schema, _, key = name.partition(".")
    assert SCHEMAS[schema]["properties"][key]["x-evidence"]


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a node."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(each)


@pytest.mark.pins_page("Response Codes")
@pytest.mark.parametrize("status", ["200", "400", "401", "404", "429", "500", "503"])
@pytest.mark.parametrize("operation", ["createSession", "resumeSession", "updateSession"])
def test_documented_statuses(operation: str, status: str) -> None:
    """Each documented status of each operation is in the spec."""
    assert status in OPERATIONS[operation]["responses"]


def test_types() -> None:
    """Each attribute type has a builder; there are impressions, which only an update takes."""
    attributes = SCHEMAS["EngagementAttribute"]["discriminator"]["mapping"]
    impressions = SCHEMAS["ImpressionEvent"]["discriminator"]["mapping"]
    made = [
        name for name in builders.__all__ if inspect.signature(getattr(builders, name)).return_annotation == "Payload"
    ]
    assert len(set(made) - {"raw"}) == len(attributes) >= 10
    assert len(impressions) >= 5
    for union, mapping in (("EngagementAttribute", attributes), ("ImpressionEvent", impressions)):
        assert [each["$ref"] for each in SCHEMAS[union]["oneOf"]] == list(mapping.values())
        for tag, reference in mapping.items():
            assert SCHEMAS[reference.rpartition("/")[2]]["properties"]["type"]["const"] == tag
    assert "ImpressionEvent" not in nodes.reachable(SCHEMAS, COMPONENTS["requestBodies"]["CreateSession"])


@pytest.mark.pins_page("5xx | Loading Account; Error on server side | Retry 3 times with 5, 10, 15 second pause")
def test_retry_facts() -> None:
    """The pauses are the page's, and only the two POSTs take a visitor id from a failed answer."""
    assert {name: operation.retry.pauses for name, operation in facts.OPERATIONS.items()} == dict.fromkeys(
        OPERATIONS, (5, 10, 15)
    )
    assert {name for name, operation in facts.OPERATIONS.items() if operation.retry.visitor_id_from_answer} == {
        "createSession",
        "resumeSession",
    }


# ------------------------------------------------------------------------------------------------------ examples


RULES = {name: rule for name, rule in DOCUMENT["x-rules"].items() if "example" in rule}


@pytest.mark.parametrize("name", RULES)
def test_example_of_a_rule(name: str) -> None:
    """The wrong example of each rule breaks this rule and no other, the right one none."""
    example = RULES[name]["example"]
    (problem,) = check(example["wrong"], example["kind"])
    assert (problem.name, problem.rule, problem.level) == (name, RULES[name]["id"], "error")
    assert check(example["right"], example["kind"]) == []


def test_rule_ids_are_unique() -> None:
    """Each rule has an id of its own."""
    ids = [rule["id"] for rule in DOCUMENT["x-rules"].values()]
    assert len(set(ids)) == len(ids)


# --------------------------------------------------------------------------------------------- strict and accepting


@pytest.mark.parametrize("kind", KINDS)
def test_strict_schemas_know_nothing_tolerated(made: dict[str, bytes], kind: str) -> None:
    """Tolerated forms are missing from the strict schema, and both schemas are valid."""
    strict, accepting = (json.loads(made[f"schemas/{kind}.{view}.json"]) for view in ("strict", "accepting"))
    for schema in (strict, accepting):
        jsonschema.Draft202012Validator.check_schema(schema)
    assert not [node for node in objects(strict) if node.get("x-tolerated") is True]
    assert not [node for node in objects(strict) if "campaignID" in node]
    if kind != "impression":
        assert [node for node in objects(accepting) if node.get("x-tolerated") is True]


def text_of(model: type) -> str:
    """The source of a generated model."""
    return Path(sys.modules[model.__module__].__file__ or "").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "model, absent, present",
    [
        (models.MarketingInfo, ["campaignID", "5", "6", '"1"'], ["campaignId"]),
        (models.ProdViewProduct, ["quantity"], ["product"]),
        (models.ServiceInfo, ["11", "12", "13"], ["status"]),
        (models.Age, ["str"], ["year: int | None"]),
    ],
)
def test_models_know_nothing_tolerated(model: type, absent: list[str], present: list[str]) -> None:
    """The models' types show only what one should write."""
    text = text_of(model).replace("dict[str, Any]", "").replace("Mapping[str, str]", "")
    enums = [
        name for name in vars(sys.modules[model.__module__]) if name.startswith(model.__name__) and "_" not in name
    ]
    assert enums
    for each in present:
        assert each in text
    for each in absent:
        assert each not in text


@pytest.mark.parametrize(
    "enum, values",
    [(models.MarketingInfoChannel, {0, 1, 2, 3, 4}), (models.ServiceInfoStatus, set(range(11)))],
    ids=["channel", "status"],
)
def test_enums_of_models(enum: Any, values: set[int]) -> None:
    """The numbers that a model takes are those of the table."""
    assert set(get_args(enum)) == values
