from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from facepass.core.access.tenancy import TenantQuerySet
from galleries.models.cluster import Occasion
from galleries.models.gallery import Gallery


class SuggestionCountQuerySet(TenantQuerySet["SuggestionCount"]):
    def record(self, occasion: Occasion, number: int) -> None:
        """Set the occasion's number."""
        values = {"number": number, "noted_at": Now()}
        self.update_or_create(studio_id=occasion.studio_id, occasion=occasion.key, defaults=values)

    def orphaned(self) -> "SuggestionCountQuerySet":
        """Counts of photo sessions and galleries that were deleted."""
        galleries = Gallery.objects.filter(Q(session_id=OuterRef("occasion")) | Q(pk=OuterRef("occasion")))
        return self.exclude(Exists(galleries))


class SuggestionCount(models.Model):
    """How many pairs of groups that may be one person an occasion had when its faces were last grouped.

    It is stored, because to count them all groups of the occasion have to be compared.
    """

    id = models.BigAutoField(primary_key=True)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+")
    # See `Occasion.key`.
    occasion = models.UUIDField()
    number = models.PositiveIntegerField()
    noted_at = models.DateTimeField(db_default=Now())

    objects = SuggestionCountQuerySet.as_manager()

    class Meta:
        db_table = "suggestion_counts"
        verbose_name = _("number of similar groups")
        verbose_name_plural = _("numbers of similar groups")
        constraints = [models.UniqueConstraint(fields=["studio", "occasion"], name="one_count_per_occasion")]

    def __str__(self) -> str:
        return f"{self.occasion} {self.number}"


def delete_orphaned_counts() -> None:
    """Delete counts of occasions that were deleted. A chore."""
    SuggestionCount.objects.orphaned().delete()
