"""Versions of templates: kept, put in use, taken back. Each is one transaction, so a search sees one version, whole."""

import hashlib
import json
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.errors import FacePassError
from facepass.models import Studio
from galleries.models import Person, PersonTemplate, PhotoFace, TemplateSet
from galleries.models.template import build_templates
from recognition.calibration import Calibration
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from training.learning.templates import Enrolled
from training.models import FaceTrainingSession, TrainingAct

ROWS_AT_ONCE = 5_000


def keep(session: FaceTrainingSession, version: ModelVersion, enrolled: Enrolled, calibration: Calibration) -> None:
    """As the session's version, not in use yet. Whoever was deleted meanwhile has no templates. In a transaction."""
    people = Person.objects.filter(studio=session.studio_id).lock_against_deletion()
    owners = enrolled.owners()
    rows = [i for i, person in enumerate(owners) if person in people]
    made = TemplateSet.objects.create(
        studio_id=session.studio_id,
        number=TemplateSet.objects.next_number(session.studio_id),
        model_version=version,
        digest=digest_of(enrolled, calibration),
        calibration=calibration.as_json(),
    )
    templates = build_templates(made, [owners[i] for i in rows], enrolled.templates[rows])
    PersonTemplate.objects.bulk_create(templates, batch_size=ROWS_AT_ONCE)
    session.template_set = made


def digest_of(enrolled: Enrolled, calibration: Calibration) -> str:
    """SHA-256 in hex of whose templates these are, of their bytes as they are stored, and of the calibration."""
    found = hashlib.sha256(json.dumps(calibration.as_json(), sort_keys=True).encode())
    for person, vector in zip(enrolled.owners(), enrolled.templates, strict=True):
        found.update(person.bytes)
        found.update(vector.astype("<f2").tobytes())
    return found.hexdigest()


@transaction.atomic
def activate(session: FaceTrainingSession, *, by: str = "") -> None:
    """Names are given by this version from now on; what is active already stays so.

    Raises FacePassError 409: `nothing_learnt` where the session has no version, `other_model` where another model
    describes the faces now.
    """
    _lock(session.studio_id)
    session.refresh_from_db(fields=["template_set"])
    chosen = session.template_set
    if chosen is None:
        raise nothing_learnt()
    if chosen.model_version_id != current_model_version().pk:
        raise FacePassError("other_model", _("Another model describes the faces now. Train again."), status=409)
    if not chosen.active:
        _use(session.studio_id, chosen)
        session.note(TrainingAct.Kind.ACTIVATED, by=by)


@transaction.atomic
def roll_back(session: FaceTrainingSession, *, by: str) -> TemplateSet | None:
    """Takes the session's version out of use, for the one before it, which is returned; None: names are given by the
    nearest faces, as without a training.

    Raises FacePassError 409 `not_active` where it is not in use.
    """
    _lock(session.studio_id)
    session.refresh_from_db(fields=["template_set"])
    if session.template_set is None or not session.template_set.active:
        raise not_active()
    former = TemplateSet.objects.before(session.template_set)
    _use(session.studio_id, former)
    session.note(TrainingAct.Kind.ROLLED_BACK, by=by)
    session.template_set.active = False
    return former


def nothing_learnt() -> FacePassError:
    return FacePassError("nothing_learnt", _("This training produced nothing that can be used."), status=409)


def not_active() -> FacePassError:
    return FacePassError("not_active", _("This version is not in use."), status=409)


def _use(studio_id: UUID, chosen: TemplateSet | None) -> None:
    TemplateSet.objects.use(studio_id, chosen)
    of_studio = PhotoFace.objects.filter(gallery__studio=studio_id)
    of_studio.filter(training_used=True).update(training_used=False)
    made_by = FaceTrainingSession.objects.filter(template_set=chosen).first() if chosen else None
    used = used_faces(made_by) if made_by else []
    for start in range(0, len(used), ROWS_AT_ONCE):
        of_studio.filter(pk__in=used[start : start + ROWS_AT_ONCE]).update(training_used=True)


def used_faces(session: FaceTrainingSession) -> list[str]:
    """Those that are in its templates."""
    odd = set(session.metrics.get("odd", []))
    return [pk for pk in session.manifest["faces"] if pk not in odd]


def _lock(studio_id: UUID) -> None:
    """Who changes versions in a studio waits for whoever is doing so."""
    Studio.objects.select_for_update().get(pk=studio_id)
