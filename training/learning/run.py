"""A training: from verified faces to a version of templates, judged on what was held out.

Everything is computed before anything is written, and written in one transaction, so a run that is killed leaves no
trace but its row, and the next worker begins again.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import events, notices
from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.models import EventType, NoticeKind, Studio
from galleries.jobs import runner
from galleries.jobs.runner import ClaimLost, JobTurn
from galleries.matching.identification import FACES_PER_PERSON, default_threshold
from galleries.models import Job
from recognition.model_versions import current_model_version
from training import name_changes, versions
from training.learning import evaluation, preparation, score_calibration
from training.learning.dataset import Dataset, Faces, Part
from training.learning.evaluation import Judged
from training.learning.scoring import MOST_PROBES, Compare, Progress, calibrated, score, some
from training.learning.templates import Learnt, learn
from training.models import FaceTrainingSession, TrainingAct

KIND = "train"
# A run takes from seconds to minutes.
RETRY_SECONDS = 30
Status = FaceTrainingSession.Status


class Stopped(Exception):
    """The worker is asked to stop: another one begins again."""


def execute(studio: Studio, *, by: str, prepared: FaceTrainingSession | None = None) -> FaceTrainingSession:
    """Starts a run, of the prepared session where one is given; the session, whose `job` says how far it is.

    Raises FacePassError 409: `nothing_to_train` without any verified face, `training_running` while a run of the studio
    is under way, `already_run` where the session has had its run.
    """
    if not preparation.is_anything(studio):
        raise preparation.nothing_to_train()
    FaceTrainingSession.objects.filter(studio=studio).settle()
    try:
        with transaction.atomic():
            session = _claimed(prepared) if prepared else FaceTrainingSession(studio=studio)
            session.status, session.started_by, session.started_at = Status.RUNNING, by, timezone.now()
            session.save()
            session.job = runner.start_job(KIND, studio=studio, session_id=str(session.pk))
            session.save(update_fields=["job"])
            session.note(TrainingAct.Kind.STARTED, by=by)
    except IntegrityError as error:
        message = _("A training of this studio is already running. Wait for it to finish, or cancel it.")
        raise FacePassError("training_running", message, status=409, retry_after=RETRY_SECONDS) from error
    return session


def _claimed(prepared: FaceTrainingSession) -> FaceTrainingSession:
    waiting = FaceTrainingSession.objects.filter(pk=prepared.pk, status=Status.PENDING).select_for_update()
    found = waiting.first()
    if found is None:
        raise FacePassError("already_run", _("This training has already been started. Prepare another."), status=409)
    return found


def in_a_turn(turn: JobTurn) -> dict[str, Any] | None:
    """The job `train`. A session that is gone or over is a quiet end."""
    session = FaceTrainingSession.objects.running().filter(pk=turn.job.arguments["session_id"]).first()
    if session is None:
        return {}
    try:
        return _Run(session, turn).go()
    except Stopped:
        return None


class _Run:
    def __init__(self, session: FaceTrainingSession, turn: JobTurn) -> None:
        self._session, self._turn = session, turn
        self._version = current_model_version()
        self._scores = self._version.scores
        self._threshold = default_threshold()

    def go(self) -> dict[str, Any]:
        self._reached(0)
        found = preparation.look(self._session.studio, self._version)
        self._freeze(found)
        self._reached(35)
        if same := self._same():
            return self._skip(same)
        before, after = self._judge(found)
        kept = found.part(*Part)
        learnt = learn(kept, self._scores)
        calibration, thresholds = score_calibration.calibrate(
            kept, learnt.enrolled, self._scores, progress=self._between(75, 90)
        )
        self._session.metrics = _metrics(before, after, learnt, thresholds)
        self._session.model_accuracy = after.open_set.accuracy if after else None
        taught = name_changes.Taught.of(learnt.enrolled, calibration)
        seen = name_changes.preview(self._session.studio_id, taught, progress=lambda _done: self._reached(90))
        self._session.changes = seen.as_json()
        with transaction.atomic():
            self._reached(99)  # here, so that nobody cancels or takes over until all is written
            versions.keep(self._session, self._version, learnt.enrolled, calibration)
            self._finish()
            if before and after and evaluation.not_worse(before, after):
                versions.activate(self._session)
            return self._tell()

    def _freeze(self, found: Dataset) -> None:
        seen_before = self._session.digest
        preparation.freeze(self._session, found, self._version)
        if seen_before and seen_before != self._session.digest:
            message = _("The verified faces have changed since this training was prepared. Prepare it again.")
            raise FacePassError("data_changed", message, status=409)

    def _same(self) -> FaceTrainingSession | None:
        """The run that learnt from these very faces, and whose version is there."""
        done = FaceTrainingSession.objects.filter(studio=self._session.studio_id, status=Status.COMPLETED)
        return done.filter(digest=self._session.digest, template_set__isnull=False).order_by("-created_at").first()

    def _skip(self, same: FaceTrainingSession) -> dict[str, Any]:
        self._session.same_as, self._session.model_accuracy = same, same.model_accuracy
        with transaction.atomic():
            self._reached(99)
            self._finish()
            return self._tell()

    def _judge(self, found: Dataset) -> tuple[Judged | None, Judged | None]:
        """Before and after, by what only the first part teaches; None where nothing is held out, or nothing left."""
        train, probes = found.part(Part.TRAIN), some(found.part(Part.TEST, Part.STRANGER))
        if not (train.ids and probes.ids):
            return None, None
        learnt = learn(train, self._scores)
        calibration, _thresholds = score_calibration.calibrate(train, learnt.enrolled, self._scores)
        self._reached(45)
        people = learnt.enrolled.people
        before = score(probes, people, self._before(train, learnt), progress=self._between(45, 60))
        after = calibrated(learnt.enrolled.likeness, calibration)
        return (
            Judged(before, self._threshold),
            Judged(score(probes, people, after, progress=self._between(60, 75)), self._threshold),
        )

    def _before(self, train: Faces, learnt: Learnt) -> Compare:
        """What is in use now, had it never seen what is held out: nearest faces, and for whom the version in use knows
        the templates that it would have learnt. (The version itself has seen everything.)
        """
        nearest = calibrated(lambda probes: learnt.enrolled.nearest_faces(probes, count=FACES_PER_PERSON), self._scores)
        in_use = FaceTrainingSession.objects.filter(
            studio=self._session.studio_id, template_set__active=True, model_version=self._version
        ).first()
        known = in_use.manifest["faces"] if in_use else {}
        rows = [i for i, pk in enumerate(train.ids) if known.get(str(pk)) == Part.TRAIN]
        if not rows:
            return nearest
        twin_faces = train.only(rows)
        twin = learn(twin_faces, self._scores).enrolled
        calibration, _thresholds = score_calibration.calibrate(twin_faces, twin, self._scores)
        place = {person: i for i, person in enumerate(learnt.enrolled.people)}
        return _mixed(nearest, calibrated(twin.likeness, calibration), [place[person] for person in twin.people])

    def _finish(self) -> None:
        self._session.status, self._session.completed_at = Status.COMPLETED, timezone.now()
        self._session.save()

    def _tell(self) -> dict[str, Any]:
        """The job is over in the same transaction, or its result would depend on what happens next."""
        session = self._session
        told = {
            "session_id": str(session.pk),
            "skipped": session.same_as_id is not None,
            "activated": session.is_active,
            "people": session.people_count,
            "faces": session.total_faces,
            "model_accuracy": session.model_accuracy,
        }
        events.emit(EventType.TRAINING_COMPLETED, studio_id=session.studio_id, data=told)
        news = {"status": session.status, "people": session.people_count, "faces": session.total_faces}
        notices.notify_staff(NoticeKind.TRAINING_DONE, studio_id=session.studio_id, subject=session.pk, **news)
        Job.objects.held_by(self._turn.job).update(done=100, total=100)
        if not self._turn.job.finish(told):
            raise ClaimLost
        return told

    def _reached(self, percent: int) -> None:
        if heartbeats.is_stopping():
            raise Stopped
        self._turn.report(done=percent, total=100)

    def _between(self, start: int, end: int) -> Progress:
        """For work on at most MOST_PROBES rows; it is fast enough where there are fewer."""
        return lambda done: self._reached(min(end, start + (end - start) * done // MOST_PROBES))


def _mixed(most: Compare, some_of_them: Compare, columns: list[int]) -> Compare:
    def compare(probes: Any) -> Any:
        scores = most(probes)
        scores[:, columns] = some_of_them(probes)
        return scores

    return compare


def _metrics(
    before: Judged | None, after: Judged | None, learnt: Learnt, thresholds: list[score_calibration.Threshold]
) -> dict[str, Any]:
    return {
        "before": before.as_json() if before else None,
        "after": after.as_json() if after else None,
        "not_worse": bool(before and after and evaluation.not_worse(before, after)),
        "templates": len(learnt.enrolled.templates),
        "odd": [str(pk) for pk in learnt.odd],
        "thresholds": [
            {
                "fmr": each.fmr,
                "likeness": each.likeness,
                "measured": each.measured.as_json() if each.measured else None,
            }
            for each in thresholds
        ],
    }
