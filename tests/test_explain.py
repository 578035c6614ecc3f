"""Explanations of located faults that no documented payload has."""

from __future__ import annotations

from typing import Any

import pytest

from lp_engagement.validation import check
from lp_engagement.validation.explain import as_warning, explain
from lp_engagement.validation.locate import Located, Walk
from lp_engagement.validation.suggest import suggest_key, suggest_value


def located(value: Any, schema: dict[str, Any], keyword: str) -> Located:
    """Make a fault of an optional field."""
    things = {"$defs": {"Thing": {"properties": {"field": schema}}}, "$ref": "#/$defs/Thing"}
    return Located(("field",), keyword, ("field",), Walk(things, {"field": value}))


@pytest.mark.parametrize(
    "schema, keyword, limit",
    [
        ({"type": "string", "maxLength": 3}, "maxLength", "maxLength: 3."),
        ({"type": "number", "minimum": 0.5}, "minimum", "minimum: 0.5."),
        ({"type": "string", "pattern": "^a$"}, "pattern", 'pattern: "^a$".'),
    ],
)
def test_a_broken_limit_is_named(schema: dict[str, Any], keyword: str, limit: str) -> None:
    """A value outside a limit is explained with the limit of the schema, and the schema's evidence is the source."""
    schema |= {"x-evidence": ["[types] the table"]}
    problem = explain(located("Kwq", schema, keyword))
    assert (problem.name, problem.pointer) == ("constraint", "/field")
    assert problem.message == "`field` is outside the limits of the field"
    assert problem.hint == f"Send a value that satisfies {limit}"
    assert problem.source == "Thing ([types] the table)"


def test_a_message_says_what_it_must_be_and_what_it_is() -> None:
    """A wrong type is explained in JSON's words: the field, the type it must have, the type it has, and the fix."""
    (problem,) = check({"appType": "EXTERNAL", "consumerSections": "Support"}, "create-session")
    assert f"{problem.message}. {problem.hint}" == (
        "`consumerSections` must be an array, not a string. Wrap it in [ ]."
    )


def test_a_tolerated_key_with_a_wrong_value_is_an_error() -> None:
    """A key of an older spelling is tolerated; a wrong value of it is not, and that is what is reported."""
    (problem,) = check({"type": "mrktInfo", "info": {"campaignID": 7}}, "sde")
    assert (problem.level, problem.name) == ("error", "wrong-type")
    assert problem.message == "`campaignID` must be a string, not an integer"


def test_a_doubt_without_a_description_is_a_warning() -> None:
    """A tolerated value that the spec says nothing more about is a warning with the general reason."""
    problem = explain(located("1", {"type": "integer"}, "type"))
    warning = as_warning(problem, ("field",), {"anyOf": [{"type": "string", "x-tolerated": True}]})
    assert warning.level == "warning"
    assert warning.message == "`field` must be an integer, not a string; LivePerson's own pages disagree"


def test_no_suggestion_for_what_is_no_name() -> None:
    """A key or value far longer than any name of the spec is not compared with them."""
    long = "x" * 1000
    assert suggest_key(located({long: 1}, {"properties": {}}, "additionalProperties").place, long) is None
    assert suggest_value({"enum": ["MALE"]}, "MALE" * 100) is None
    assert suggest_value({"enum": ["MALE"]}, 7) is None


def test_no_place_for_unknown_fields() -> None:
    """An object under an unknown key whose fields the spec does not know either is suggested nowhere."""
    (problem,) = check({"type": "cart", "total": 1, "numItems": 1, "zzz": {"qqq": 1}}, "sde")
    assert problem.hint.startswith("Remove it. Known fields: `type`, `total`")
