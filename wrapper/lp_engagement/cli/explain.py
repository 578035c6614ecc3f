"""`lp-engagement explain`: what a rule means, and what the spec knows about a name."""

from __future__ import annotations

import json
from typing import Any

import click

from lp_engagement.validation.schemas import load


@click.command("explain", short_help="Explain a rule of `validate`, a type, a field, an operation or a code.")
@click.argument("rule", metavar="NAME", required=False)
def command(rule: str | None) -> None:
    """Explain NAME; without one, list the rules.

    A rule by its id (LPE102) or its name (unknown-key), a type of attributes (cart), a field (customerId), an operation
    (createSession) or one of the server's internal codes (20).
    """
    rules: dict[str, dict[str, Any]] = load("rules")
    if rule is None:
        for name, each in rules.items():
            click.echo(f"{each['id']}  {name:<28} {each['title']}")
        return
    found = {**rules, **{each["id"]: each for each in rules.values()}}.get(rule if rule in rules else rule.upper())
    if found is None:
        from .subjects import about

        paragraphs = about(rule)
        if not paragraphs:
            raise click.UsageError(
                f"nothing is known about {rule}; `lp-engagement explain` lists the rules, and `lp-engagement spec` "
                "prints what there is"
            )
        click.echo("\n\n".join(paragraphs))
        return
    name = next(name for name, each in rules.items() if each is found)
    click.echo(
        f"{click.style(found['id'], bold=True)}  {name}\n{found['title']}\n\n{click.wrap_text(found['text'], 96)}"
    )
    click.echo(f"\nWhat to do: {found['fix']}")
    for title in ("wrong", "right"):
        if "example" in found:
            click.echo(f"\n{title} ({found['example']['kind']}):\n  {json.dumps(found['example'][title])}")
