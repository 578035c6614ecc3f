"""The builders of attributes and of the objects inside them, which the generator makes from the spec."""

from __future__ import annotations

import copy
import inspect
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import nodes, spec
from generator.builders import builders
from lp_engagement import sde
from lp_engagement.testing._schema import read_schema
from lp_engagement.testing._values import Values
from lp_engagement.validation import check
from lp_engagement_client import models
from lp_engagement_client.types import Payload

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = read_schema("sde.strict")
SCHEMAS: dict[str, Any] = ROOT["$defs"]
UNION = "EngagementAttribute"
ATTRIBUTES = {
    branch["if"]["properties"]["type"]["const"]: branch["then"]["$ref"].rpartition("/")[2]
    for branch in SCHEMAS[UNION]["allOf"]
}
NESTED: dict[str, str] = {
    found.return_annotation.removeprefix("payload_types.").removesuffix("Dict"): name
    for name in sde.__all__
    if (found := inspect.signature(getattr(sde, name))).return_annotation != "Payload"
}
"""The builder of each schema of an object inside an attribute."""
per_nested = pytest.mark.parametrize("schema", NESTED)


def built(name: str, schema: str, value: dict[str, Any]) -> dict[str, Any]:
    """Make an object by its builder, with each object inside it made by its own."""
    parameters, arguments = inspect.signature(getattr(sde, name)).parameters, dict[str, Any]()
    add_arguments(parameters, schema, value, arguments)
    made: dict[str, Any] = getattr(sde, name)(**arguments)
    return made


