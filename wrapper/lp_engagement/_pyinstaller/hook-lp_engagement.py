"""Adds the parts of `lp_engagement` that PyInstaller cannot find: modules imported by name, and data files."""

# ruff: noqa: N999 - PyInstaller looks for a file of this name

from PyInstaller.utils.hooks import can_import_module, collect_data_files, collect_submodules

# Tests are not frozen, and hypothesis and pytest would come along with these; nor is this folder.
_LEFT_OUT = {"testing", "_pyinstaller"}
# Extras that are imported by name, so that an app without them works.
_EXTRAS = ("redis", "redis.asyncio")


def _is_taken(name: str) -> bool:
    return _LEFT_OUT.isdisjoint(name.split("."))


datas = collect_data_files("lp_engagement", excludes=[*_LEFT_OUT])
hiddenimports = [
    *collect_submodules("lp_engagement", filter=_is_taken),
    *(name for name in _EXTRAS if can_import_module(name)),
]
