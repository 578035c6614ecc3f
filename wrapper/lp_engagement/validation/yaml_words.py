"""The type of a plain word in YAML 1.2, and where YAML 1.1 disagrees."""

from __future__ import annotations

import re

# Nobody writes longer words, and some of the patterns are slow with long ones.
_LONGEST = 64

_INT = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
# The core schema of YAML 1.2.2, chapter 10.3.2.
_READINGS: list[tuple[str, re.Pattern[str]]] = [
    ("null", re.compile(r"null|Null|NULL|~|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(_INT)),
    ("float", re.compile(_FLOAT)),
]
# The types of yaml.org/type for YAML 1.1, where they differ.
_OTHERWISE = {
    "a boolean": re.compile(r"y|Y|n|N|(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)"),
    "a date": re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"),
    "a base 60 number": re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
    "an octal number": re.compile(r"[-+]?0[0-7_]*[0-7][0-7_]*"),
    "a binary number": re.compile(r"[-+]?0b[01_]+"),
    "a number": re.compile(r"(?=.*_)[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F_]+)"),
    "a string": re.compile(r"0o[0-7]+|[-+]?(?:[0-9]+|[0-9]*\.[0-9]+|[0-9]+\.)[eE][0-9]+|[-+]?[0-9]+[eE][-+]?[0-9]+"),
}


# Most words are none of these, and need no pattern.
_BEGINNINGS = frozenset("~nNtTfFyYoO0123456789+-.")


def reading(word: str) -> str:
    """Return the type of a plain word: null, bool, int, float or str."""
    if word and word[0] not in _BEGINNINGS:
        return "str"
    return next((name for name, pattern in _READINGS if pattern.fullmatch(word)), "str")


def otherwise(word: str) -> str | None:
    """Describe the type of a plain word in YAML 1.1, if it differs."""
    if len(word) > _LONGEST or word[:1] not in _BEGINNINGS:
        return None
    return next((name for name, pattern in _OTHERWISE.items() if pattern.fullmatch(word)), None)


def number(word: str, kind: str) -> int | float:
    """Convert a plain word to a number.

    Raises:
        ValueError: Python cannot convert it.
    """
    if kind == "int":
        return int(word, 0 if word[:2] in {"0o", "0x"} else 10)
    return float(word.lower().replace(".inf", "inf").replace(".nan", "nan"))
