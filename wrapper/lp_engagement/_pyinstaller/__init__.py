"""Hooks for PyInstaller, which finds this folder through the entry point `pyinstaller40`. Nothing else imports it."""

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """The folder with the hooks: one file for each package that a frozen app may import."""
    return [str(Path(__file__).parent)]
