# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""How single values of an answer are read: the names that the wrapper still imports from here."""

from .values import as_mapping, boolean, integer, integer_or_text, items, number, text

__all__ = ["as_mapping", "boolean", "integer", "integer_or_text", "items", "number", "text"]
