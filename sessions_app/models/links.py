"""Links that a guest made: to some of their photos for others, and to all of them for themselves."""

import hashlib
import secrets
import uuid

from django.db import models
from django.utils import timezone

from facepass.core.database.constraints import readable_constraint
from sessions_app.models.guest import GUEST_LIFETIME, Guest


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self) -> "ShareLinkQuerySet":
        return self.filter(expires_at__gt=timezone.now(), guest__withdrawn_at=None)


class ShareLink(models.Model):
    """Some of a guest's photos, for whoever holds the link. The link is the row's id, signed (`guest.domain.links`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="shares")
    photos = models.ManyToManyField("sessions_app.FoundPhoto", related_name="shares", db_table="guest_share_photos")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        db_table = "guest_shares"
        ordering = ["-created_at"]
        constraints = [readable_constraint("guest_shares", moments=["expires_at", "created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class ReturnLinkQuerySet(models.QuerySet["ReturnLink"]):
    def expired(self) -> "ReturnLinkQuerySet":
        return self.filter(created_at__lte=timezone.now() - GUEST_LIFETIME)


class ReturnLink(models.Model):
    """A guest's own way back to the photos, on any device. Only a digest of the token is stored."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="return_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReturnLinkQuerySet.as_manager()

    class Meta:
        db_table = "guest_return_links"
        constraints = [readable_constraint("guest_return_links", moments=["created_at"])]

    def __str__(self) -> str:
        return str(self.guest_id)

    @classmethod
    def issue(cls, guest: Guest) -> str:
        """Create a link and return its token, which cannot be had from the row."""
        token = secrets.token_urlsafe(24)
        cls.objects.create(guest=guest, digest=_digest(token))
        return token

    @classmethod
    def find_guest(cls, token: str) -> Guest | None:
        """Return the guest whose link has that token, with the session; None where it has ended."""
        links = cls.objects.filter(digest=_digest(token), guest__withdrawn_at=None)
        link = links.exclude(pk__in=cls.objects.expired()).select_related("guest__session").first()
        return link.guest if link else None


def _digest(token: str) -> str:
    # SHA-256 without salt or stretching suffices: the token has 192 random bits.
    return hashlib.sha256(token.encode()).hexdigest()
