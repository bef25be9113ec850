"""Store versions of templates, put them in use and take them back.

Each is one transaction, so that a search never sees parts of two versions.
"""

import hashlib
import json
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.jobs import runner
from galleries.models import Person, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.template import build_templates
from recognition.calibration import Calibration
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from training.learning.templates import EnrolledPeople
from training.models import LIST_NAMES, FaceTrainingSession, TrainingAct

ROWS_AT_ONCE = 5_000


def store_version(
    training: FaceTrainingSession, version: ModelVersion, enrolled: EnrolledPeople, calibration: Calibration
) -> None:
    """Store the templates as the training's version, not in use yet.

    The caller opens a transaction and saves the training. People who were deleted meanwhile get no templates.
    """
    people = Person.objects.filter(studio=training.studio_id).lock_against_deletion()
    owners = enrolled.template_owners()
    rows = [i for i, person in enumerate(owners) if person in people]
    template_set = TemplateSet.objects.create(
        studio_id=training.studio_id,
        number=TemplateSet.objects.next_number(training.studio_id),
        model_version=version,
        digest=compute_version_digest(enrolled, calibration),
        calibration=calibration.as_json(),
    )
    templates = build_templates(template_set, [owners[i] for i in rows], enrolled.templates[rows])
    PersonTemplate.objects.bulk_create(templates, batch_size=ROWS_AT_ONCE)
    training.template_set = template_set


def compute_version_digest(enrolled: EnrolledPeople, calibration: Calibration) -> str:
    """Return the SHA-256 in hex of the calibration and of each template with its person, in the bytes stored."""
    digest = hashlib.sha256(json.dumps(calibration.as_json(), sort_keys=True).encode())
    for person, template in zip(enrolled.template_owners(), enrolled.templates, strict=True):
        digest.update(person.bytes)
        digest.update(template.astype("<f2").tobytes())  # half precision, as the column has it
    return digest.hexdigest()


@transaction.atomic
def activate_version(training: FaceTrainingSession, *, by: str = "", is_listed: bool = False) -> None:
    """Put the training's version in use; nothing happens where it is.

    The names that it would change are listed by a job, unless `is_listed` says that this was done just now.

    Raise FacePassError 409: `nothing_learnt` where the training has no version, `other_model` where another model
    describes the faces now.
    """
    _lock_studio(training.studio_id)
    training.refresh_from_db(fields=["template_set"])
    template_set = training.template_set
    if template_set is None:
        raise nothing_learnt_error()
    if template_set.model_version_id != current_model_version().pk:
        raise FacePassError("other_model", _("Another model describes the faces now. Train again."), status=409)
    if not template_set.active:
        _switch_to(training.studio_id, template_set)
        training.record_act(TrainingAct.Kind.ACTIVATED, by=by)
        if not is_listed:
            _start_listing(template_set)


@transaction.atomic
def roll_back_version(training: FaceTrainingSession, *, by: str) -> TemplateSet | None:
    """Put the version before the training's in use and return it.

    Where there is none return None: names are then given by the nearest faces, as without a training. Raise
    FacePassError 409 `not_active` where the training's version is not in use.
    """
    _lock_studio(training.studio_id)
    training.refresh_from_db(fields=["template_set"])
    if training.template_set is None or not training.template_set.active:
        raise not_active_error()
    former = TemplateSet.objects.find_previous(training.template_set)
    _switch_to(training.studio_id, former)
    training.record_act(TrainingAct.Kind.ROLLED_BACK, by=by)
    if former is not None:
        _start_listing(former)
    training.template_set.active = False
    return former


def require_in_use(training: FaceTrainingSession) -> TemplateSet:
    """Return the training's version. Raise FacePassError 409 `not_active` where it is not what gives the names now."""
    in_use = TemplateSet.objects.in_use(current_model_version()).filter(studio=training.studio_id).first()
    if in_use is None or in_use.pk != training.template_set_id:
        raise not_active_error()
    return in_use


def hold_in_use(training: FaceTrainingSession) -> None:
    """Keep the training's version in use until the transaction ends. Raise as `require_in_use` does."""
    _lock_studio(training.studio_id)
    require_in_use(training)


def _start_listing(template_set: TemplateSet) -> None:
    """Queue the job that lists the names that a version would change which has come into use."""
    training = FaceTrainingSession.objects.filter(template_set=template_set).first()
    if training is not None:
        runner.start_job(LIST_NAMES, studio=training.studio, session_id=str(training.pk))


def nothing_learnt_error() -> FacePassError:
    return FacePassError("nothing_learnt", _("This training produced nothing that can be used."), status=409)


def not_active_error() -> FacePassError:
    return FacePassError("not_active", _("This version is not in use."), status=409)


def _switch_to(studio_id: UUID, template_set: TemplateSet | None) -> None:
    """Put that version in use and mark the faces that it was learnt from. The caller holds the studio's lock."""
    TemplateSet.objects.activate(studio_id, template_set)
    of_studio = PhotoFace.objects.filter(gallery__studio=studio_id)
    of_studio.filter(training_used=True).update(training_used=False)
    training = FaceTrainingSession.objects.filter(template_set=template_set).first() if template_set else None
    used = list_used_faces(training) if training else []
    for start in range(0, len(used), ROWS_AT_ONCE):
        of_studio.filter(pk__in=used[start : start + ROWS_AT_ONCE]).update(training_used=True)


def list_used_faces(training: FaceTrainingSession) -> list[str]:
    """Return the ids of the faces that the training's templates were learnt from."""
    outliers = set(training.metrics.get("odd", []))
    return [pk for pk in training.manifest["faces"] if pk not in outliers]


def _lock_studio(studio_id: UUID) -> None:
    """Let nobody else change versions of the studio until the transaction ends; uploads to it go on."""
    Studio.objects.select_for_update(no_key=True).get(pk=studio_id)
