"""Measurements: always ours and another's side by side in one run, never an assertion of a test."""
