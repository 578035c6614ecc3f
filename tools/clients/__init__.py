"""Clients in other languages, made from the same spec with openapi-generator, and tried against the simulator."""
