from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OAuthConfig(AppConfig):
    name = "facepass.oauth"
    label = "facepass_oauth"
    verbose_name = _("OAuth 2.0")

    def ready(self) -> None:
        from facepass.core.work import chores  # noqa: PLC0415 - its models are not loaded when this module is
        from facepass.oauth import schema  # noqa: F401, PLC0415 - registers itself

        chores.register_chore("oauth2_provider.models.clear_expired", every=3600)
