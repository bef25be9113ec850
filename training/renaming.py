"""Give the faces of all galleries the names that the version in use gives them, and list what would still change.

Two jobs: `list_name_changes` makes a training's list anew, `apply_name_changes` changes what is listed and then lists
again. What a person decided, before or since, stays.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from django.db import transaction

from facepass.core.work import heartbeats
from galleries.jobs import runner
from galleries.jobs.runner import JobResult, JobTurn
from galleries.models import Job, Person, PhotoFace
from galleries.models.face import FaceCategory
from training import name_changes, versions
from training.candidates import NamingVersion, PersonInPhoto, undecided_faces
from training.models import APPLY_NAMES, LIST_NAMES, FaceTrainingSession, TrainingAct
from training.name_changes import NameChange, id_text
from training.run import StopRequested

ROWS_AT_ONCE = 500
# Percent of a job that changes names, after which the list is made anew.
CHANGED = 50


def start_listing(training: FaceTrainingSession) -> Job:
    """Queue the job that lists the names that the training's version would change now.

    Raise FacePassError 409 `not_active` where the version is not in use.
    """
    versions.require_in_use(training)
    return runner.start_job(LIST_NAMES, studio=training.studio, session_id=str(training.pk))


def start_applying(training: FaceTrainingSession, *, by: str) -> Job:
    """Queue the job that changes the listed names. Raise as `start_listing` does."""
    versions.require_in_use(training)
    return runner.start_job(APPLY_NAMES, studio=training.studio, session_id=str(training.pk), by=by)


def find_jobs(trainings: Iterable[FaceTrainingSession]) -> dict[UUID, Job]:
    """Return the job that lists or changes names now, of each of these trainings that has one, by the training's id."""
    ids = {str(training.pk): training.pk for training in trainings}
    jobs = Job.objects.unfinished().filter(kind__in=[LIST_NAMES, APPLY_NAMES], arguments__session_id__in=list(ids))
    return {ids[job.arguments["session_id"]]: job for job in jobs.order_by("-kind", "-created_at")}


@transaction.atomic
def apply_changes(training: FaceTrainingSession, *, by: str) -> int:
    """Change the listed names in one transaction and return how many were changed.

    Faces that have changed since, or that a person decided about, are left as they are. Raise FacePassError 409
    `not_active` where the training's version is not in use.
    """
    versions.hold_in_use(training)
    applied = sum(_apply_batch(training, batch) for batch in _read_batches(training))
    training.record_act(TrainingAct.Kind.APPLIED, by=by)
    return applied


def run_list_job(turn: JobTurn) -> JobResult | None:
    """Do the job `list_name_changes`, in one turn. A version that is gone or out of use ends it quietly."""
    training = _find_training(turn)
    if training is None or not training.is_active:
        return {}
    try:
        return _list_again(training, _percent_reporter(turn, start=0))
    except StopRequested:
        return None


def run_apply_job(turn: JobTurn) -> JobResult | None:
    """Do the job `apply_name_changes`, in one turn. Each batch is a transaction of its own, and may be done again."""
    training = _find_training(turn)
    if training is None:
        return {}
    try:
        applied = _apply_in_batches(training, _percent_reporter(turn, start=0))
        listed = _list_again(training, _percent_reporter(turn, start=CHANGED))
    except StopRequested:
        return None
    training.record_act(TrainingAct.Kind.APPLIED, by=turn.job.arguments["by"])
    return {**listed, "applied": applied}


def _find_training(turn: JobTurn) -> FaceTrainingSession | None:
    return FaceTrainingSession.objects.filter(pk=turn.job.arguments["session_id"]).first()


