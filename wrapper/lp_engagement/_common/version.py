"""The version, as a constant: an installation may have lost its metadata, as slim packages and frozen programs do."""

__version__ = "0.1.0"
