from django.urls import path
from rest_framework.routers import DefaultRouter

from facepass.api import keys, tokens, trash

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("admin/keys", keys.KeyViewSet)
router.register("trash", trash.TrashViewSet)

api_urls = [
    path("auth/token/", tokens.TokenView.as_view(), name="auth-token"),
    path("auth/refresh/", tokens.RefreshView.as_view(), name="auth-refresh"),
    path("auth/logout/", tokens.SignOutView.as_view(), name="auth-logout"),
    *router.urls,
]
