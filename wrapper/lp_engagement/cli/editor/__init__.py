"""The language server: problems, explanations and quick fixes in an editor."""
