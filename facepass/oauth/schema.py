"""How the OpenAPI document names OAuth 2.0. Imported only where it is switched on."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from facepass.models import Scope


class OAuthScheme(OpenApiAuthenticationExtension):
    target_class = "facepass.oauth.authentication.OAuthAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {scope.value: str(scope.label) for scope in Scope}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token/", "scopes": scopes}}}
