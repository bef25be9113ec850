"""Recognition's only tables: which model described a face, and what staff tuned."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from recognition import registry, templates
from recognition.calibration import Calibration


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def current(self) -> "ModelVersion":
        """The row of the engine and template key in use; made at first use. Loads weights only to make it.

        Raises FacePassError 503 (`model_not_installed`, `model_corrupt`) as `registry.engine_in_use` does.
        """
        key = {"contract_id": registry.engine_in_use().contract_id, "template_key_id": templates.template_key_id()}
        found = self.filter(**key).first()
        return found or self.get_or_create(**key, defaults=_described())[0]


def _described() -> dict[str, object]:
    engine = registry.get_engine()
    return {
        "engine": engine.name,
        "model": engine.model,
        "dimension": engine.dimension,
        "calibration": engine.calibration.as_json(),
        "license_name": engine.license.name,
        "commercial_use": engine.license.commercial,
    }


class ModelVersion(models.Model):
    """Weights, preprocessing and template key together. Only descriptors of one version may be compared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engine = models.TextField(_("engine"))
    model = models.TextField(_("model"))
    contract_id = models.TextField(_("contract"))
    template_key_id = models.TextField(_("template key"))
    dimension = models.PositiveSmallIntegerField(_("dimension"))
    calibration = models.JSONField(_("calibration"))
    license_name = models.TextField(_("licence"))
    commercial_use = models.BooleanField(_("commercial use"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[models.Manager["ModelVersion"]] = ModelVersionQuerySet.as_manager()

    class Meta:
        db_table = "model_versions"
        ordering = ["-created_at"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(fields=["contract_id", "template_key_id"], name="model_versions_contract_and_key")
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.model} ({self.contract_id})"

    @property
    def scores(self) -> Calibration:
        """Turns this version's cosines into similarities and back."""
        return Calibration.from_json(self.calibration)


class RecognitionConfig(models.Model):
    """A setting that staff may change while the program runs (see config.py)."""

    key = models.TextField(_("key"), primary_key=True)
    value = models.JSONField(_("value"))
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        db_table = "face_recognition_config"
        ordering = ["key"]
        verbose_name = _("recognition setting")
        verbose_name_plural = _("recognition settings")

    def __str__(self) -> str:
        return self.key