def add_arguments(parameters: Any, schema: str, value: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Add the arguments for the members of an object. A member that has no parameter is flattened."""
    for argument, key in getattr(models, schema)._KEYS.items():
        node = SCHEMAS[schema]["properties"][key]
        if key in value and argument in parameters:
            arguments[argument] = inside(node, value[key])
        elif key in value and "$ref" in node:
            add_arguments(parameters, node["$ref"].rpartition("/")[2], value[key], arguments)


def inside(node: dict[str, Any], value: Any) -> Any:
    """Make what is inside a value by builders."""
    if "$ref" in node:
        schema = node["$ref"].rpartition("/")[2]
        return built(NESTED[schema], schema, value)
    return [inside(node["items"], item) for item in value] if node.get("type") == "array" else value


def exactly(value: Any) -> str:
    """JSON text in which the order of keys does not count."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.filterwarnings("ignore:.* has deprecated :DeprecationWarning")
@pytest.mark.parametrize("wild", [False, True], ids=["realistic", "wild"])
@per_nested
@given(data=st.data())
def test_nested_builders_make_every_object(schema: str, wild: bool, data: st.DataObject) -> None:  # noqa: FBT001
    """Whatever object the spec allows inside an attribute, its builder makes it."""
    value = data.draw(Values(ROOT, wild=wild).fitting({"$ref": f"#/$defs/{schema}"}))
    made = built(NESTED[schema], schema, value)
    assert exactly(made) == exactly(value)
    assert type(made) is Payload


@pytest.mark.filterwarnings("ignore:.* has deprecated :DeprecationWarning")
@pytest.mark.parametrize("tag", ATTRIBUTES)
@given(data=st.data())
def test_builders_make_every_attribute(tag: str, data: st.DataObject) -> None:
    """Whatever attribute the spec allows, builders make it, without a dict in the API's spelling anywhere."""
    schema = ATTRIBUTES[tag]
    value = data.draw(Values(ROOT, wild=False).fitting({"$ref": f"#/$defs/{schema}"}))
    (name,) = (name for name in sde.__all__ if name.replace("_", "") == tag.casefold())
    made = built(name, schema, value)
    # An attribute's only member may be left out if it is empty.
    assert exactly(made) == exactly({key: member for key, member in value.items() if member != {}})


def test_example() -> None:
    """The builders read like the objects that they make."""
    cart = sde.cart(total=11.7, num_items=1, products=[sde.product(name="antique vase", price=11.7, quantity=1)])
    assert cart == {
        "type": "cart",
        "total": 11.7,
        "numItems": 1,
        "products": [{"product": {"name": "antique vase", "price": 11.7}, "quantity": 1}],
    }
    assert check(cart, "sde") == []
    assert sde.product() == {"product": {}}
    assert repr(sde.contact(email="ada@example.com")) == "Payload(email)"


@per_nested
def test_misspelt_keywords(schema: str) -> None:
    """A misspelt keyword is an error at run time too, and so is an argument without its name."""
    builder: Callable[..., object] = getattr(sde, NESTED[schema])
    with pytest.raises(TypeError, match="unexpected keyword argument 'emial'"):
        builder(emial="ada@example.com")
    with pytest.raises(TypeError, match="positional argument"):
        builder("ada@example.com")


@per_nested
def test_docstrings(schema: str) -> None:
    """Each builder of a nested object has the spec's description, and one of each argument."""
    builder = getattr(sde, NESTED[schema])
    text = inspect.getdoc(builder) or ""
    assert text.startswith(SCHEMAS[schema]["description"])
    arguments = text.partition("Args:\n")[2]
    assert [line.partition(":")[0].strip() for line in arguments.splitlines() if line.startswith("    ")] == list(
        inspect.signature(builder).parameters
    )


# ------------------------------------------------------------------------------------------------- edits of the spec


@pytest.fixture
def schemas() -> dict[str, Any]:
    """The schemas of the spec, to be edited."""
    found: dict[str, Any] = copy.deepcopy(spec.strict(spec.load())["components"]["schemas"])
    return found


def parameters(schemas: dict[str, Any], name: str) -> dict[str, str]:
    """The arguments of a builder, with their types."""
    (builder,) = (each for each in builders(schemas, UNION) if each["name"] == name)
    return {each["name"]: each["annotation"] for each in builder["parameters"]}


def test_new_nested_field(schemas: dict[str, Any]) -> None:
    """A new field of a nested object becomes an argument of its builder, flattened or not."""
    for schema in ("Product", "CartProduct", "Contact"):
        schemas[schema]["properties"][f"new{schema}"] = {"type": "boolean", "description": "New."}
    assert {"new_product", "new_cart_product"} <= parameters(schemas, "product").keys()
    assert parameters(schemas, "contact")["new_contact"] == "bool"


def test_new_nested_object(schemas: dict[str, Any]) -> None:
    """A new object inside a nested one has a builder, and is an argument of the other's; responses have none."""
    schemas["Warranty"] = {
        "type": "object",
        "description": "A warranty.",
        "x-evidence": ["a test"],
        "required": ["years"],
        "properties": {"years": {"type": "integer", "description": "Its years."}},
    }
    schemas["Product"]["properties"]["warranties"] = {
        "type": "array",
        "description": "Warranties.",
        "items": {"$ref": f"{nodes.SCHEMA_PREFIX}Warranty"},
    }
    assert parameters(schemas, "warranty") == {"years": "int"}
    assert parameters(schemas, "product")["warranties"] == "Sequence[payload_types.WarrantyDict | models.Warranty]"
    assert not {"engagement_details", "error_entity"} & {each["name"] for each in builders(schemas, UNION)}


@pytest.mark.parametrize(
    "name, taken",
    [
        ("cart", "the builder of CartSde"),
        ("age", "the builder of Age"),
        ("raw", "something else"),
        ("models", "something else"),
    ],
)
def test_name_that_is_taken(schemas: dict[str, Any], name: str, taken: str) -> None:
    """A nested object whose builder would have the name of another stops the generation, whose message has the fix."""
    schemas["Address"]["x-builder"] = name
    says = rf"sde\.{name} would build Address, but it is the name of {taken} already\. .* x-builder"
    with pytest.raises(SystemExit, match=says):
        builders(schemas, UNION)
    schemas["Address"]["x-builder"] = "home"
    assert "home" in {each["name"] for each in builders(schemas, UNION)}


def test_attribute_with_the_name_of_an_object(schemas: dict[str, Any]) -> None:
    """A new type of attribute cannot take the name of a nested object's builder without notice."""
    schemas["CartSde"]["properties"]["type"]["const"] = "contact"
    schemas[UNION]["discriminator"]["mapping"] = {
        "contact" if tag == "cart" else tag: target
        for tag, target in schemas[UNION]["discriminator"]["mapping"].items()
    }
    with pytest.raises(
        SystemExit, match=r"sde\.contact would build Contact, but it is the name of the builder of Cart"
    ):
        builders(schemas, UNION)


def test_field_with_the_name_of_a_flattened_one(schemas: dict[str, Any]) -> None:
    """Two arguments with the same name stop the generation; `x-role` is the way out."""
    schemas["Product"]["properties"]["quantity"] = {"type": "integer", "description": "Per package."}
    with pytest.raises(SystemExit, match=r"sde\.product would have two arguments with the name quantity, .* x-role"):
        builders(schemas, UNION)
    schemas["Product"]["properties"]["quantity"]["x-role"] = "package_size"
    assert {"quantity", "package_size"} <= parameters(schemas, "product").keys()
