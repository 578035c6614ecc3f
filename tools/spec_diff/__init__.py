"""What an edit of the spec changes for whom, and the gates that keep breaking changes from slipping through."""
