"""`lp-engagement explain`: what a rule means."""

from __future__ import annotations

import json
from typing import Any

import click

from lp_engagement.validation.schemas import load


@click.command("explain", short_help="Explain a rule of `validate`, with a wrong and a right example.")
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """Explain RULE, by its id (LPE102) or its name (unknown-key); without one, list them all."""
    rules: dict[str, dict[str, Any]] = load("rules")
    if rule is None:
        for name, each in rules.items():
            click.echo(f"{each['id']}  {name:<28} {each['title']}")
        return
    found = {**rules, **{each["id"]: each for each in rules.values()}}.get(rule if rule in rules else rule.upper())
    if found is None:
        raise click.UsageError(f"there is no rule {rule}; `lp-engagement explain` lists them")
    name = next(name for name, each in rules.items() if each is found)
    click.echo(
        f"{click.style(found['id'], bold=True)}  {name}\n{found['title']}\n\n{click.wrap_text(found['text'], 96)}"
    )
    click.echo(f"\nWhat to do: {found['fix']}")
    for title in ("wrong", "right"):
        if "example" in found:
            click.echo(f"\n{title} ({found['example']['kind']}):\n  {json.dumps(found['example'][title])}")
