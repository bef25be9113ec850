"""One page that leads to several events of a studio, such as the days of a festival."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facepass.core.access.tenancy import TenantModel, TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from sessions_app.models.session import new_code


def new_hub_code() -> str:
    """Return sixteen random characters, which are 79 bits: it is opened by a link or scanned."""
    return new_code() + new_code()


class HubQuerySet(TenantQuerySet["Hub"]):
    pass


class Hub(TenantModel):
    """The page and its address. It shows the names and days of its events, and nobody's photos."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="hubs", verbose_name=_("studio"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=200)
    code = models.CharField(_("code of the short link"), max_length=16, unique=True, default=new_hub_code)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = HubQuerySet.as_manager()

    class Meta:
        db_table = "event_hubs"
        verbose_name = _("page of several events")
        verbose_name_plural = _("pages of several events")
        constraints = [readable_constraint("event_hubs", moments=["created_at"])]

    def __str__(self) -> str:
        return self.name


class HubEntryQuerySet(TenantQuerySet["HubEntry"]):
    studio_path = "session__studio"


class HubEntry(models.Model):
    """An event is on one such page at most, and leaves it when it is deleted."""

    hub = models.ForeignKey(Hub, models.CASCADE, related_name="entries")
    session = models.OneToOneField("sessions_app.PhotoSession", models.CASCADE, related_name="hub_entry")

    objects = HubEntryQuerySet.as_manager()

    class Meta:
        db_table = "event_hub_entries"
        verbose_name = _("event on a page of several")
        verbose_name_plural = _("events on a page of several")

    def __str__(self) -> str:
        return str(self.pk)
