"""/api/v1/auth/…: tokens for members of staff. Partner apps use keys."""

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt import views
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer, TokenObtainSerializer

from facepass.api.serializers import NewTokensSerializer, TokensSerializer
from facepass.core.access import actors, token_families
from facepass.core.access.rate_limits import LoginThrottle
from facepass.core.access.sign_in import second_factors
from facepass.core.access.sign_in.second_factors import MAX_CODE_LENGTH
from facepass.core.access.token_families import TokenReused
from facepass.core.api.serializers import StrictSerializer
from facepass.core.api.views import StrictMixin, validate
from facepass.core.errors import FacePassError
from facepass.models import User


class TokenPairSerializer(TokenObtainPairSerializer):
    # The code of a second factor, of who has one.
    otp = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=MAX_CODE_LENGTH)

    @classmethod
    def get_token(cls, user: Any) -> Any:  # as the library types both
        actors.note_signed_in(user)
        return token_families.begin_family(super().get_token(user), user)

    def validate(self, attrs: dict[str, Any]) -> Any:  # as the library types it
        """Check the password before the code, so that nobody learns without it who has a second factor."""
        if not settings.PASSWORD_LOGIN:
            raise FacePassError("password_login_off", _("Nobody signs in by a password here."), status=403)
        TokenObtainSerializer.validate(self, attrs)
        user = cast(User, self.user)  # who was not authenticated was refused
        second_factors.require_code(user, attrs.get("otp", ""))
        refresh = self.get_token(user)
        update_last_login(User, user)
        return {"refresh": str(refresh), "access": str(refresh.access_token)}


class SignOutSerializer(StrictSerializer):
    refresh = serializers.CharField()


class TokenView(StrictMixin, views.TokenObtainPairView):
    """An access token (15 minutes) and a refresh token (7 days) for a name and a password.

    Who has a second factor sends its code, or a recovery code, as `otp` as well.
    """

    throttle_classes = [LoginThrottle]
    serializer_class = TokenPairSerializer
    keeps_answers = False

    @extend_schema(operation_id="auth_token", tags=["auth"], responses=TokensSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().post(request, *args, **kwargs)


class RefreshView(StrictMixin, views.TokenRefreshView):
    """New tokens for a refresh token, which is spent thereby. Used again, it ends all tokens of its sign-in."""

    throttle_classes = [LoginThrottle]
    keeps_answers = False

    @extend_schema(operation_id="auth_refresh", tags=["auth"], responses=NewTokensSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = validate(SignOutSerializer, request.data)
        payload = token_families.read_refresh(values["refresh"])
        token_families.require_owner(payload)
        try:
            with transaction.atomic():
                token_families.hold_unspent(payload)
                return super().post(request, *args, **kwargs)
        except TokenReused:
            token_families.end_family(payload)
            actors.note_signed_out(_find_user(payload))
            raise token_families.invalid_token() from None
        except get_user_model().DoesNotExist:  # simplejwt looks the user up without expecting a deleted one
            raise token_families.invalid_token() from None


class SignOutView(StrictMixin, views.TokenViewBase):
    """Ends all tokens that came of the sign-in to which this refresh token belongs; also if it was spent."""

    throttle_classes = [LoginThrottle]
    serializer_class = SignOutSerializer
    keeps_answers = False

    @extend_schema(
        operation_id="auth_logout",
        tags=["auth"],
        request=SignOutSerializer,
        responses={204: OpenApiResponse(description="The tokens work no more.")},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        payload = token_families.read_refresh(validate(SignOutSerializer, request.data)["refresh"])
        token_families.end_family(payload)
        actors.note_signed_out(_find_user(payload))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find_user(payload: Mapping[str, Any]) -> User | None:
    return User.objects.filter(pk=payload["user_id"]).first()
