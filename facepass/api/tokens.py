"""/api/v1/auth/…: tokens for members of staff. Partner apps use keys."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt import views

from facepass.api.serializers import NewTokensSerializer, TokensSerializer
from facepass.core.access.rate_limits import LoginThrottle


class TokenView(views.TokenObtainPairView):
    """An access token (15 minutes) and a refresh token (7 days) for a name and a password."""

    throttle_classes = [LoginThrottle]
    keeps_answers = False

    @extend_schema(operation_id="auth_token", tags=["auth"], responses=TokensSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)


class RefreshView(views.TokenRefreshView):
    """New tokens for a refresh token, which is spent thereby."""

    throttle_classes = [LoginThrottle]
    keeps_answers = False

    @extend_schema(operation_id="auth_refresh", tags=["auth"], responses=NewTokensSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return super().post(request, *args, **kwargs)
        except get_user_model().DoesNotExist:  # simplejwt looks the user up without expecting a deleted one
            raise AuthenticationFailed(_("This token is not valid or has expired.")) from None
