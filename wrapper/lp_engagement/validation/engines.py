"""Two JSON Schema validators behind one interface: a fast one, and the reference that it must agree with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from lp_engagement._common.importing import importing

from . import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .problem import Path

EngineName = Literal["jsonschema-rs", "jsonschema"]
FORMATS = ("ipv4", "ipv6")


class Violation(NamedTuple):
    """A keyword of a schema that a payload breaks, and the path of the value that breaks it."""

    path: Path
    keyword: str


class CompiledSchema(Protocol):
    """A compiled schema."""

    def is_valid(self, payload: Any, /) -> bool:
        """Whether the payload conforms to the schema."""
        ...

    def violations(self, payload: Any, /) -> Iterator[Violation]:
        """List the violations, in any order."""
        ...


class _Fast:
    def __init__(self, schema: schemas.Schema) -> None:
        with importing():
            import jsonschema_rs

        self._schema = schema
        self._full: Any = None
        # If only the verdict counts, the first branch that matches is enough, in half the time.
        self.is_valid = jsonschema_rs.Draft202012Validator(_any_branch(schema), validate_formats=True).is_valid

    def _iter_errors(self, payload: Any) -> Iterator[Any]:
        # Compiled for the first invalid payload. Two threads may compile it twice; a lock would not survive a fork.
        if self._full is None:
            import jsonschema_rs

            self._full = jsonschema_rs.Draft202012Validator(self._schema, validate_formats=True)
        found: Iterator[Any] = self._full.iter_errors(payload)
        return found

    def violations(self, payload: Any) -> Iterator[Violation]:
        for error in self._iter_errors(payload):
            yield Violation(tuple(error.instance_path), str(error.schema_path[-1]))


def _any_branch(node: Any) -> Any:
    """Replace discriminators by `anyOf`. Every branch requires its own type, so at most one matches."""
    if isinstance(node, list):
        return [_any_branch(item) for item in node]
    if not isinstance(node, dict):
        return node
    _, branches = schemas.dispatch(node)
    if branches:
        return {"anyOf": list(branches.values())}
    return {key: _any_branch(value) for key, value in node.items()}


class _Reference:
    def __init__(self, schema: schemas.Schema) -> None:
        with importing():
            import jsonschema

        checker = jsonschema.FormatChecker(FORMATS)
        self._validator = jsonschema.Draft202012Validator(schema, format_checker=checker)

    def is_valid(self, payload: Any) -> bool:
        return bool(self._validator.is_valid(payload))

    def violations(self, payload: Any) -> Iterator[Violation]:
        for error in self._validator.iter_errors(payload):
            yield Violation(tuple(error.absolute_path), str(error.absolute_schema_path[-1]))


@cache
def compiled(kind: str, view: schemas.View, engine: EngineName) -> CompiledSchema:
    """Compile the schema of a kind of payload, once per process."""
    schema = schemas.load(f"{kind}.{view}")
    return _Fast(schema) if engine == "jsonschema-rs" else _Reference(schema)
