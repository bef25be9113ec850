"""The rows of `model_versions` that belong to engines: the current one, made at first use, and that of any engine."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from facepass.core.errors import RETRY_AFTER_SECONDS, FacePassError
from recognition import protected_templates
from recognition.engines import registry
from recognition.engines.base import FaceEngine
from recognition.models import ModelVersion


def current_model_version() -> ModelVersion:
    """Return the row of the engine and template key in use, made at first use. Weights are loaded only to make it.

    Where no installed pack describes as the active version did any more, return the active version: stored faces are
    still compared by it. Raise FacePassError 503: `model_switched` in a process that was started before
    `generate_descriptors` switched to another version, else as `registry.engine_in_use` does.
    """
    contract_id = registry.contract_in_use()
    if not contract_id and (active := ModelVersion.objects.active()):
        return active
    version = ModelVersion.objects.filter(**_identity(contract_id)).first() or get_or_create_model_version(
        registry.get_engine()
    )
    if not version.active:
        _activate_if_first(version)
    return version


def get_or_create_model_version(engine: FaceEngine) -> ModelVersion:
    """Return the row of that engine with the template key in use."""
    values = {
        "engine": engine.name,
        "model": engine.model,
        "dimension": engine.dimension,
        "calibration": engine.calibration.as_json(),
        "license_name": engine.license.name,
        "commercial_use": engine.license.commercial,
    }
    return ModelVersion.objects.get_or_create(**_identity(engine.contract_id), defaults=values)[0]


def refuse_if_switched() -> None:
    """Raise FacePassError 503 `model_switched` where another version became active while this process ran."""
    active = ModelVersion.objects.active()
    if active is None or not registry.switched_since_start(active.pk):
        return
    if active.contract_id != registry.contract_in_use() or active.key_differs:
        message = _("%(model)s describes the faces now. Restart FacePass, which still uses another model.")
        message %= {"model": active.model}
        raise FacePassError("model_switched", message, status=503, retry_after=RETRY_AFTER_SECONDS)


def _identity(contract_id: str) -> dict[str, str]:
    return {"contract_id": contract_id, "template_key_id": protected_templates.template_key_id()}


def _activate_if_first(version: ModelVersion) -> None:
    """Activate the version where none is active yet; else refuse as `refuse_if_switched` does."""
    if ModelVersion.objects.active() is not None:
        refuse_if_switched()
        return
    try:
        with transaction.atomic():
            ModelVersion.objects.activate(version)
    except IntegrityError:
        return  # another process was first
    version.active = True
