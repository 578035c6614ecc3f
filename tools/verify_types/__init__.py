"""Whether the types of what the wheel brings are complete: `python -m tools.verify_types`."""
