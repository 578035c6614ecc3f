"""`make spec-diff`: compare the spec in this folder with an older version.

    python -m tools.spec_diff [--base REFERENCE]

The base is the last commit by default; any other commit can be named, and `release` stands for the last release. Both
specs go through the generator of today, so that all that is listed comes from the spec alone.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tools.release import snapshot
from tools.repository import ROOT, SPEC, git

from .api import Shapes, compare, load, outermost, promises, signatures
from .versions import ask, generate, listed, rated, said

PAYLOADS = ROOT / "tests" / "data" / "payloads"
CLIENT = "lp_engagement_client"
# Beyond this, of a changed type only the words that came or went are shown.
LONG = 100


def rules(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Rules that came, went, or read differently."""
    before, after = old.get("x-rules", {}), new.get("x-rules", {})
    lines = [f"+ {after[name]['id']} {name}: {after[name]['title']}" for name in after if name not in before]
    lines += [f"- {before[name]['id']} {name}" for name in before if name not in after]
    for name in after:
        if name in before and before[name] != after[name]:
            parts = [part for part in before[name] | after[name] if before[name].get(part) != after[name].get(part)]
            lines.append(f"~ {after[name]['id']} {name}: {', '.join(parts)}")
    return lines


def payloads(old: dict[str, list[str]], new: dict[str, list[str]]) -> list[str]:
    """Payloads of the corpus about which the validator now says something else."""
    lines = []
    for name in old:
        before, after = ("; ".join(each[name]) or "nothing wrong" for each in (old, new))
        if before != after:
            lines.append(f"{name}: {before}  ->  {after}")
    return lines


def refused(old: dict[str, list[str]], new: dict[str, list[str]]) -> int:
    """How many payloads that were sent are refused now."""
    return sum(
        any(line.startswith("error") for line in new[name]) and not any(line.startswith("error") for line in old[name])
        for name in new
    )


def values(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Facts that came, went, or are others: pauses, hints, places of personal data, names of parameters, and so on."""
    came, went = outermost(new, old, " "), outermost(old, new, " ")
    lines = [f"+ {name}: {'; '.join(f'{each} {new[whole]}'.strip() for each, whole in parts)}" for name, parts in came]
    lines += [f"- {name}" for name, _ in went]
    lines += [f"~ {name}: {old[name]}  ->  {new[name]}" for name in new if name in old and old[name] != new[name]]
    return [line.removesuffix(": ") for line in lines]


def members(old: Shapes, new: Shapes) -> list[str]:
    """Models, builders and functions that came, went, or have another signature."""
    lines = []
    for name, parts in outermost(new, old, "."):
        inside = ", ".join(each for each, _ in parts if each and not each.startswith("_"))
        lines.append(f"+ {name}: {inside}" if inside else f"+ {_whole(name, new[name])}")
    lines += [f"- {name}" for name, _ in outermost(old, new, ".")]
    lines += [
        f"~ {name}: {_turned(old[name], new[name])}" for name in sorted(new) if old.get(name, new[name]) != new[name]
    ]
    return lines


def _whole(name: str, shape: tuple[str, ...]) -> str:
    if shape and shape[-1].startswith("-> "):
        return f"{name}({', '.join(shape[:-1])}) {shape[-1]}"
    return f"{name}: {', '.join(shape)}".removesuffix(": ")


def _turned(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """How one signature turned into another."""
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    if len(gone) == len(come) == 1 and max(len(gone[0]), len(come[0])) > LONG:
        before, after = (re.findall(r"[^\s|,\[\]]+", each) for each in (gone[0], come[0]))
        words = [f"- {word}" for word in before if word not in after] + [
            f"+ {word}" for word in after if word not in before
        ]
        return f"{come[0].partition(':')[0]}: " * (": " in come[0]) + ", ".join(words)
    return f"{', '.join(gone) or 'nothing'}  ->  {', '.join(come) or 'nothing'}"


def consequence(*, breaking: bool, changed: bool) -> str:
    """Return the effect of the change on the next version."""
    if breaking:
        return "major: something that worked no longer does (before 1.0.0 a minor version may do that)"
    return "minor: all that worked works" if changed else "patch: nothing that a caller could see changes shape"


def report(base: str, reference: str) -> str:
    """The report, for people.

    Args:
        base: the contents of the older spec.
        reference: what to call it.
    """
    now = (ROOT / SPEC).read_text(encoding="utf-8")
    if now == base:
        return f"The spec is as in {reference}.\n"
    parser = YAML(typ="safe")
    old, new = parser.load(base), parser.load(now)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old.yaml").write_text(base, encoding="utf-8")
        (folder / "new.yaml").write_text(now, encoding="utf-8")
        made = [generate(text, folder / each) for each, text in (("before", base), ("after", now))]
        told = [ask(each, "tools.spec_diff.verdicts", str(PAYLOADS)) for each in made]
        facts = [ask(each, "tools.spec_diff.facts") for each in made]
        packages = [load(CLIENT, each) for each in made]
        broken = compare(*map(promises, packages))
        shapes = [signatures(each) for each in packages]
        changes = rated(folder / "old.yaml", folder / "new.yaml")
    sections = {
        "Rules": rules(old, new),
        "Facts": values(*facts),
        f"Payloads of the corpus ({len(told[1])}) with another verdict": payloads(*told),
        "Models, builders and functions": members(*shapes),
        "Of these, breaking for Python callers": broken,
    }
    changed = any(sections.values()) or any(each["impact"] == "minor" for each in changes or ())
    absent = ["it is not installed here; `make lint-spec` sets it up"]
    sections["As redocly rates it"] = (
        [f"{each['impact']}: {said(each)}" for each in changes] if changes is not None else absent
    )
    lost = refused(*told)
    breaking = bool(broken) or bool(lost) or any(each["impact"] == "major" for each in changes or ())
    parts = [f"The spec against {reference}\n"]
    parts += [f"\n{title}: {len(lines) or 'none'}\n{listed(lines)}" for title, lines in sections.items()]
    parts.append(f"\nConsequence: {consequence(breaking=breaking, changed=changed)}\n")
    if lost:
        parts.append(f"  payloads of the corpus that were sent and are refused now: {lost}\n")
    line = "a line that begins with **Breaking:**" if breaking else "a line about it"
    parts.append(f"  CHANGELOG.md needs {line}, under [Unreleased]\n")
    return "".join(parts)


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="HEAD", metavar="REFERENCE", help="what to compare with")
    reference = parser.parse_args().base
    if reference == "release":
        released = snapshot.read()
        if released is None:
            print(snapshot.NONE)
            return 0
        base, reference = released.spec, released.version
    else:
        committed = git(ROOT, "show", f"{reference}:{SPEC}")
        if committed is None:
            parser.error(f"there is no {SPEC} in {reference}")
        base = committed.decode()
    print(report(base, "the last commit" if reference == "HEAD" else reference), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
