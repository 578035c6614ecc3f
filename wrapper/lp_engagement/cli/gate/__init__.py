"""The parts of `validate` that let an old repository start: rules and files to leave out, a baseline, settings."""
