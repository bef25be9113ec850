"""Recognition's only tables: which model described a face, and what staff tuned."""

import uuid
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from facepass.core.database.advisory_locks import LockPurpose, lock_for_transaction
from facepass.core.database.constraints import readable
from facepass.core.database.storable_values import check_json
from facepass.core.errors import RETRY_AFTER_SECONDS, FacePassError
from recognition import protected_templates
from recognition.calibration import Calibration
from recognition.engines import registry
from recognition.engines.base import FaceEngine


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def current(self) -> "ModelVersion":
        """The row of the engine and template key in use; made at first use. Loads weights only to make it.

        Where nothing describes as the active version did any more, that one: stored faces are still compared by it.
        Raises FacePassError 503: `model_switched` in a process that was started before `generate_descriptors` switched
        to another version, else `model_not_installed` or `model_corrupt` as `registry.engine_in_use` does.
        """
        contract_id = registry.contract_in_use()
        if not contract_id and (active := self.active()):
            return active
        found = self.filter(**_key(contract_id)).first() or self.of_engine(registry.get_engine())
        if not found.active:
            self._settle(found)
        return found

    def of_engine(self, engine: FaceEngine) -> "ModelVersion":
        """The row of that engine with the template key in use, made where there is none."""
        return self.get_or_create(**_key(engine.contract_id), defaults=_described(engine))[0]

    def active(self) -> "ModelVersion | None":
        return self.filter(active=True).first()

    def previous(self) -> "ModelVersion | None":
        """What was active before, as long as its descriptors are kept."""
        return self.filter(active=False, activated_at__isnull=False).order_by("-activated_at").first()

    def named_active(self) -> "registry.Active | None":
        """For the registry. A table or a column that is not there yet leaves the caller's transaction whole."""
        with transaction.atomic():
            found = self.active()
        return found.named() if found else None

    def activate(self, version: "ModelVersion") -> None:
        """Makes it the one active version of this installation; to be called in a transaction."""
        self.filter(active=True).exclude(pk=version.pk).update(active=False)
        self.filter(pk=version.pk, active=False).update(active=True, activated_at=Now())

    def keep(self) -> None:
        """Until the caller's transaction ends nobody switches; a switch under way is waited for."""
        lock_for_transaction(LockPurpose.MODEL_SWITCH, shared=True)

    def keep_alone(self) -> None:
        """Until the caller's transaction ends nobody else writes faces."""
        lock_for_transaction(LockPurpose.MODEL_SWITCH)

    def refuse_if_switched(self) -> None:
        """Raises FacePassError 503 `model_switched` where another version became active while this process ran."""
        active = self.active()
        if active is None or not registry.switched_since(active.pk):
            return
        if active.contract_id != registry.contract_in_use() or active.key_differs:
            message = _t("%(model)s describes the faces now. Restart FacePass, which still uses another model.")
            message %= {"model": active.model}
            raise FacePassError("model_switched", message, status=503, retry_after=RETRY_AFTER_SECONDS)

    def _settle(self, found: "ModelVersion") -> None:
        if self.active() is None:
            self._activate_first(found)
        else:
            self.refuse_if_switched()

    def _activate_first(self, found: "ModelVersion") -> None:
        try:
            with transaction.atomic():
                self.activate(found)
        except IntegrityError:
            return  # another process was first
        found.active = True


def _key(contract_id: str) -> dict[str, str]:
    return {"contract_id": contract_id, "template_key_id": protected_templates.template_key_id()}


def _described(engine: FaceEngine) -> dict[str, object]:
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
            readable("model_versions", json=["calibration"], moments=["activated_at", "created_at"]),
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

    def named(self) -> registry.Active:
        return registry.Active(self.pk, self.engine, self.model, self.contract_id)

    @property
    def scores(self) -> Calibration:
        """Turns this version's cosines into similarities and back."""
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
        constraints = [readable("face_recognition_config", json=["value"], moments=["updated_at"])]

    def __str__(self) -> str:
        return self.key


class RecognitionConfigChange(models.Model):
    """Who changed which setting, and what it was before. Written by `config.save`, read only ever after."""

    key = models.TextField(_("key"))
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"))
    # In words: an account or a key may be gone by the time somebody asks.
    changed_by = models.TextField(_("changed by"), default="", blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        db_table = "face_recognition_config_changes"
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("change of settings")
        verbose_name_plural = _("changes of settings")
        constraints = [readable("face_recognition_config_changes", json=["before", "after"], moments=["changed_at"])]

    def __str__(self) -> str:
        return f"{self.key} {self.changed_at:%Y-%m-%d %H:%M}"
