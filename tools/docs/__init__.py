"""The parts of the site's build besides Sphinx."""
