"""Adds the parts of `lp_engagement_client` that PyInstaller cannot find: operations imported by name, and schemas."""

# ruff: noqa: N999 - PyInstaller looks for a file of this name

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("lp_engagement_client")
hiddenimports = collect_submodules("lp_engagement_client")
