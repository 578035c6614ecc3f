"""`make spec-diff`: what the spec, as it stands in this folder, changes against an older version of it.

    python -m tools.spec_diff [--base REFERENCE]

The base is the last commit by default; a tag or any other commit can be named, and `release` stands for the last
release. Both specs go through the generator of today, so that all that is listed comes from the spec alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from .versions import ROOT, SPEC, ask, breakages, generate, git, last_release, listed, load, redocly, signatures

PAYLOADS = ROOT / "tests" / "data" / "payloads"
CLIENT = "lp_engagement_client"


def rules(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Rules that came, went, or read differently."""
    before, after = old.get("x-rules", {}), new.get("x-rules", {})
    lines = [f"+ {after[name]['id']} {name}: {after[name]['title']}" for name in after if name not in before]
    lines += [f"- {before[name]['id']} {name}" for name in before if name not in after]
    for name in after:
        if name in before and before[name] != after[name]:
            parts = [part for part in after[name] if after[name][part] != before[name].get(part)]
            lines.append(f"~ {after[name]['id']} {name}: {', '.join(parts)}")
    return lines


def payloads(old: dict[str, list[str]], new: dict[str, list[str]]) -> list[str]:
    """Payloads of the corpus about which the validator now says something else."""
    lines = []
    for name, said in new.items():
        if said != old[name]:
            lines.append(f"{name}: {'; '.join(old[name]) or 'nothing wrong'}  ->  {'; '.join(said) or 'nothing wrong'}")
    return lines


def refused(old: dict[str, list[str]], new: dict[str, list[str]]) -> int:
    """How many payloads that were sent are refused now."""
    return sum(
        any(line.startswith("error") for line in new[name]) and not any(line.startswith("error") for line in old[name])
        for name in new
    )


Shapes = dict[str, tuple[str, ...]]


def members(old: Shapes, new: Shapes) -> list[str]:
    """Models, builders and functions that came, went, or have another signature."""
    lines = [f"+ {name}({', '.join(new[name])})" for name in sorted(new) if name not in old]
    lines += [f"- {name}" for name in sorted(old) if name not in new]
    for name in sorted(new):
        if name in old and old[name] != new[name]:
            gone = [each for each in old[name] if each not in new[name]]
            come = [each for each in new[name] if each not in old[name]]
            lines.append(f"~ {name}: {', '.join(gone) or 'nothing'}  ->  {', '.join(come) or 'nothing'}")
    return lines


def consequence(*, breaking: bool, changed: bool) -> str:
    """What the change means for the next version."""
    if breaking:
        return "major: something that worked no longer does (before 1.0.0 a minor version may do that)"
    return "minor: all that worked works" if changed else "patch: nothing that a caller could see changes shape"


def report(base: str, reference: str) -> str:
    """The report, for people.

    Args:
        base: the text of the older spec.
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
        before, after = (generate(text, folder / each) for each, text in (("before", base), ("after", now)))
        said = [ask(made, "tools.spec_diff.verdicts", str(PAYLOADS)) for made in (before, after)]
        packages = [load(CLIENT, made) for made in (before, after)]
        broken = breakages(*packages)
        shapes = [signatures(each) for each in packages]
        rated = redocly(folder / "old.yaml", folder / "new.yaml")
    of_rules, of_payloads, of_members = rules(old, new), payloads(*said), members(*shapes)
    lost = refused(*said)
    parts = [f"The spec against {reference}\n"]
    parts += _section("Rules", of_rules)
    parts += _section(f"Payloads of the corpus ({len(said[1])}) with another verdict", of_payloads)
    parts += _section("Models, builders and functions", of_members)
    parts += _section("Of these, breaking for Python callers", [f"{each.path}: {each.what}" for each in broken])
    if rated is None:
        parts += ["\nAs redocly rates it: not installed here; `make lint-spec` sets it up\n"]
    else:
        parts += _section("As redocly rates it", [line for line in map(_rating, rated) if line])
    breaking = bool(broken) or bool(lost) or any(each["impact"] == "major" for each in rated or ())
    changed = bool(of_members or of_rules or of_payloads) or any(each["impact"] == "minor" for each in rated or ())
    parts.append(f"\nConsequence: {consequence(breaking=breaking, changed=changed)}\n")
    if lost:
        parts.append(f"  {lost} payloads of the corpus that were sent are refused now\n")
    if breaking:
        parts.append("  CHANGELOG.md needs a line that begins with **Breaking:** under [Unreleased]\n")
    return "".join(parts)


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"\n{title}: {len(lines) or 'none'}\n", listed(lines)]


def _rating(change: dict[str, Any]) -> str:
    verdicts = "; ".join(each.get("message", "") for each in change.get("verdicts", ()))
    place = change.get("revision", change.get("base", {})).get("pointer", change["path"])
    what = f" · {change['property']}" if "property" in change else ""
    return f"{change['impact']}: {change['kind']} {place}{what}{f' ({verdicts})' if verdicts else ''}"


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="HEAD", metavar="REFERENCE", help="what to compare with")
    reference = parser.parse_args().base
    if reference == "release":
        release = last_release()
        if release is None:
            print("There is no release yet, so there is nothing to compare with.")
            return 0
        reference = release
    base = git(ROOT, "show", f"{reference}:{SPEC}")
    if base is None:
        parser.error(f"there is no {SPEC} in {reference}")
    print(report(base.decode(), "the last commit" if reference == "HEAD" else reference), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
