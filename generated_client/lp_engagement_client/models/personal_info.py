# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
)

from attrs import define as _attrs_define

from ..models.personal_info_gender import PersonalInfoGender, check_personal_info_gender
from ..types import UNSET, Redacted, Unset

if TYPE_CHECKING:
    from ..models.age import Age
    from ..models.contact import Contact


T = TypeVar("T", bound="PersonalInfo")


@_attrs_define(repr=False)
class PersonalInfo(Redacted):
    """The consumer's personal information.

    Attributes:
        age (Age | Unset): Age, or date of birth, or both; they need not agree.
        company (str | Unset): The company that the consumer works for.
        contacts (list[Contact] | Unset): Ways to reach the consumer.
        firstname (str | Unset): First name; all lower-case key.
        gender (PersonalInfoGender | Unset): The consumer's gender.
        language (str | Unset): The consumer's language, free text such as `en-US`.
        lastname (str | Unset): Last name; all lower-case key.
    """

    age: Age | Unset = UNSET
    company: str | Unset = UNSET
    contacts: list[Contact] | Unset = UNSET
    firstname: str | Unset = UNSET
    gender: PersonalInfoGender | Unset = UNSET
    language: str | Unset = UNSET
    lastname: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        age: dict[str, Any] | Unset = UNSET
        if not isinstance(self.age, Unset):
            age = self.age.to_dict()

        company = self.company

        contacts: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.contacts, Unset):
            contacts = []
            for contacts_item_data in self.contacts:
                contacts_item = contacts_item_data.to_dict()
                contacts.append(contacts_item)

        firstname = self.firstname

        gender: str | Unset = UNSET
        if not isinstance(self.gender, Unset):
            gender = self.gender

        language = self.language

        lastname = self.lastname

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if age is not UNSET:
            field_dict["age"] = age
        if company is not UNSET:
            field_dict["company"] = company
        if contacts is not UNSET:
            field_dict["contacts"] = contacts
        if firstname is not UNSET:
            field_dict["firstname"] = firstname
        if gender is not UNSET:
            field_dict["gender"] = gender
        if language is not UNSET:
            field_dict["language"] = language
        if lastname is not UNSET:
            field_dict["lastname"] = lastname

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.age import Age  # noqa: PLC0415
        from ..models.contact import Contact  # noqa: PLC0415

        d = dict(src_dict)
        _age = d.pop("age", UNSET)
        age: Age | Unset
        if isinstance(_age, Unset):
            age = UNSET
        else:
            age = Age.from_dict(_age)

        company = d.pop("company", UNSET)

        _contacts = d.pop("contacts", UNSET)
        contacts: list[Contact] | Unset = UNSET
        if _contacts is not UNSET:
            contacts = []
            for contacts_item_data in _contacts:
                contacts_item = Contact.from_dict(contacts_item_data)

                contacts.append(contacts_item)

        firstname = d.pop("firstname", UNSET)

        _gender = d.pop("gender", UNSET)
        gender: PersonalInfoGender | Unset
        if isinstance(_gender, Unset):
            gender = UNSET
        else:
            gender = check_personal_info_gender(_gender)

        language = d.pop("language", UNSET)

        lastname = d.pop("lastname", UNSET)

        personal_info = cls(
            age=age,
            company=company,
            contacts=contacts,
            firstname=firstname,
            gender=gender,
            language=language,
            lastname=lastname,
        )

        return personal_info
