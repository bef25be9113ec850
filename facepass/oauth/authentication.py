from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from facepass.core.access.authentication import authentication_failure, parse_credentials, record_key_use
from facepass.models import ApiKey


class OAuthAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with a token of `/oauth/token`. `request.user` is the key, with the token's scopes."""

    def authenticate(self, request: Request) -> tuple[ApiKey, AccessToken] | None:
        scheme, token = parse_credentials(request)
        # What has the shape of an API key or of a JWT is for others to judge.
        if scheme != "bearer" or token.startswith("fp_") or token.count(".") == 2:
            return None
        found = OAuth2Validator()._load_access_token(token)
        application = found and found.application
        if not application or not found.is_valid() or not application.is_usable(request):
            raise authentication_failure(request, _("This token is not valid or has expired."))
        key: ApiKey = application.key
        record_key_use(key)
        key.scopes = [scope for scope in key.scopes if scope in found.scopes]
        return key, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
