"""The published files: built reproducibly, and tested without the repository."""
