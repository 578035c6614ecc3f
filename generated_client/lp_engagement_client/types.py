# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Contains some shared types for properties"""

from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from typing import IO, Any, BinaryIO, ClassVar, Generic, Literal, TypeVar

from attrs import define


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


# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


__all__ = ["UNSET", "File", "FileTypes", "Payload", "Redacted", "RequestFiles", "Response", "Unset", "plain"]
