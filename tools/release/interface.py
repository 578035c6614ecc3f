"""The public interface of this repository: Python API, rules, commands, exit codes, reports, variables and extras."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import click
from click.testing import CliRunner

from lp_engagement.cli import failures
from lp_engagement.cli.group import group
from lp_engagement.validation.reports import FORMATS
from tools.repository import PACKAGES, ROOT
from tools.spec_diff.api import NEED, Interface, load, promises

if TYPE_CHECKING:
    from collections.abc import Iterator

# Two faults, with all that a report can say about one: a place, a fix, values that are allowed.
SAMPLE = '{"type": "personal", "personal": {"firstName": "Sarah", "gender": "female"}}'


def interface() -> Interface:
    """Return the interface of the packages in this repository."""
    found: Interface = {}
    for package, folder in PACKAGES.items():
        found |= promises(load(package, ROOT / folder))
    found |= {f"rule {rule['id']}": [name] for name, rule in json.loads(_printed("spec", "--format", "rules")).items()}
    found |= dict(_commands(group.to_info_dict(click.Context(group)), "lp-engagement"))
    found |= {
        f"exit code {value}": [] for name, value in vars(failures).items() if name.isupper() and type(value) is int
    }
    found |= {f"report {name}": _report(name) for name in FORMATS}
    found |= {f"variable {name}": [] for name in _variables()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found |= {f"extra {name}": [] for name in project["optional-dependencies"]}
    return {name: sorted(set(found[name])) for name in sorted(found)}


def _commands(command: dict[str, Any], path: str) -> Iterator[tuple[str, list[str]]]:
    kept: list[str] = []
    for each in command["params"]:
        kind = f"{each['type']['param_type']}{' repeated' if each.get('multiple') else ''}"
        words = [kind, *each["type"].get("choices", ())]
        kept += [f"{name} {word}" for name in (*each["opts"], *each["secondary_opts"]) for word in words]
        name = each["opts"][-1]
        kept.append(f"{NEED}{name}" if each["required"] else f"default {name}={json.dumps(each['default'])}")
    yield path, kept
    for name, inner in command.get("commands", {}).items():
        yield from _commands(inner, f"{path} {name}")


def _report(name: str) -> list[str]:
    """Run the command on a file with faults; the places of the report that a program can read."""
    text = _printed("validate", "--format", name, "sample.json")
    if text.startswith(("{", "[")):
        return list(_keys(json.loads(text)))
    return list(_tags(ET.fromstring(text))) if text.startswith("<") else []  # noqa: S314 - our own report


def _printed(*command: str) -> str:
    runner = CliRunner()
    with runner.isolated_filesystem():
        Path("sample.json").write_text(SAMPLE, encoding="utf-8")
        return runner.invoke(group, command).stdout


def _keys(node: Any, path: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _keys(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from _keys(value, f"{path}/*")
    else:
        yield f"{path}: {type(node).__name__}"


def _tags(node: ET.Element, path: str = "") -> Iterator[str]:
    yield f"{path}/{node.tag}"
    yield from (f"{path}/{node.tag}@{name}" for name in node.attrib)
    for child in node:
        yield from _tags(child, f"{path}/{node.tag}")


def _variables() -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "wrapper").rglob("*.py"))
    return {name for text in sources for name in re.findall(r'"(LP_[A-Z_]+)"', text)}
