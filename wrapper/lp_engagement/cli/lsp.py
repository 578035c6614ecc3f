"""`lp-engagement lsp`: the language server."""

from __future__ import annotations

import click


@click.command("lsp", short_help="Run the language server: problems, explanations and quick fixes in an editor.")
def command() -> None:
    """Run the language server on stdin and stdout. Editors start it; requires the extra `lsp`.

    It checks payloads in JSON, NDJSON and YAML, and in scripts and pages if the extra `js` is installed. The settings
    of lp-engagement.toml or pyproject.toml apply.
    """
    try:
        from .editor.server import create_server
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in {"lsprotocol", "pygls"}:
            raise
        raise click.UsageError("the language server needs the extra `lsp`: install lp-engagement[cli,lsp].") from None
    create_server().start_io()
