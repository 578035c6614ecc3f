"""The async half of the API has the docstrings of the sync half, copied from there."""
