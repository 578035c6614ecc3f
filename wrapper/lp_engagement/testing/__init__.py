"""Helpers for testing apps that use this SDK: see `lp_engagement.testing.strategies` (needs the extra `testing`)."""
