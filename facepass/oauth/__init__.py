"""OAuth 2.0 for partner apps that want it: the client-credentials grant, by django-oauth-toolkit (`OAUTH2_ENABLED`).

An application stands for an API key: its tokens may do what the key may, or less, in the key's studio, count against
the key's limit, and end with the key.
"""
