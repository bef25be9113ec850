"""How members of staff sign in: their second factors, where they are signed in, and who they are at a provider."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.database.constraints import readable_constraint
from facepass.core.keys.sealed_fields import SealedField
from facepass.models.accounts import User


class SignInMethod(models.TextChoices):
    PASSWORD = "password", _("password")
    PASSWORD_AND_CODE = "password_code", _("password and code")
    RECOVERY_CODE = "recovery_code", _("password and recovery code")
    PASSKEY = "passkey", _("passkey")
    PROVIDER = "provider", _("single sign-on")


class TotpSecret(models.Model):
    """The secret that a member's authenticator app shares with FacePass, sealed; it has been confirmed by a code."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="totp_secret")
    secret = SealedField()
    # Of the code that was accepted last: it and all before it are refused from then on.
    last_step = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "totp_secrets"
        constraints = [readable_constraint("totp_secrets", moments=["created_at"])]

    def __str__(self) -> str:
        return f"app of {self.user}"


class RecoveryCode(models.Model):
    """A code for who lost the second factor. It works once, and only its digest is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "recovery_codes"
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_codes_once"),
            readable_constraint("recovery_codes", moments=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user}"


class Passkey(models.Model):
    """A public key whose private one never leaves the member's device or password manager (WebAuthn)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=100)
    # For which host name browsers offer it.
    host = models.CharField(max_length=253)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    # WebAuthn's attested credential data: id and public key.
    credential = models.BinaryField()
    # As the authenticator counts its uses; 0 for those that do not.
    use_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "passkeys"
        ordering = ["created_at"]
        constraints = [readable_constraint("passkeys", moments=["created_at", "last_used_at"])]

    def __str__(self) -> str:
        return self.name


class SignIn(models.Model):
    """A browser in which a member is signed in to the admin. It goes with its session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    # The key under which the session is stored, a digest of the cookie (`core.access.sign_in.session_store`).
    session_key = models.CharField(max_length=40, unique=True)
    method = models.CharField(max_length=20, choices=SignInMethod.choices, default=SignInMethod.PASSWORD)
    browser = models.CharField(max_length=60)
    # The network only: the last part of the address is left out.
    address = models.CharField(max_length=50)
    created_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "sign_ins"
        ordering = ["-last_seen_at"]
        constraints = [readable_constraint("sign_ins", moments=["created_at", "last_seen_at"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.browser}"


class ProviderIdentity(models.Model):
    """Who a member is at the provider by which they sign in (OpenID Connect)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="provider_identity")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "provider_identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="provider_identities_once"),
            readable_constraint("provider_identities", moments=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.issuer}"
