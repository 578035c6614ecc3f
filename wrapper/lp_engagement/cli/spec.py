"""`lp-engagement spec`: what is derived from the spec, to be used elsewhere."""

from __future__ import annotations

import json

import click

from lp_engagement.validation.schemas import load
from lp_engagement_client.facts import KINDS


@click.command("spec", short_help="Print a JSON Schema, the rules or the documented examples.")
@click.option(
    "--format",
    "what",
    type=click.Choice(["schema", "rules", "examples"]),
    default="schema",
    show_default=True,
    help="What to print.",
)
@click.option(
    "--kind", type=click.Choice(list(KINDS)), default="create-session", show_default=True, help="Kind of payload."
)
@click.option("--strict", is_flag=True, help="Leave out forms that are only tolerated.")
def command(what: str, kind: str, *, strict: bool) -> None:
    """Print data derived from the spec as JSON, for an editor or another tool."""
    name = f"{kind}.{'strict' if strict else 'accepting'}" if what == "schema" else what
    click.echo(json.dumps(load(name), indent=2, ensure_ascii=False))
