"""What a training learnt of a studio's people: sets of templates, of which at most one is in use.

A template is a mean of protected descriptors of one person, so it is protected as they are, by the same TEMPLATE_KEY,
and like them it names its model version. A person who is deleted takes their templates along, out of every version.
"""

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import CosineDistance, HalfVectorField

from facepass.core.access.tenancy import TenantQuerySet
from facepass.core.database.constraints import readable_constraint
from galleries.models.person import Person
from recognition.calibration import Calibration
from recognition.models import ModelVersion
from recognition.types import DESCRIPTOR_DIMENSION, FloatArray


class TemplateSetQuerySet(TenantQuerySet["TemplateSet"]):
    def in_use(self, version: ModelVersion) -> "TemplateSetQuerySet":
        """Sets with which a descriptor of that model version may be compared."""
        return self.filter(active=True, model_version=version)

    def find_previous(self, newer: "TemplateSet") -> "TemplateSet | None":
        """Return the version to go back to: the last one before `newer` that was in use, of the same model."""
        older = self.filter(studio=newer.studio_id, model_version=newer.model_version_id, number__lt=newer.number)
        return older.exclude(activated_at=None).order_by("-number").first()

    def next_number(self, studio_id: uuid.UUID) -> int:
        """Return the number of the studio's next version. To be called in the transaction that uses it."""
        last = self.filter(studio=studio_id).aggregate(last=models.Max("number"))["last"]
        return (last or 0) + 1

    def activate(self, studio_id: uuid.UUID, chosen: "TemplateSet | None") -> None:
        """Make it the one set in use in that studio, or none. To be called in a transaction."""
        self.filter(studio=studio_id, active=True).update(active=False)
        if chosen is not None:
            self.filter(pk=chosen.pk, studio=studio_id).update(active=True, activated_at=Now())
            chosen.active = True


class TemplateSet(models.Model):
    """`digest`: SHA-256 in hex of the templates as they were made, and of the calibration."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    number = models.PositiveIntegerField(_("version"))
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+", verbose_name=_("model"))
    digest = models.CharField(max_length=64)
    calibration = models.JSONField(_("calibration"))
    active = models.BooleanField(_("in use"), default=False)
    activated_at = models.DateTimeField(_("in use since"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TemplateSetQuerySet.as_manager()

    class Meta:
        db_table = "template_sets"
        ordering = ["-created_at"]
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        constraints = [
            readable_constraint("template_sets", json=["calibration"], moments=["activated_at", "created_at"]),
            models.UniqueConstraint(fields=["studio", "number"], name="one_template_set_per_number"),
            models.UniqueConstraint(fields=["studio"], condition=models.Q(active=True), name="one_active_template_set"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def scores(self) -> Calibration:
        """Return what turns cosines to these templates into similarities (see `matching.identification`), and back."""
        return Calibration.from_json(self.calibration)


class PersonTemplateQuerySet(models.QuerySet["PersonTemplate"]):
    def nearest_people(self, descriptor: FloatArray, *, limit: int) -> dict[uuid.UUID, float]:
        """Return the people whose best template is nearest to the descriptor, with its cosine; best first."""
        distance = CosineDistance("descriptor", descriptor)
        people = self.order_by().values("person").annotate(distance=models.Min(distance))
        rows = people.order_by("distance").values_list("person", "distance")[:limit]
        return {person: 1 - found for person, found in rows}


class PersonTemplate(models.Model):
    """How a person looks at one time; whoever looks different at different times has several in a set."""

    id = models.BigAutoField(primary_key=True)
    template_set = models.ForeignKey(TemplateSet, models.CASCADE, related_name="templates")
    person = models.ForeignKey(Person, models.CASCADE, related_name="templates")
    descriptor = HalfVectorField(dimensions=DESCRIPTOR_DIMENSION, editable=False)

    objects = PersonTemplateQuerySet.as_manager()

    class Meta:
        db_table = "person_templates"
        verbose_name = _("template of a person")
        verbose_name_plural = _("templates of people")

    def __str__(self) -> str:
        return str(self.person_id)


def build_templates(
    templates: TemplateSet, people: Iterable[uuid.UUID], descriptors: FloatArray
) -> list[PersonTemplate]:
    """Return unsaved rows: one template for each person, in order. `descriptors`: float32 (n, 512), protected."""
    return [
        PersonTemplate(template_set=templates, person_id=person, descriptor=descriptor)
        for person, descriptor in zip(people, descriptors, strict=True)
    ]
