# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Contains endpoint functions for accessing the API"""
