"""The spec-edit test: after an edit of the spec and `make generate`, every consumer has the edit."""
