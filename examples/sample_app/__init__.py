"""A support desk that offers a chat: a small FastAPI application that uses this SDK, with its tests."""
