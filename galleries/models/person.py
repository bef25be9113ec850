import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from facepass.tenancy import TenantQuerySet


class PersonQuerySet(TenantQuerySet["Person"]):
    def with_face_count(self) -> "PersonQuerySet":
        return self.annotate(face_count=models.Count("faces"))


class Person(models.Model):
    """Somebody whom a studio knows by name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="people", verbose_name=_("studio"))
    real_name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True)
    avatar_url = models.TextField(_("avatar"), default="", blank=True)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "people"
        ordering = ["real_name"]
        constraints = [
            models.UniqueConstraint("studio", models.functions.Lower("email"), name="one_person_per_email"),
            models.UniqueConstraint(fields=["studio", "external_id"], name="one_person_per_external_id"),
        ]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.real_name
