# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
"""JSON objects for requests, and the base classes of the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

__all__ = ["AnswerModel", "Payload", "RawSde", "RequestModel", "fields_set", "plain"]

LONGEST_SHOWN = 60
"""The longest string that a repr shows."""


class Payload(dict[str, Any]):
    """A JSON object for a request: a dict whose repr shows its keys only, because values can be personal data."""

    __slots__ = ()

    @classmethod
    def of(cls, members: Mapping[str, object]) -> Self:
        """Build an object of the members that are not `None`. Models are converted to JSON."""
        return cls(plain({name: value for name, value in members.items() if value is not None}))

    def __repr__(self) -> str:
        return f"Payload({', '.join(self)})"


class RawSde(Payload):
    """An engagement attribute that is sent without validation."""

    __slots__ = ()


def plain(value: object) -> Any:
    """Replace every model in a value, at any depth, by its JSON object. Other values are not changed."""
    return _plain(value, {})


def fields_set(model: RequestModel) -> dict[str, Any]:
    """Return the fields of a model that are set, by their names in the API, and their values as they are."""
    return dict(model._members())


def _plain(value: object, done: dict[int, tuple[object, Any]]) -> Any:
    """Convert a value; `done` has the containers converted before, so that one with many references costs as much as one."""
    if isinstance(value, (str, int, float)):
        return value  # nearly all values; the lookup of a missing attribute is slow
    known = done.get(id(value))
    if known is not None:
        return known[1]
    made: Any
    if isinstance(value, Payload) or type(value) is dict:
        made = {key: _plain(each, done) for key, each in value.items()}
        made = RawSde(made) if isinstance(value, RawSde) else Payload(made)
    elif isinstance(value, (list, tuple)):
        made = [_plain(each, done) for each in value]
    elif isinstance(value, RequestModel):
        made = Payload({key: _plain(each, done) for key, each in fields_set(value).items()})
    elif hasattr(value, "to_dict"):
        made = _plain(value.to_dict(), done)
    elif isinstance(value, Mapping):
        made = Payload({key: _plain(each, done) for key, each in value.items()})
    else:
        return value
    # With the value itself, because a new one could get its id once it is gone.
    done[id(value)] = value, made
    return made


class RequestModel:
    """An object of a request body. `None` leaves a field out.

    Its types show what you should write; `from_dict` and `to_dict` judge nothing and lose nothing. What a payload does
    wrong is found by validating it against the JSON Schemas in `schemas/`. The repr names the fields that are set and
    shows no values, because they can be personal data.
    """

    __slots__ = ()

    _KEYS: ClassVar[Mapping[str, str]] = {}
    """The API's name of each attribute."""

    additional_properties: dict[str, Any]

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        """The functions that read nested objects, by the API's name of the field."""
        return {}

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read a JSON object.

        Unknown keys and nulls are stored in `additional_properties`, values of an unexpected type as they are, so `to_dict`
        returns an equal object.

        Raises:
            TypeError: `src_dict` is not a mapping.
        """
        if not isinstance(src_dict, Mapping):
            raise TypeError(f"{cls.__name__}.from_dict takes an object, not {type(src_dict).__name__}.")
        members = dict(src_dict)
        readers = cls._readers()
        values: dict[str, Any] = {}
        for name, key in cls._KEYS.items():
            value = members.get(key)
            if value is not None:
                del members[key]
                value = readers[key](value) if key in readers else value
            values[name] = value
        values["additional_properties"] = members
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: every field that is not `None`, and the additional properties."""
        members: dict[str, Any] = plain(self)
        return members

    def _members(self) -> Iterator[tuple[str, Any]]:
        yield from self.additional_properties.items()
        for name, key in self._KEYS.items():
            value = getattr(self, name)
            if value is not None:
                yield key, value

    def __repr__(self) -> str:
        names = (name for name in self._KEYS if getattr(self, name) is not None)
        return f"{type(self).__name__}({', '.join(names)})"


class AnswerModel:
    """An object of a response, read tolerantly: reading never raises.

    A field that is absent, null or of a type that cannot be understood is `None`. An id is a string, whether the server
    sent a string or a number. Unknown keys are stored in `additional_properties`. The repr shows no ids of a visit, no
    personal data and no additional properties.
    """

    __slots__ = ()

    _KEYS: ClassVar[Mapping[str, str]] = {}
    """The API's name of each attribute."""
    _REQUIRED: ClassVar[tuple[str, ...]] = ()
    """The attributes that the spec requires."""
    _MUTED: ClassVar[frozenset[str]] = frozenset()
    """The attributes whose values a repr does not show."""

    additional_properties: Mapping[str, Any]

    def missing(self) -> list[str]:
        """List the API's names of required fields that are absent, empty or of a type that cannot be understood."""
        return [self._KEYS[name] for name in self._REQUIRED if getattr(self, name) in (None, "", ())]

    def documented(self) -> dict[str, Any]:
        """Return the documented fields that could be read, under the API's names, nested objects as models."""
        found = {}
        for name, key in self._KEYS.items():
            value = getattr(self, name)
            if value is not None and value != ():
                found[key] = value
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object: the documented fields that could be read, and the additional properties."""
        return {**self.additional_properties, **{key: _json(value) for key, value in self.documented().items()}}

    def __repr__(self) -> str:
        fields = ((name, getattr(self, name)) for name in self._KEYS)
        shown = (
            f"{name}={'…' if name in self._MUTED else _shown(value)}"
            for name, value in fields
            if value is not None and value != ()
        )
        return f"{type(self).__name__}({', '.join(shown)})"


def _json(value: Any) -> Any:
    if isinstance(value, AnswerModel):
        return value.to_dict()
    return [_json(each) for each in value] if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    # The string comes from outside, and terminals interpret more characters than `repr` escapes.
    return ascii(value[:LONGEST_SHOWN]) if isinstance(value, str) else repr(value)
