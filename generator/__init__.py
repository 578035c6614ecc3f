"""From `openapi/app-engagement.yaml` to everything that is derived from it."""
