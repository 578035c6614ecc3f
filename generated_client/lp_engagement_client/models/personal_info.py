# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from ..types import RequestModel
from ..values import each_as, object_as

if TYPE_CHECKING:
    from ..models.age import Age
    from ..models.contact import Contact
    from ..models.personal_info_gender import (
        PersonalInfoGender,
    )


@dataclass(slots=True, kw_only=True, repr=False)
class PersonalInfo(RequestModel):
    """The consumer's personal information.

    Attributes:
        firstname: First name; all lower-case key.
        lastname: Last name; all lower-case key.
        age: Age, or date of birth, or both; they need not agree.
        contacts: Ways to reach the consumer.
        gender: The consumer's gender.
        company: The company that the consumer works for.
        language: The consumer's language, free text such as `en-US`.
        additional_properties: Fields that the spec does not know, and nulls; sent as they are.
    """

    firstname: str | None = None
    lastname: str | None = None
    age: Age | None = None
    contacts: list[Contact] | None = None
    gender: PersonalInfoGender | None = None
    company: str | None = None
    language: str | None = None
    additional_properties: dict[str, Any] = field(default_factory=dict)

    _KEYS: ClassVar[Mapping[str, str]] = {
        "firstname": "firstname",
        "lastname": "lastname",
        "age": "age",
        "contacts": "contacts",
        "gender": "gender",
        "company": "company",
        "language": "language",
    }

    @classmethod
    def _readers(cls) -> Mapping[str, Callable[[Any], Any]]:
        from ..models.age import Age
        from ..models.contact import Contact

        return {
            "age": object_as(Age),
            "contacts": each_as(object_as(Contact)),
        }
