"""For the tests of those who use this SDK: see `lp_engagement.testing.strategies` (needs the extra `testing`)."""
