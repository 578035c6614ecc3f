# DO NOT EDIT. Generated from openapi/app-engagement.yaml by `make generate`.