def _percent_reporter(turn: JobTurn, *, start: int) -> Callable[[int, int], None]:
    """Return a function that is called with how much is done of how much, from `start` percent of the job on."""

    def report(done: int, total: int) -> None:
        if heartbeats.is_stopping():
            raise StopRequested
        span = CHANGED if start == 0 and turn.job.kind == APPLY_NAMES else 99 - start
        turn.report(done=start + span * done // max(1, total), total=100)

    return report


def _apply_in_batches(training: FaceTrainingSession, report: Callable[[int, int], None]) -> int:
    batches = list(_read_batches(training))
    applied = 0
    for number, batch in enumerate(batches):
        report(number, len(batches))
        with transaction.atomic():
            versions.hold_in_use(training)
            applied += _apply_batch(training, batch)
    return applied


def _list_again(training: FaceTrainingSession, report: Callable[[int, int], None]) -> JobResult:
    """Replace the list by what the training's version would change now; return the numbers."""
    template_set = versions.require_in_use(training)
    total = undecided_faces(training.studio_id).count()
    report(0, total)
    preview = name_changes.preview_changes(
        training.studio_id,
        NamingVersion.from_template_set(template_set),
        progress=lambda done: report(min(done, total), total),
    )
    with transaction.atomic():
        versions.hold_in_use(training)
        training.refresh_from_db(fields=["changes"])
        training.changes = preview.as_json(applied=training.changes.get("applied", 0))
        training.save(update_fields=["changes"])
    return {"training_id": str(training.pk), "session_id": str(training.pk), "would_change": preview.count}


def _read_batches(training: FaceTrainingSession) -> Iterator[Sequence[NameChange]]:
    training.refresh_from_db(fields=["changes"])
    listed = name_changes.read_listed(training.changes)
    return (listed[start : start + ROWS_AT_ONCE] for start in range(0, len(listed), ROWS_AT_ONCE))


def _apply_batch(training: FaceTrainingSession, listed: Sequence[NameChange]) -> int:
    """Change these names, add their number to the training, and return it. The caller holds the version in use."""
    changes = {change.face: change for change in listed}
    locked = undecided_faces(training.studio_id).filter(pk__in=changes).select_for_update(of=("self",))
    faces = list(locked.order_by("pk"))
    people = Person.objects.filter(pk__in={change.becomes for change in listed if change.becomes})
    existing = people.filter(studio=training.studio_id).lock_against_deletion()
    taken = _find_kept_names(training.studio_id, {face.photo_id for face in faces})
    renamed = [face for face in faces if _still_holds(changes[str(face.pk)], face, people=existing, taken=taken)]
    for face in renamed:
        _rename(face, changes[str(face.pk)])
    PhotoFace.objects.bulk_update(renamed, ["person", "recognition_confidence", "face_category"])
    training.refresh_from_db(fields=["changes"])
    training.changes = {**training.changes, "applied": training.changes.get("applied", 0) + len(renamed)}
    training.save(update_fields=["changes"])
    return len(renamed)


def _rename(face: PhotoFace, change: NameChange) -> None:
    face.person_id = UUID(change.becomes) if change.becomes else None
    face.recognition_confidence = change.similarity if change.becomes else None
    face.face_category = FaceCategory.KNOWN if change.becomes else FaceCategory.UNKNOWN


def _find_kept_names(studio_id: UUID, photos: set[UUID]) -> set[PersonInPhoto]:
    """Return who is named in these photos by faces that keep their names."""
    undecided = undecided_faces(studio_id).filter(photo__in=photos)
    named = PhotoFace.objects.filter(photo__in=photos, person__isnull=False).exclude(pk__in=undecided.values("pk"))
    return set(named.order_by().values_list("photo_id", "person_id"))


def _still_holds(change: NameChange, face: PhotoFace, *, people: set[UUID], taken: set[PersonInPhoto]) -> bool:
    """Return whether the face has the name that was listed, and the new person exists and is not in the photo."""
    if id_text(face.person_id) != change.was:
        return False
    becomes = UUID(change.becomes) if change.becomes else None
    return becomes is None or (becomes in people and (face.photo_id, becomes) not in taken)
