"""The types of the attributes, impressions and bodies that a visit accepts, for type checkers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from lp_engagement_client.payload_types import EngagementAttributeDict, ImpressionEventDict
from lp_engagement_client.types import Payload, RequestModel

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GivenBody", "GivenImpression", "GivenSde"]


class DataclassObject(Protocol):
    """An instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class AttrsObject(Protocol):
    """An instance of an attrs class."""

    __attrs_attrs__: ClassVar[Any]


class PydanticObject(Protocol):
    """An instance of a model of pydantic 2."""

    @property
    def model_dump(self) -> Callable[..., Any]:
        """The method that returns the members."""
        ...


_Object: TypeAlias = RequestModel | DataclassObject | AttrsObject | PydanticObject
GivenSde: TypeAlias = EngagementAttributeDict | Payload | _Object
GivenImpression: TypeAlias = ImpressionEventDict | Payload | _Object
GivenBody: TypeAlias = Mapping[str, object] | _Object
