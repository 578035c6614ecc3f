"""What the site is made with, besides Sphinx."""
