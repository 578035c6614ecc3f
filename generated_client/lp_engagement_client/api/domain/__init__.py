# DO NOT EDIT. Made from openapi/app-engagement.yaml by `make generate`.
