"""`lp-engagement completion`: the shell's completion of commands and options."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class

_NAME = "lp-engagement"
_VARIABLE = "_LP_ENGAGEMENT_COMPLETE"
# Where each shell looks: the variable with the user's folder, its default, and the file in it.
_FILES = {
    "bash": ("XDG_DATA_HOME", ".local/share", f"bash-completion/completions/{_NAME}"),
    "fish": ("XDG_CONFIG_HOME", ".config", f"fish/completions/{_NAME}.fish"),
    "zsh": ("XDG_DATA_HOME", ".local/share", f"zsh/site-functions/_{_NAME}"),
}


@click.command("completion", short_help="Print or install the completion script of a shell.")
@click.argument("shell", type=click.Choice(list(_FILES)))
@click.option("--install", is_flag=True, help="Write the script to the folder where the shell looks for it.")
def command(shell: str, *, install: bool) -> None:
    """Print the completion script of SHELL, or install it for the current user.

    bash needs the package bash-completion. zsh needs the folder in its fpath; what to add is printed.
    """
    script = _script(shell)
    if not install:
        click.echo(script)
        return
    variable, default, name = _FILES[shell]
    path = Path(os.environ.get(variable) or Path.home() / default) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{script}\n", encoding="utf-8")
    click.echo(f"Wrote {path}. Start a new shell to use it.")
    if shell == "zsh":
        click.echo(f"If {path.parent} is not in your fpath, add this to ~/.zshrc before compinit:\n")
        click.echo(f"fpath=({path.parent} $fpath)")


def _script(shell: str) -> str:
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - click has all three
    root = click.get_current_context().find_root().command
    # Not source(), which for bash starts the bash of the machine to look at its version.
    complete = found(root, {}, _NAME, _VARIABLE)
    return (complete.source_template % complete.source_vars()).strip()
