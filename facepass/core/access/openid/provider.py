"""The exchange with the provider, by Authlib: the authorization code flow with PKCE, state and nonce."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from joserfc.errors import JoseError

from facepass.core.errors import FacePassError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
# How the libraries fail on a provider that does not answer, or answers otherwise than the standard says.
FAILURES = (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, TypeError, RuntimeError)


def is_offered() -> bool:
    return bool(settings.ENV.oidc_issuer)


def begin(request: HttpRequest, *, answer_url: str) -> HttpResponseBase:
    """Return the redirect to the provider, which sends the browser back to `answer_url`.

    Raise 503 `provider_unavailable`.
    """
    try:
        answer: HttpResponseBase = _client().authorize_redirect(request, answer_url)
    except FAILURES as error:
        log.warning("the OpenID provider did not answer: %s", type(error).__name__)
        text = _("The service to sign in with does not answer. Try again in a minute.")
        raise FacePassError("provider_unavailable", text, status=503, retry_after=60) from error
    return answer


def read_claims(request: HttpRequest) -> Mapping[str, Any]:
    """Return the verified claims of who comes back from the provider, those of its user info behind those of the token.

    Raise 403 `provider_refused` for an answer that is not to our question, or that does not hold.
    """
    client = _client()
    try:
        token = client.authorize_access_token(request, claims_options=_claims_options())
        claims = dict(token["userinfo"])
        told = client.userinfo(token=token) if "userinfo_endpoint" in client.server_metadata else {}
    except FAILURES as error:
        log.warning("a sign-in by OpenID Connect failed: %s", type(error).__name__)
        raise FacePassError("provider_refused", _("Signing in did not work. Try again."), status=403) from error
    is_same = told.get("sub") == claims["sub"]
    return {**told, **claims} if is_same else claims


def _claims_options() -> dict[str, Any]:
    """What the ID token must say, beside what Authlib checks: signature, audience, times, nonce."""
    env = settings.ENV
    return {
        "iss": {"essential": True, "value": env.oidc_issuer},
        "sub": {"essential": True},
        "aud": {"essential": True, "value": env.oidc_client_id},
    }


def _client() -> DjangoOAuth2App:
    env = settings.ENV
    return _build_client(env.oidc_issuer, env.oidc_client_id, env.oidc_client_secret, env.oidc_scopes)


@lru_cache(maxsize=4)
def _build_client(issuer: str, client_id: str, secret: str, scopes: str) -> DjangoOAuth2App:
    """Return the client, which asks for the provider's addresses and keys once."""
    client: DjangoOAuth2App = OAuth().register(
        "provider",
        client_id=client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": scopes, "code_challenge_method": "S256", "default_timeout": TIMEOUT_SECONDS},
    )
    return client
