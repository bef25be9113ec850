"""Makes the parts of both clients that follow from docs/openapi.json: see clients/generate.py."""
