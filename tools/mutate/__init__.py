"""Mutation testing: change one detail of the code, and see whether a test fails."""
