"""Where a studio's events go, each delivery of one, and what became of every attempt.

A delivery's row is the job. `due_at` is when it may be tried; while a courier tries it, that is the end of its lease,
after which another courier may. `claim` is the fencing token: a courier whose lease has ended writes nothing.
"""

import secrets
import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.core.keys.sealed_fields import SealedTextField
from facepass.models import EventType, OutboxEvent

# How long a delivery is tried, and how long an endpoint may fail before it is switched off.
GIVE_UP_AFTER = timedelta(days=3)
# How long both secrets sign after a rotation.
SECRET_OVERLAP = timedelta(hours=24)
LEASE = timedelta(seconds=60)
# Between attempts; each wait is three times the one before.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=4)


def new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def expiry() -> datetime:
    """Return when a delivery that is created now is given up."""
    return timezone.now() + GIVE_UP_AFTER


class WebhookEndpoint(models.Model):
    """An address of a partner's, and which events of the studio it wants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    url = models.URLField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, default="", blank=True)
    events = ArrayField(models.CharField(max_length=40, choices=EventType.choices), verbose_name=_("events"))
    enabled = models.BooleanField(_("switched on"), default=True)
    secret = SealedTextField(default=new_secret, editable=False)
    previous_secret = SealedTextField(null=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off after failures"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TenantQuerySet["WebhookEndpoint"].as_manager()

    class Meta:
        db_table = "webhook_endpoints"
        ordering = ["-created_at"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            readable_constraint(
                "webhook_endpoints", moments=["previous_secret_until", "failing_since", "disabled_at", "created_at"]
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def secrets(self) -> list[str]:
        """Return the secrets that sign now: the present one, and during a rotation the previous one too."""
        until = self.previous_secret_until
        return [self.secret, *([self.previous_secret or ""] if until and until > timezone.now() else [])]

    def rotate(self) -> None:
        self.previous_secret, self.previous_secret_until = self.secret, timezone.now() + SECRET_OVERLAP
        self.secret = new_secret()
        self.save(update_fields=["secret", "previous_secret", "previous_secret_until"])

    def record_attempt(self, *, delivered: bool) -> bool:
        """Note since when the endpoint has been failing, and return whether it was switched off for that just now."""
        row = WebhookEndpoint.objects.filter(pk=self.pk)
        if delivered:
            row.exclude(failing_since=None).update(failing_since=None)
            return False
        row.update(failing_since=Coalesce("failing_since", Now()))
        hopeless = row.filter(enabled=True, failing_since__lt=Now() - GIVE_UP_AFTER)
        return bool(hopeless.update(enabled=False, disabled_at=Now()))

    def reset_failures(self) -> None:
        """Give an endpoint that somebody switched on again its three days. The caller saves it."""
        self.failing_since = self.disabled_at = None


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("pending")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class DeliveryQuerySet(TenantQuerySet["WebhookDelivery"]):
    studio_path = "endpoint__studio"

    def claim_next(self, *, without: set[uuid.UUID]) -> "WebhookDelivery | None":
        """Claim and return the delivery that has been due for longest, or None.

        `without`: endpoints that have enough requests under way.
        """
        due = self.filter(state=DeliveryState.PENDING, due_at__lte=Now(), endpoint__enabled=True)
        for pk in due.exclude(endpoint__in=without).order_by("due_at", "created_at").values_list("pk", flat=True)[:20]:
            claim = uuid.uuid4()
            free = self.filter(pk=pk, state=DeliveryState.PENDING, due_at__lte=Now())
            free.update(claim=claim, due_at=Now() + LEASE, attempts=models.F("attempts") + 1)
            if mine := self.select_related("endpoint", "event").filter(pk=pk, claim=claim).first():
                return mine
        return None

    def held_by(self, delivery: "WebhookDelivery") -> "DeliveryQuerySet":
        return self.filter(pk=delivery.pk, state=DeliveryState.PENDING, claim=delivery.claim)


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="+", verbose_name=_("event"))
    state = models.CharField(_("status"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claim = models.UUIDField(null=True)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    expires_at = models.DateTimeField(default=expiry)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ["-created_at"]
        constraints = [
            readable_constraint("webhook_deliveries", moments=["due_at", "expires_at", "created_at", "delivered_at"]),
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="deliveries_due")]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.event.type} → {self.endpoint}"

    def record_attempt(self, *, delivered: bool) -> bool:
        """Record how an attempt ended and when the next one is due; False where another courier has the row by now."""
        held = WebhookDelivery.objects.held_by(self)
        if delivered:
            return bool(held.update(state=DeliveryState.DELIVERED, delivered_at=Now(), claim=None))
        # Spread by a tenth, so that deliveries that failed together are not tried together.
        wait = min(FIRST_WAIT * 3 ** min(self.attempts - 1, 10), LONGEST_WAIT) * (0.9 + secrets.randbelow(200) / 1000)
        if timezone.now() + wait > self.expires_at:
            return bool(held.update(state=DeliveryState.FAILED, claim=None))
        return bool(held.update(due_at=Now() + wait, claim=None))

    def replay(self) -> None:
        """Send it again with the same event and id, as if it were new; also one that was delivered."""
        WebhookDelivery.objects.filter(pk=self.pk).update(
            state=DeliveryState.PENDING, attempts=0, claim=None, delivered_at=None, due_at=Now(), expires_at=expiry()
        )
        self.refresh_from_db()


class WebhookAttempt(models.Model):
    """One request and its answer. The body that was sent is the event's."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="log")
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    duration_ms = models.FloatField(_("duration, ms"))
    url = models.CharField(max_length=500)
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    # The first kilobytes of the answer, and a stable code where there was none.
    answer = models.TextField(_("answer"), default="")
    error = models.CharField(_("error"), max_length=40, default="")

    class Meta:
        db_table = "webhook_attempts"
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["id"]
        constraints = [
            readable_constraint(
                "webhook_attempts", moments=["started_at"], numbers=["duration_ms"], json=["request_headers"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
