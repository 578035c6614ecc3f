"""`lp-engagement spec`: what is derived from the spec, to be used elsewhere."""

from __future__ import annotations

import json
from typing import Any

import click

from lp_engagement.validation.schemas import load
from lp_engagement_client.facts import KINDS


def _folder(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    if url is not None and not url.startswith(("https://", "http://")):
        raise click.BadParameter("it must be the URL of a folder, e.g. https://schemas.example.com/lp/.")
    return None if url is None else f"{url.rstrip('/')}/"


@click.command("spec", short_help="Print a JSON Schema, the rules or the documented examples.")
@click.option(
    "--format",
    "what",
    type=click.Choice(["schema", "catalog", "rules", "examples"]),
    default="schema",
    show_default=True,
    help="What to print; a catalog lists the schemas of all kinds for SchemaStore or an editor.",
)
@click.option(
    "--kind", type=click.Choice(list(KINDS)), default="create-session", show_default=True, help="Kind of payload."
)
@click.option("--strict", is_flag=True, help="Leave out forms that are only tolerated.")
@click.option(
    "--base-url",
    metavar="URL",
    callback=_folder,
    help="Where you publish the schemas, each as KIND.json: the `$id` of a schema is its URL there.",
)
def command(what: str, kind: str, *, strict: bool, base_url: str | None) -> None:
    """Print data derived from the spec as JSON, for an editor or another tool."""
    if what == "catalog":
        if base_url is None:
            raise click.UsageError("--format catalog needs --base-url, the folder where you publish the schemas.")
        content = _catalog(base_url)
    else:
        content = load(f"{kind}.{'strict' if strict else 'accepting'}" if what == "schema" else what)
        if what == "schema" and base_url is not None:
            content = {**content, "$id": f"{base_url}{kind}.json"}
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _catalog(base_url: str) -> dict[str, Any]:
    """List the schemas as SchemaStore does."""
    return {
        "$schema": "https://json.schemastore.org/schema-catalog.json",
        "version": 1,
        "schemas": [
            {
                "name": load(f"{kind}.strict")["title"],
                "description": f"A payload of kind {kind} for LivePerson's App Engagement API",
                "fileMatch": [f"**/payloads/{kind}/**/*.{ending}" for ending in ("json", "yaml", "yml")],
                "url": f"{base_url}{kind}.json",
            }
            for kind in KINDS
        ],
    }
