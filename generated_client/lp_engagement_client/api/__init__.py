# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
"""Contains methods for accessing the API"""
