"""`lp-engagement explain`: explain a rule, or a name of the spec."""

from __future__ import annotations

import json
from typing import Any

import click

from lp_engagement._common.printable import printable
from lp_engagement.validation.schemas import load


def _rules(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    rules: dict[str, dict[str, Any]] = load("rules")
    names = [*rules, *(known["id"] for known in rules.values())]
    return [name for name in names if name.startswith(incomplete)]


@click.command("explain", short_help="Explain a rule of `validate`, a type, a field, an operation or a code.")
@click.argument("rule", metavar="[NAME]", required=False, shell_complete=_rules)
def command(rule: str | None) -> None:
    """Explain NAME, or list the rules.

    NAME is a rule by its id (LPE102) or name (unknown-key), an attribute type (cart), a field (customerId), an
    operation (createSession) or an internal code of the server (20).
    """
    rules: dict[str, dict[str, Any]] = load("rules")
    if rule is None:
        for name, known in rules.items():
            click.echo(f"{known['id']}  {name:<28} {known['title']}")
        return
    found = {**rules, **{known["id"]: known for known in rules.values()}}.get(rule if rule in rules else rule.upper())
    if found is None:
        from .subjects import about, near

        paragraphs = about(rule)
        if not paragraphs:
            meant = near(rule, [*rules, *(known["id"] for known in rules.values())])
            raise click.UsageError(
                f"{printable(rule)} is unknown. {f'Did you mean {meant}? ' if meant else ''}"
                "`lp-engagement explain` lists the rules, and `lp-engagement spec` prints the spec."
            )
        click.echo("\n\n".join(paragraphs))
        return
    name = next(name for name, known in rules.items() if known is found)
    click.echo(
        f"{click.style(found['id'], bold=True)}  {name}\n{found['title']}\n\n{click.wrap_text(found['text'], 96)}"
    )
    click.echo(f"\nFix: {found['fix']}")
    for title in ("wrong", "right"):
        if "example" in found:
            click.echo(f"\n{title} ({found['example']['kind']}):\n  {json.dumps(found['example'][title])}")
