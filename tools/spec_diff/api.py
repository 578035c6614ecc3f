"""The public Python API, read without running it.

A promise that is lost breaks callers. So does a need that is new. A type says more about a promise, and may change.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What users import from, in the wrapper; its other modules are its own affair.
PUBLIC = {
    "lp_engagement",
    *(f"lp_engagement.{name}" for name in ("errors", "otel", "prometheus", "simulator", "stores", "testing")),
    *(f"lp_engagement.{name}" for name in ("transports", "validation")),
    *(f"lp_engagement.testing.{name}" for name in ("plugin", "stores", "strategies")),
    "lp_engagement_client.sde",
}
# Each of its modules holds one class, which is imported from the package.
MODELS = "lp_engagement_client.models"
# Whether a class has one of its own is nothing to its callers.
_ALWAYS_THERE = {"__post_init__", "__reduce__", "__repr__", "__slots__", "__str__"}


def load(package: str, folder: Path) -> griffe.Object:
    """Read a package without running it."""
    found = griffe.load(package, search_paths=[folder], allow_inspection=False)
    if not isinstance(found, griffe.Object):
        raise SystemExit(f"{package} cannot be read")
    for module in _modules(found):
        module.public = (
            module.path in PUBLIC if package == "lp_engagement" else not module.path.startswith(f"{MODELS}.")
        )
    return found


def _modules(package: griffe.Object) -> Iterator[griffe.Object]:
    yield package
    for member in package.members.values():
        if isinstance(member, griffe.Module):
            yield from _modules(member)


Interface = dict[str, list[str]]
"""Public names, each with the promises that callers rely on."""
NEED, TYPE = "needs ", "type "
_KINDS = griffe.ParameterKind


def promises(package: griffe.Object) -> Interface:
    """Return the promises of a package."""
    return {name: _promises(each) for name, each in public(package, package.path)}


def compare(old: Interface, new: Interface) -> list[str]:
    """Return the changes that break callers."""
    gone = [name for name in old if name not in new]
    broken = [f"{name} was removed" for name in gone if not any(name.startswith(f"{each}.") for each in gone)]
    for name in old.keys() & new.keys():
        lost = [each for each in old[name] if each not in new[name] and not each.startswith((NEED, TYPE))]
        more = [each for each in new[name] if each not in old[name] and each.startswith(NEED)]
        broken += [f"{name}: no longer: {each}" for each in lost] + [f"{name}: now {each}" for each in more]
    return sorted(broken)


def _promises(found: griffe.Object) -> list[str]:
    if isinstance(found, griffe.Class):
        return [f"is a {base}" for base in found.bases]
    if isinstance(found, griffe.Attribute):
        return [f"{TYPE}{found.annotation}"]
    return list(_call(found)) if isinstance(found, griffe.Function) else []


def _call(function: griffe.Function) -> Iterator[str]:
    yield f"returns {function.returns}"
    for index, each in enumerate(function.parameters):
        if index == 0 and each.name in {"self", "cls"}:
            continue
        if each.kind in {_KINDS.positional_only, _KINDS.positional_or_keyword}:
            yield f"argument {index}: {each.name}"
        if each.kind is not _KINDS.positional_only:
            yield f"argument {each.name}="
        yield f"{NEED}{each.name}" if each.required else f"default {each.name}={each.default}"
        yield f"{TYPE}{each.name}: {each.annotation}"


Shapes = dict[str, tuple[str, ...]]
"""Names, each with its parameters and what it returns, with its type, or with its bases."""


def signatures(package: griffe.Object) -> Shapes:
    """Return the public objects of a package, by the names under which they are imported."""
    return dict(_shapes(package))


def _shapes(package: griffe.Object) -> Iterator[tuple[str, tuple[str, ...]]]:
    for place, found in public(package, package.path):
        if isinstance(found, griffe.Function):
            yield place, (*map(_parameter, found.parameters), f"-> {found.returns}")
        elif isinstance(found, griffe.Attribute):
            yield place, (str(found.annotation or ""),)
        elif isinstance(found, griffe.Class):
            yield place, tuple(map(str, found.bases))


def public(holder: griffe.Object, path: str) -> Iterator[tuple[str, griffe.Object]]:
    """Yield the public functions, attributes and classes of an object, by the names under which they are imported."""
    for name, member in holder.all_members.items():
        if not member.is_public or name in _ALWAYS_THERE:
            continue
        found = _target(member)
        if found is None or (member.is_alias and found.parent is not None and found.parent.is_public):
            # Of another package, or known by a name of its own.
            continue
        place = f"{path}.{name}"
        if not isinstance(found, griffe.Attribute) or not str(found.value).startswith("TypeVar("):
            yield place, found
        if isinstance(found, griffe.Class | griffe.Module):
            yield from public(found, place)


def _target(member: griffe.Object | griffe.Alias) -> griffe.Object | None:
    if isinstance(member, griffe.Object):
        return member
    try:
        return member.final_target
    except griffe.AliasResolutionError:
        return None


def outermost(
    these: Shapes | dict[str, str], those: Shapes | dict[str, str], mark: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the outermost names that are only in these, each with its members, by short and full name."""
    known = {
        mark.join(parts[:count]) for parts in (name.split(mark) for name in those) for count in range(len(parts) + 1)
    }
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(these):
        parts = name.split(mark)
        outside = (mark.join(parts[:count]) for count in range(1, len(parts) + 1))
        outermost = next((each for each in outside if each not in known), None)
        if outermost is not None:
            found[outermost].append((name.removeprefix(outermost).removeprefix(mark), name))
    return list(found.items())


def _parameter(parameter: griffe.Parameter) -> str:
    annotation = f": {parameter.annotation}" if parameter.annotation else ""
    return f"{parameter.name}{annotation}{'' if parameter.required else f' = {parameter.default}'}"
