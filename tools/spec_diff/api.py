"""The public Python API of a version: what is in it, and what of it breaks callers in another version."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

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


class Breakage(NamedTuple):
    """A change of the Python API that breaks callers.

    Attributes:
        path: what was changed.
        what: how.
    """

    path: str
    what: str


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


def breakages(old: griffe.Object, new: griffe.Object) -> list[Breakage]:
    """The changes that break callers of what is public."""
    # Removed names are reported below, by the name that callers use. griffe also misses an import that leads nowhere.
    found = {
        Breakage(each.obj.path.removesuffix("()"), _words(each))
        for each in griffe.find_breaking_changes(old, new)
        if each.kind is not griffe.BreakageKind.OBJECT_REMOVED
    }
    gone = outermost(signatures(old), signatures(new), ".")
    return sorted(found | {Breakage(name, "it was removed") for name, _ in gone})


def _words(breakage: griffe.Breakage) -> str:
    details = breakage.as_dict()
    said = breakage.kind.value
    name = getattr(details.get("old_value"), "name", None) or getattr(details.get("new_value"), "name", None)
    return f"{said}: {name}" if name and name != breakage.obj.name else said


Shapes = dict[str, tuple[str, ...]]
"""Names, each with its parameters and what it returns, with its type, or with its bases."""


def signatures(package: griffe.Object) -> Shapes:
    """Return the public objects of a package, by the names under which they are imported."""
    return dict(_signatures(package, package.path))


def _signatures(holder: griffe.Object, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, member in holder.all_members.items():
        if not member.is_public or name in _ALWAYS_THERE:
            continue
        found = _target(member)
        if found is None or (member.is_alias and found.parent is not None and found.parent.is_public):
            # Of another package, or known by a name of its own.
            continue
        place = f"{path}.{name}"
        if isinstance(found, griffe.Function):
            yield place, (*map(_parameter, found.parameters), f"-> {found.returns}")
        elif isinstance(found, griffe.Attribute):
            if not str(found.value).startswith("TypeVar("):
                yield place, (str(found.annotation or ""),)
        else:
            if isinstance(found, griffe.Class):
                yield place, tuple(map(str, found.bases))
            yield from _signatures(found, place)


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
