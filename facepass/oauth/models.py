from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from facepass.models import ApiKey


class Application(AbstractApplication):
    """A client that gets tokens for an API key. The library hashes its secret when it is saved."""

    key = models.OneToOneField(ApiKey, models.CASCADE, related_name="oauth_application", verbose_name=_("API key"))

    class Meta(AbstractApplication.Meta):
        db_table = "oauth_applications"
        verbose_name = _("OAuth application")
        verbose_name_plural = _("OAuth applications")

    @classmethod
    def issue(cls, key: ApiKey) -> tuple["Application", str]:
        """Create a client. Return it and its secret, which cannot be read from the row."""
        made = cls(
            key=key,
            name=key.name,
            client_type=cls.CLIENT_CONFIDENTIAL,
            authorization_grant_type=cls.GRANT_CLIENT_CREDENTIALS,
        )
        secret = str(made.client_secret)
        made.save()
        return made, secret

    def is_usable(self, request: Any) -> bool:
        """Return whether the key can be used. The library calls this before it issues or accepts a token."""
        return ApiKey.objects.usable().filter(pk=self.key_id).exists()
