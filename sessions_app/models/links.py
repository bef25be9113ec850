"""What a guest left behind on purpose: links, a wish to hear of new photos, a wish not to be found."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable
from sessions_app.models.guest import LASTS, Guest

# A wish for news that nobody confirmed.
UNCONFIRMED = timedelta(days=2)


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def live(self) -> "ShareLinkQuerySet":
        return self.filter(expires_at__gt=timezone.now(), guest__withdrawn_at=None)


class ShareLink(models.Model):
    """Some of a guest's photos, for whoever holds the link. The link is the row's id, signed: see `guest.tokens`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="shares")
    photos = models.ManyToManyField("sessions_app.FoundPhoto", related_name="shares", db_table="guest_share_photos")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        db_table = "guest_shares"
        ordering = ["-created_at"]
        constraints = [readable("guest_shares", moments=["expires_at", "created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class ReturnLinkQuerySet(models.QuerySet["ReturnLink"]):
    def over(self) -> "ReturnLinkQuerySet":
        return self.filter(created_at__lte=timezone.now() - LASTS)


class ReturnLink(models.Model):
    """A guest's own way back to the photos, on any device. Only a digest of the token is stored."""

    guest = models.ForeignKey(Guest, models.CASCADE, related_name="return_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReturnLinkQuerySet.as_manager()

    class Meta:
        db_table = "guest_return_links"
        constraints = [readable("guest_return_links", moments=["created_at"])]

    def __str__(self) -> str:
        return str(self.guest_id)

    @classmethod
    def issue(cls, guest: Guest) -> str:
        """The token of a new link. It can not be had from the row."""
        token = secrets.token_urlsafe(24)
        cls.objects.create(guest=guest, digest=_digest(token))
        return token

    @classmethod
    def guest_of(cls, token: str) -> Guest | None:
        links = cls.objects.filter(digest=_digest(token), guest__withdrawn_at=None)
        link = links.exclude(pk__in=cls.objects.over()).select_related("guest__session").first()
        return link.guest if link else None


def _digest(token: str) -> str:
    """SHA-256 suffices: the token has 192 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


class AlertQuerySet(models.QuerySet["Alert"]):
    def over(self) -> "AlertQuerySet":
        """Those that end by themselves: nobody confirmed them, the session's time is up, or they are too old."""
        now = timezone.now()
        unconfirmed = models.Q(confirmed_at=None, asked_at__lte=now - UNCONFIRMED)
        closed = models.Q(guest__session__guest_rules__expires_at__lte=now)
        return self.filter(unconfirmed | closed | models.Q(asked_at__lte=now - LASTS))

    def due(self, *, pause: timedelta) -> "AlertQuerySet":
        """Confirmed, in a session that guests may search, and not told anything for that long."""
        open_ones = self.filter(
            guest__withdrawn_at=None, guest__session__facepass_enabled=True, guest__session__gone_at=None
        )
        rested = models.Q(told_at=None) | models.Q(told_at__lte=timezone.now() - pause)
        return open_ones.filter(rested, confirmed_at__isnull=False)


class Alert(models.Model):
    """A guest wants to hear of photos that come later. This row is the one place that keeps a guest's descriptor.

    Address and descriptor are sealed (`sessions_app.sealing`), and go with the row.
    """

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="alert")
    address = models.BinaryField()
    descriptor = models.BinaryField()
    model_version = models.ForeignKey("recognition.ModelVersion", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    # Photos analysed until then have been looked at.
    looked_at = models.DateTimeField(default=timezone.now)
    # Photos that were found since the last message, and when that was begun.
    untold = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        db_table = "guest_alerts"
        constraints = [readable("guest_alerts", moments=["asked_at", "confirmed_at", "looked_at", "told_at"])]

    def __str__(self) -> str:
        return str(self.guest_id)


class HidingQuerySet(TenantQuerySet["Hiding"]):
    studio_path = "session__studio"


class Hiding(models.Model):
    """A guest does not want to be found by others in this session. It outlives the guest's own row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("sessions_app.PhotoSession", models.CASCADE, related_name="hidings")
    # None once the guest is forgotten: from then on nobody finds them.
    guest = models.OneToOneField(Guest, models.SET_NULL, null=True, related_name="hiding")
    created_at = models.DateTimeField(_("asked"), default=timezone.now)

    objects = HidingQuerySet.as_manager()

    class Meta:
        db_table = "guest_hidings"
        ordering = ["-created_at"]
        verbose_name = _("guest who is not to be found")
        verbose_name_plural = _("guests who are not to be found")
        constraints = [readable("guest_hidings", moments=["created_at"])]

    def __str__(self) -> str:
        return str(self.pk)


class HiddenFace(models.Model):
    hiding = models.ForeignKey(Hiding, models.CASCADE, related_name="faces")
    face = models.ForeignKey("galleries.PhotoFace", models.CASCADE, related_name="+")
    # The other faces of its group too, also those that join it later.
    with_group = models.BooleanField()

    class Meta:
        db_table = "guest_hidden_faces"
        constraints = [models.UniqueConstraint(fields=["hiding", "face"], name="one_hidden_face_per_hiding")]

    def __str__(self) -> str:
        return str(self.face_id)
