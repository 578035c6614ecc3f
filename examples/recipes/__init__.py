"""Recipes: one small app for each framework, to copy. `docs/recipes.md` explains them, `tests/recipes/` tests them."""
