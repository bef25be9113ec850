"""The tables of recognition: which model described a face, and the settings that staff tuned."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from facepass.core.database.advisory_locks import LockPurpose, lock_for_transaction
from facepass.core.database.constraints import readable_constraint
from facepass.core.database.storable_values import check_json
from recognition import protected_templates
from recognition.calibration import Calibration


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """`recognition.model_versions` finds and makes the row of an engine."""

    def active(self) -> "ModelVersion | None":
        """Return the version whose descriptors searches compare; None before the first one is used."""
        return self.filter(active=True).first()

    def previous(self) -> "ModelVersion | None":
        """Return the version that was active before, as long as its descriptors are kept."""
        return self.filter(active=False, activated_at__isnull=False).order_by("-activated_at").first()

    def activate(self, version: "ModelVersion") -> None:
        """Make it the one active version of this installation. The caller opens a transaction."""
        self.filter(active=True).exclude(pk=version.pk).update(active=False)
        self.filter(pk=version.pk, active=False).update(active=True, activated_at=Now())

    def prevent_switch(self) -> None:
        """Wait for a switch under way, and let nobody switch until the caller's transaction ends."""
        lock_for_transaction(LockPurpose.MODEL_SWITCH, shared=True)

    def lock_for_switch(self) -> None:
        """Let nobody else write faces until the caller's transaction ends."""
        lock_for_transaction(LockPurpose.MODEL_SWITCH)


class ModelVersion(models.Model):
    """Weights, preprocessing and template key together. Only descriptors of the same version may be compared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engine = models.TextField(_("engine"))
    model = models.TextField(_("model"))
    contract_id = models.TextField(_("contract"))
    template_key_id = models.TextField(_("template key"))
    dimension = models.PositiveSmallIntegerField(_("dimension"))
    calibration = models.JSONField(_("calibration"))
    license_name = models.TextField(_("licence"))
    commercial_use = models.BooleanField(_("commercial use"))
    active = models.BooleanField(
        _("in use"), default=False, help_text=_("Its descriptors are those that searches compare.")
    )
    activated_at = models.DateTimeField(_("in use since"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[models.Manager["ModelVersion"]] = ModelVersionQuerySet.as_manager()

    class Meta:
        db_table = "model_versions"
        ordering = ["-created_at"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            readable_constraint("model_versions", json=["calibration"], moments=["activated_at", "created_at"]),
            models.UniqueConstraint(fields=["contract_id", "template_key_id"], name="model_versions_contract_and_key"),
            models.UniqueConstraint(
                fields=["active"], condition=models.Q(active=True), name="one_active_model_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engine} {self.model} ({self.contract_id})"

    @property
    def key_differs(self) -> bool:
        """Whether its descriptors were made with another TEMPLATE_KEY than this process has."""
        return self.template_key_id != protected_templates.template_key_id()

    @property
    def scores(self) -> Calibration:
        """The map between this version's cosines and similarities."""
        return Calibration.from_json(self.calibration)


class RecognitionConfig(models.Model):
    """A setting that staff may change while the program runs (see config.py)."""

    key = models.TextField(_("key"), primary_key=True)
    value = models.JSONField(_("value"), validators=[check_json])
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        db_table = "face_recognition_config"
        ordering = ["key"]
        verbose_name = _("recognition setting")
        verbose_name_plural = _("recognition settings")
        constraints = [readable_constraint("face_recognition_config", json=["value"], moments=["updated_at"])]

    def __str__(self) -> str:
        return self.key


class RecognitionOverride(models.Model):
    """The settings that a studio, or one of its events, has otherwise than the installation (see overrides.py).

    `session_id`: the photo session, which may live in another database; null for the whole studio.
    """

    studio = models.ForeignKey("facepass.Studio", models.CASCADE, related_name="+", verbose_name=_("studio"))
    session_id = models.UUIDField(_("photo session"), null=True, blank=True)
    value = models.JSONField(_("value"), validators=[check_json])
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        db_table = "face_recognition_overrides"
        ordering = ["pk"]
        verbose_name = _("recognition setting of a studio")
        verbose_name_plural = _("recognition settings of studios")
        constraints = [
            readable_constraint("face_recognition_overrides", json=["value"], moments=["updated_at"]),
            models.UniqueConstraint(
                fields=["studio", "session_id"], nulls_distinct=False, name="one_override_per_studio_and_session"
            ),
        ]

    def __str__(self) -> str:
        return str(self.session_id or self.studio_id)


class RecognitionConfigChange(models.Model):
    """Who changed which setting, and its value before and after. Rows are written by config.py and overrides.py, and
    never changed.

    `studio` and `session_id`: whose setting it is; with no studio the installation's.
    """

    key = models.TextField(_("key"))
    studio = models.ForeignKey("facepass.Studio", models.CASCADE, null=True, related_name="+", verbose_name=_("studio"))
    session_id = models.UUIDField(_("photo session"), null=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"))
    # Text, not a foreign key: the account or API key may have been deleted since.
    changed_by = models.TextField(_("changed by"), default="", blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        db_table = "face_recognition_config_changes"
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        constraints = [
            readable_constraint("face_recognition_config_changes", json=["before", "after"], moments=["changed_at"])
        ]

    def __str__(self) -> str:
        moment = date_format(timezone.localtime(self.changed_at), "DATETIME_FORMAT")
        return f"{self.key}, {moment}"
