"""The drill: one edit of the spec, one `make generate`, and every consumer knows."""
