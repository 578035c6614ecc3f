"""Lists the effects of an edit of the spec, and checks that breaking changes are announced."""
