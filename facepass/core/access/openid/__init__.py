"""Signing in at a provider of OpenID Connect, as an option of the installation (`OIDC_…`).

provider.py   the exchange with the provider, by Authlib: discovery, PKCE, state, nonce, the ID token
claims.py     what a token says of somebody: who they are, and their roles in studios
accounts.py   the account that belongs to them, and its roles
"""
