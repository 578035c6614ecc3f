"""Settings of `validate` in `lp-engagement.toml` or pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from lp_engagement._common.printable import printable
from lp_engagement.validation.kinds import AUTO
from lp_engagement_client.facts import KINDS

from .repository import surrounding
from .rules import rule_ids

# ruff: noqa: PTH113, PTH118, PTH119, PTH120, PTH123 - names are text, as they were given

_OWN = "lp-engagement.toml"
_PYPROJECT = "pyproject.toml"
_LONGEST = 80
_FLAG, _TEXT, _NUMBER, _TEXTS, _TABLE = (
    "true or false",
    "a string",
    "an integer from 1",
    "an array of strings",
    "a table",
)
KEYS = {
    "allow-unknown-keys": _FLAG,
    "baseline": _TEXT,
    "exclude": _TEXTS,
    "ignore": _TEXTS,
    "kind": _TEXT,
    "max-problems": _NUMBER,
    "per-path-ignores": _TABLE,
    "select": _TEXTS,
    "strict": _FLAG,
    "unauthenticated-messaging": _FLAG,
}
"""The keys, and what they take. All but `per-path-ignores` are options of the command too."""


class SettingsError(Exception):
    """Settings cannot be used; the message names the file, the key and the fix."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """The settings of a file.

    Attributes:
        folder: the folder that patterns are relative to.
        options: the options of the command, by the names of their parameters.
        per_path_ignores: the rules to leave out, by pattern.
    """

    folder: str = os.curdir
    options: dict[str, Any] = field(default_factory=dict)
    per_path_ignores: dict[str, list[str]] = field(default_factory=dict)


def load(given: str | None = None, *, folder: str = os.curdir) -> FileSettings:
    """Read the settings of a file, or of the nearest one above a folder in its repository.

    Raises:
        SettingsError: the file cannot be read, or has an unknown key or a value of the wrong type.
    """
    if given is not None:
        found = _read(given)
        if found is None:
            raise SettingsError(f"{given} has no table [{_table(given)}]. Add it, or pass another --config")
        return found
    for around in surrounding(folder):
        for name in (_OWN, _PYPROJECT):
            path = os.path.relpath(os.path.join(around, name))
            if os.path.isfile(path) and (found := _read(path)) is not None:
                return found
    return FileSettings()


def _table(path: str) -> str:
    return "tool.lp-engagement.validate" if os.path.basename(path) == _PYPROJECT else "validate"


def _read(path: str) -> FileSettings | None:
    try:
        with open(path, "rb") as file:
            content: dict[str, Any] = tomllib.load(file)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        where = str(error).rpartition("(")[2].rstrip(")") if isinstance(error, tomllib.TOMLDecodeError) else "its text"
        raise SettingsError(f"{path} is not valid TOML: {where}") from None
    if os.path.basename(path) == _PYPROJECT:
        tool: Any = content.get("tool")
        return _from_tool(path, tool["lp-engagement"]) if isinstance(tool, dict) and "lp-engagement" in tool else None
    return _from_tool(path, content)


def _from_tool(path: str, tool: Any) -> FileSettings | None:
    outer = _table(path).removesuffix("validate").removesuffix(".")
    if not isinstance(tool, dict):
        raise SettingsError(f"{path}: `{outer}` must be a table. Write [{_table(path)}]")
    _known(path, outer, tool, ("validate",))
    return _settings(path, tool["validate"]) if "validate" in tool else None


def _settings(path: str, table: Any) -> FileSettings:
    if not isinstance(table, dict):
        raise SettingsError(f"{path}: `validate` must be a table. Write [{_table(path)}]")
    _known(path, _table(path), table, tuple(KEYS))
    for key, value in table.items():
        if not _fits(KEYS[key], value):
            raise SettingsError(f"{path}: `{key}` in [{_table(path)}] must be {KEYS[key]}")
    if table.get("kind", AUTO) not in {AUTO, *KINDS}:
        raise SettingsError(f"{path}: `kind` must be one of {', '.join((AUTO, *KINDS))}")
    ignores = table.get("per-path-ignores", {})
    for rules in [table.get("select", ()), table.get("ignore", ()), *ignores.values()]:
        try:
            rule_ids(rules)
        except ValueError as error:
            raise SettingsError(f"{path}: {str(error).rstrip('.')}") from None
    folder = os.path.dirname(path) or os.curdir
    options = {key.replace("-", "_"): value for key, value in table.items() if key != "per-path-ignores"}
    if "baseline" in options:
        options["baseline"] = os.path.normpath(os.path.join(folder, options["baseline"]))
    return FileSettings(folder, options, ignores)


def _known(path: str, table: str, content: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in content:
        if key not in known:
            near = get_close_matches(key.replace("_", "-"), known, 1)
            meant = f"Did you mean `{near[0]}`? " if near else ""
            where = f" in [{table}]" if table else ""
            raise SettingsError(
                f"{path}: `{printable(key, _LONGEST)}`{where} is not a known key. {meant}Known keys: {', '.join(known)}"
            )


def _fits(wanted: str, value: Any) -> bool:
    if wanted == _TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted == _TABLE:
        return isinstance(value, dict) and all(_fits(_TEXTS, item) for item in value.values())
    if wanted == _NUMBER:
        return type(value) is int and value > 0
    return isinstance(value, bool if wanted == _FLAG else str)
