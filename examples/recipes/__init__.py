"""Recipes to copy: one small app for each framework. See `docs/recipes.md`."""
