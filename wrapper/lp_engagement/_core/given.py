"""The types of the attributes and impressions that a visit accepts, for type checkers only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from lp_engagement_client.payload_types import EngagementAttributeDict, ImpressionEventDict
from lp_engagement_client.types import Payload, RequestModel

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GivenImpression", "GivenSde"]


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


GivenSde: TypeAlias = EngagementAttributeDict | Payload | RequestModel | DataclassObject | AttrsObject | PydanticObject
GivenImpression: TypeAlias = (
    ImpressionEventDict | Payload | RequestModel | DataclassObject | AttrsObject | PydanticObject
)
