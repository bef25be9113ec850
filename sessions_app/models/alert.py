"""Alerts: the e-mail about new photos that a guest asked for."""

import hashlib
from datetime import timedelta

from django.db import models
from django.utils import timezone

from facepass.core.database.constraints import readable_constraint
from facepass.core.keys.sealed_fields import SealedField, SealedTextField
from sessions_app.models.guest import GUEST_LIFETIME, Guest

# How long an alert waits to be confirmed.
UNCONFIRMED_LIFETIME = timedelta(days=2)


class AlertQuerySet(models.QuerySet["Alert"]):
    def of_consenting(self) -> "AlertQuerySet":
        """Alerts of guests who have not withdrawn their consent."""
        return self.filter(guest__withdrawn_at=None)

    def expired(self) -> "AlertQuerySet":
        """Alerts that nobody confirmed in time, whose session has ended, or that are too old."""
        now = timezone.now()
        unconfirmed = models.Q(confirmed_at=None, asked_at__lte=now - UNCONFIRMED_LIFETIME)
        closed = models.Q(guest__session__guest_rules__expires_at__lte=now)
        return self.filter(unconfirmed | closed | models.Q(asked_at__lte=now - GUEST_LIFETIME))

    def due(self, *, pause: timedelta) -> "AlertQuerySet":
        """Confirmed alerts of sessions that guests may search, of which no message was sent for that long."""
        open_now = {"guest__session__facepass_enabled": True, "guest__session__gone_at": None}
        searchable = self.of_consenting().filter(**open_now)
        rested = models.Q(told_at=None) | models.Q(told_at__lte=timezone.now() - pause)
        return searchable.filter(rested, confirmed_at__isnull=False)


class Alert(models.Model):
    """A guest's wish to hear of photos that come later. No other row keeps a guest's descriptor.

    Address and descriptor are sealed, and go with the row.
    """

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="alert")
    address = SealedTextField()
    # As `sessions_app.sealing` packs it.
    descriptor = SealedField()
    model_version = models.ForeignKey("recognition.ModelVersion", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    # Photos analysed until then were searched.
    looked_at = models.DateTimeField(default=timezone.now)
    # How many photos were found since the last message, and when sending that began.
    untold = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        db_table = "guest_alerts"
        constraints = [
            readable_constraint("guest_alerts", moments=["asked_at", "confirmed_at", "looked_at", "told_at"])
        ]

    def __str__(self) -> str:
        return str(self.guest_id)

    @property
    def mark(self) -> str:
        """What tells this wish from an earlier one of the guest: when it was asked."""
        return hashlib.sha256(f"{self.pk} {self.asked_at.timestamp()}".encode()).hexdigest()[:32]
