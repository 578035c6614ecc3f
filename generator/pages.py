"""The pages of docs/ and the plain views that are derived from the spec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .drawing import lifecycle_of_a_call
from .plain import plain, plain_3_0
from .reference import reference

if TYPE_CHECKING:
    from .nodes import Json

HEADER = "<!-- DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`. -->\n"


def pages(document: Json) -> dict[str, str]:
    """Return the contents of each page by its path in the repository."""
    return {
        "docs/rules.md": _rules(document),
        "docs/reference.md": HEADER + reference(document),
        "docs/images/lifecycle-of-a-call.svg": lifecycle_of_a_call(document),
        "openapi/plain-3.1.json": _json(plain(document)),
        "openapi/plain-3.0.json": _json(plain_3_0(document)),
    }


def _json(document: Json) -> str:
    generated = {"x-generated": "From openapi/app-engagement.yaml by `make generate`. Do not edit."}
    return json.dumps(document | generated, ensure_ascii=False, indent=1) + "\n"


def _rules(document: Json) -> str:
    rules = document["x-rules"]
    introduction = (
        "# Rules\n\n`lp-engagement validate` and every call check payloads against these rules. "
        "Each problem has the id of its rule. `lp-engagement explain LPE102` prints a rule in the shell.\n\n"
        "| Rule | Name | Fault |\n|---|---|---|\n"
    )
    parts = [HEADER, introduction]
    for name, rule in rules.items():
        parts.append(f"| [{rule['id']}](#{rule['id'].lower()}) | `{name}` | {rule['title']} |\n")
    for name, rule in rules.items():
        parts.append(f"\n## {rule['id']}\n\n**{rule['title']}** (`{name}`)\n\n{rule['text']}\n")
        parts.append(f"\nFix: {rule['fix']}\n")
        if "example" in rule:
            example = rule["example"]
            wrong, right = json.dumps(example["wrong"]), json.dumps(example["right"])
            parts.append(
                f"\nAn invalid and a valid example of kind `{example['kind']}`:\n\n```jsonl\n{wrong}\n{right}\n```\n"
            )
    return "".join(parts)
