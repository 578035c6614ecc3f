"""What PyInstaller cannot see in `lp_engagement_client`: operations that are imported by name, and the schemas."""

# ruff: noqa: N999 - PyInstaller looks for a file of this name

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("lp_engagement_client")
hiddenimports = collect_submodules("lp_engagement_client")
