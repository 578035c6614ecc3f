"""A support desk that offers a chat: a small FastAPI application on the SDK, and its tests."""
