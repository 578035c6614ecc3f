"""What YAML 1.2 takes a plain word for, and where YAML 1.1 takes it for something else."""

from __future__ import annotations

import re

# No word that people write is longer, and some of the patterns are slow with long ones.
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
# The types of yaml.org/type for YAML 1.1, as far as they differ.
_OTHERWISE = {
    "a boolean": re.compile(r"y|Y|n|N|(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)"),
    "a date": re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"),
    "a number to the base of 60": re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
    "an octal number": re.compile(r"[-+]?0[0-7_]*[0-7][0-7_]*"),
    "a binary number": re.compile(r"[-+]?0b[01_]+"),
    "a number": re.compile(r"(?=.*_)[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0x[0-9a-fA-F_]+)"),
    "a string": re.compile(r"0o[0-7]+|[-+]?(?:[0-9]+|[0-9]*\.[0-9]+|[0-9]+\.)[eE][0-9]+|[-+]?[0-9]+[eE][-+]?[0-9]+"),
}


def reading(word: str) -> str:
    """What a plain word is: null, bool, int, float or str."""
    return next((name for name, pattern in _READINGS if pattern.fullmatch(word)), "str")


def otherwise(word: str) -> str | None:
    """What YAML 1.1 takes a plain word for, if that is something else."""
    if len(word) > _LONGEST:
        return None
    return next((name for name, pattern in _OTHERWISE.items() if pattern.fullmatch(word)), None)


def number(word: str, kind: str) -> int | float:
    """The number that a word is.

    Raises:
        ValueError: it is none.
    """
    if kind == "int":
        return int(word, 0 if word[:2] in {"0o", "0x"} else 10)
    return float(word.lower().replace(".inf", "inf").replace(".nan", "nan"))
