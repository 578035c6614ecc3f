"""What we change in openapi-python-client's own templates, and why.

Each change replaces a text that must stand exactly once (or as often as said) in the pinned generator's template, so an
upgrade of the generator that moves it fails loudly. Templates that we replace whole lie in `templates/client/`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Change(NamedTuple):
    """Replace `old` by `new`, which stands `times` times in the template."""

    old: str
    new: str
    times: int = 1


_REDACTED_TYPES = '''

class Unset:
    """The type of UNSET, of which there is one object only, also after copying and pickling."""

    _instance: ClassVar["Unset | None"] = None

    def __new__(cls) -> "Unset":
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __reduce__(self) -> str:
        return "UNSET"

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Unset = Unset()


class Redacted:
    """Models hold personal data: their repr names the fields that are set and shows no value."""

    __slots__ = ()

    def __repr__(self) -> str:
        fields = getattr(type(self), "__attrs_attrs__", ())
        names = (field.name for field in fields if getattr(self, field.name) is not UNSET)
        return f"{type(self).__name__}({', '.join(names)})"


class Payload(dict[str, Any]):
    """A JSON object for a request. It is a plain dict, but its repr names the keys only: values are personal data."""

    __slots__ = ()

    @classmethod
    def of(cls, members: Mapping[str, object]) -> "Payload":
        """Make an object of the members that are not None; models become plain JSON."""
        return cls({name: plain(value) for name, value in members.items() if value is not None})

    def __repr__(self) -> str:
        return f"Payload({', '.join(self)})"


def plain(value: object) -> Any:
    """The value with every model in it, at any depth, turned into plain JSON; other values are left as they are."""
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, Mapping):
        kind = type(value) if isinstance(value, Payload) else Payload
        return kind((key, plain(each)) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value

'''

_DISPATCH = """
    {% set tagged = namespace(name="", table=[]) %}
    {% for inner_property in property.inner_properties %}
    {% for model in openapi.models if inner_property.class_info and model.class_info.name == inner_property.class_info.name %}
    {% for candidate in model.required_properties if candidate.template == "const_property.py.jinja" %}
    {% set tagged.name = candidate.name | in_double_quote_literal %}
    {% set _ = tagged.table.append((candidate.value.python_code | as_unembedded_code, model.class_info.name)) %}
    {% endfor %}
    {% endfor %}
    {% endfor %}
    {% if tagged.table and tagged.table | length == property.inner_properties | length %}
    if not isinstance(data, Mapping):
        raise TypeError("{{ property.name | in_double_quote_literal }} must be an object")
    _by_type: dict[object, Callable[[Mapping[str, Any]], {{ property.get_type_string() | as_unembedded_code }}]] = {
    {% for value, class_name in tagged.table %}
        {{ value }}: {{ class_name }}.from_dict,
    {% endfor %}
    }
    _tag = data.get("{{ tagged.name }}")
    if not isinstance(_tag, str) or _tag not in _by_type:
        raise ValueError("{{ property.name | in_double_quote_literal }} has no known {{ tagged.name }}")
    return _by_type[_tag](data)
    {% else %}
"""

CHANGES: dict[str, tuple[Change, ...]] = {
    # One UNSET that survives copy and pickle; a repr without values; JSON objects whose repr shows no value.
    "types.py.jinja": (
        Change(
            "\n\nclass Unset:\n    def __bool__(self) -> Literal[False]:\n        return False\n\n\nUNSET: Unset = Unset()\n",
            _REDACTED_TYPES,
        ),
        Change(
            "from typing import BinaryIO, Generic, TypeVar, Literal, IO\n\nfrom attrs import define\n",
            "from typing import IO, Any, BinaryIO, ClassVar, Generic, Literal, TypeVar\n\nfrom attrs import define\n",
        ),
        Change(
            '__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]',
            '__all__ = ["UNSET", "File", "FileTypes", "Payload", "Redacted", "RequestFiles", "Response", "Unset", "plain"]',
        ),
    ),
    "model.py.jinja": (
        Change("from typing import Any, TypeVar,", "from typing import Any, Callable, TypeVar,"),
        Change("from ..types import UNSET, Unset\n", "from ..types import UNSET, Redacted, Unset\n"),
        Change(
            "@_attrs_define\nclass {{ class_name }}:",
            "@_attrs_define(repr=False)\nclass {{ class_name }}(Redacted):",
        ),
    ),
    # The generator ignores `discriminator`: it would try the classes of a union one after the other.
    "property_templates/union_property.py.jinja": (
        Change(
            "    {% set ns = namespace(contains_unmodified_properties = false) %}\n"
            "    {% for inner_property in property.inner_properties %}\n",
            _DISPATCH + "    {% set ns = namespace(contains_unmodified_properties = false) %}\n"
            "    {% for inner_property in property.inner_properties %}\n",
        ),
        Change(
            "    return cast({{ property.get_type_string() | as_unembedded_code }}, data)\n    {% endif %}\n",
            "    return cast({{ property.get_type_string() | as_unembedded_code }}, data)\n    {% endif %}\n    {% endif %}\n",
        ),
    ),
    # Exceptions must not show what was sent or received.
    "property_templates/const_property.py.jinja": (Change(", got '{{'{' + property.python_name + '}' }}'\")", '")'),),
    "literal_enum.py.jinja": (
        Change(
            "Unexpected value {value!r}. Expected",
            "Unexpected value. Expected",
        ),
    ),
    # httpx costs most of the import time and building a request needs only its names; the wrapper builds its requests
    # with the function that is private here.
    "endpoint_module.py.jinja": (
        Change("from http import HTTPStatus\n", "from __future__ import annotations\n\nfrom http import HTTPStatus\n"),
        Change("from typing import Any, cast\n", "from typing import TYPE_CHECKING, Any, cast\n"),
        Change("import httpx\n\nfrom ...client import AuthenticatedClient, Client\n", ""),
        Change(
            "{{ relative }}\n{% endfor %}\n",
            "{{ relative }}\n{% endfor %}\n\n"
            "if TYPE_CHECKING:\n    import httpx\n\n    from ...client import AuthenticatedClient, Client\n\n",
        ),
        Change("_get_kwargs(", "request_arguments(", times=3),
    ),
}


def write_templates(source: Path, target: Path) -> None:
    """Put the changed templates of the installed generator, and our whole ones from `source`, into `target`."""
    originals = files("openapi_python_client") / "templates"
    for name, changes in CHANGES.items():
        text = originals.joinpath(name).read_text(encoding="utf-8")
        for change in changes:
            if text.count(change.old) != change.times:
                message = f"the generator's template {name} has changed: adapt generator/overrides.py ({change.old!r})"
                raise SystemExit(message)
            text = text.replace(change.old, change.new)
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for template in sorted(source.iterdir()):
        (target / template.name).write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
