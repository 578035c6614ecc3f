# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Redacted, Unset

T = TypeVar("T", bound="Age")


@_attrs_define(repr=False)
class Age(Redacted):
    """Age, or date of birth, or both; they need not agree.

    Attributes:
        age (int | Unset): Age in years.
        day (int | Unset): Day of birth, from 1.
        month (int | Unset): Month of birth, 1 to 12.
        year (int | Unset): Year of birth.
    """

    age: int | Unset = UNSET
    day: int | Unset = UNSET
    month: int | Unset = UNSET
    year: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        age = self.age

        day = self.day

        month = self.month

        year = self.year

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if age is not UNSET:
            field_dict["age"] = age
        if day is not UNSET:
            field_dict["day"] = day
        if month is not UNSET:
            field_dict["month"] = month
        if year is not UNSET:
            field_dict["year"] = year

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        age = d.pop("age", UNSET)

        day = d.pop("day", UNSET)

        month = d.pop("month", UNSET)

        year = d.pop("year", UNSET)

        age = cls(
            age=age,
            day=day,
            month=month,
            year=year,
        )

        return age
