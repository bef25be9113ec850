"""How often guests and partners did what with a session on one day, and how often partners searched by which key.

Nothing says who it was.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from facepass.models import ApiKey
from sessions_app.models.session import PhotoSession


class SessionDayQuerySet(TenantQuerySet["SessionDay"]):
    studio_path = "session__studio"


class SessionDay(models.Model):
    """The counts of a session and a day in the zone of its studio. `sessions_app.analytics` writes and sums them."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(PhotoSession, models.CASCADE, related_name="days", verbose_name=_("photo session"))
    day = models.DateField(_("day"))
    searches = models.PositiveIntegerField(_("searches"), default=0)
    hits = models.PositiveIntegerField(_("searches that found photos"), default=0)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    favourites = models.PositiveIntegerField(_("favourites"), default=0)
    consents = models.PositiveIntegerField(_("consents"), default=0)
    # How many of the searches took how long: a number for each bucket of `analytics.BUCKET_BOUNDS_MS`.
    took = ArrayField(models.PositiveIntegerField(), default=list)

    objects = SessionDayQuerySet.as_manager()

    class Meta:
        db_table = "session_days"
        ordering = ["-day", "session"]
        constraints = [
            readable_constraint("session_days", days=["day"]),
            models.UniqueConstraint(fields=["session", "day"], name="one_row_per_session_and_day"),
        ]
        indexes = [models.Index(fields=["day"])]
        verbose_name = _("day of a photo session")
        verbose_name_plural = _("analytics")

    def __str__(self) -> str:
        return f"{self.session} · {date_format(self.day, 'DATE_FORMAT')}"


class KeyDayQuerySet(TenantQuerySet["KeyDay"]):
    studio_path = "key__studio"


class KeyDay(models.Model):
    """The searches of sessions by a key on a day in the zone of its studio; they are among those of the sessions."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="days", verbose_name=_("API key"))
    day = models.DateField(_("day"))
    searches = models.PositiveIntegerField(_("searches"), default=0)
    hits = models.PositiveIntegerField(_("searches that found photos"), default=0)

    objects = KeyDayQuerySet.as_manager()

    class Meta:
        db_table = "key_days"
        ordering = ["key", "day"]
        constraints = [
            readable_constraint("key_days", days=["day"]),
            models.UniqueConstraint(fields=["key", "day"], name="one_row_per_key_and_day"),
        ]
        verbose_name = _("day of an API key")
        verbose_name_plural = _("usage by key")

    def __str__(self) -> str:
        return f"{self.key} · {date_format(self.day, 'DATE_FORMAT')}"
