"""Run a training: prepare > learn > calibrate > evaluate > list name changes > keep the version.

Everything is computed before anything is written, and written in one transaction. A run that is killed leaves no trace
but its row, and the next worker begins again.
"""

from collections.abc import Sequence
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from facepass.core import events, notices
from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.models import EventType, NoticeKind, Studio
from galleries.jobs import runner
from galleries.jobs.runner import ClaimLost, JobResult, JobTurn
from galleries.matching.identification import FACES_PER_PERSON, default_threshold
from galleries.models import Job
from recognition.calibration import Calibration
from recognition.evaluation.error_rates import IntervalJson
from recognition.model_versions import current_model_version
from recognition.types import Descriptors, FloatArray
from training import name_changes, versions
from training.candidates import NamingVersion
from training.learning import preparation
from training.learning.dataset import Dataset, Faces, Part
from training.learning.evaluation import EvaluationMetrics, HeldOutEvaluation, is_not_worse
from training.learning.score_calibration import RateThreshold, calibrate_templates
from training.learning.scoring import MAX_PROBES, Compare, Progress, sample_faces, score_probes, with_calibration
from training.learning.templates import LearntTemplates, learn_templates
from training.models import FaceTrainingSession, TrainingAct

JOB_KIND = "train"
# A run takes from seconds to minutes.
RETRY_SECONDS = 30
Status = FaceTrainingSession.Status


class ThresholdMetric(TypedDict):
    """A `RateThreshold`; `likeness` is its cosine, called so since before."""

    fmr: float
    likeness: float
    measured: IntervalJson | None


class TrainingMetrics(TypedDict):
    """`face_training_sessions.metrics`, which docs/training.md describes. `odd`: ids of faces left out as outliers."""

    before: EvaluationMetrics | None
    after: EvaluationMetrics | None
    not_worse: bool
    templates: int
    odd: list[str]
    thresholds: list[ThresholdMetric]


class StopRequested(Exception):
    """The worker is asked to stop. Another one begins the run again."""


def start_training(studio: Studio, *, by: str, prepared: FaceTrainingSession | None = None) -> FaceTrainingSession:
    """Start a run, of the prepared training if one is given, and return the training, whose `job` shows progress.

    Raise FacePassError 409: `nothing_to_train` where nobody has enough verified faces, `training_running` while a run
    of the studio is under way, `already_run` where the training has been started before.
    """
    preparation.require_something_to_train(studio)
    FaceTrainingSession.objects.filter(studio=studio).end_with_jobs()
    try:
        with transaction.atomic():
            training = _lock_prepared(prepared) if prepared else FaceTrainingSession(studio=studio)
            training.status, training.started_by, training.started_at = Status.RUNNING, by, timezone.now()
            training.save()
            training.job = runner.start_job(JOB_KIND, studio=studio, session_id=str(training.pk))
            training.save(update_fields=["job"])
            training.record_act(TrainingAct.Kind.STARTED, by=by)
    except IntegrityError as error:  # the constraint one_running_training
        message = _("A training of this studio is already running. Wait for it to finish, or cancel it.")
        raise FacePassError("training_running", message, status=409, retry_after=RETRY_SECONDS) from error
    return training


def _lock_prepared(prepared: FaceTrainingSession) -> FaceTrainingSession:
    pending = FaceTrainingSession.objects.filter(pk=prepared.pk, status=Status.PENDING).select_for_update()
    training = pending.first()
    if training is None:
        raise FacePassError("already_run", _("This training has already been started. Prepare another."), status=409)
    return training


def run_train_job(turn: JobTurn) -> JobResult | None:
    """Do the job `train`, in one turn. A training that is gone or over ends quietly."""
    training = FaceTrainingSession.objects.running().filter(pk=turn.job.arguments["session_id"]).first()
    if training is None:
        return {}
    try:
        return _TrainingRun(training, turn).run()
    except StopRequested:
        return None


class _TrainingRun:
    """One run of a training in a worker's turn."""

    def __init__(self, training: FaceTrainingSession, turn: JobTurn) -> None:
        self._training, self._turn = training, turn
        self._version = current_model_version()
        self._scores = self._version.scores
        self._threshold = default_threshold([training.studio_id])

    def run(self) -> JobResult:
        """Do all steps and return the job's result. Raise StopRequested, ClaimLost, or FacePassError as the steps do.

        The evaluation comes first: it learns from the training part alone, the version that is kept from all faces.
        """
        self._report_progress(0)
        data = preparation.build_current_dataset(self._training.studio, self._version)
        self._freeze(data)
        self._report_progress(35)
        if same := self._find_same_training():
            return self._skip(same)
        before, after = self._evaluate(data)
        faces = data.faces_in(*Part)
        learnt = learn_templates(faces, self._scores)
        calibration, thresholds = calibrate_templates(
            faces, learnt.enrolled, self._scores, progress=self._progress_between(75, 90)
        )
        self._training.metrics = _build_metrics(before, after, learnt, thresholds)
        self._training.model_accuracy = after.open_set.accuracy if after else None
        self._training.changes = self._list_name_changes(learnt, calibration)
        with transaction.atomic():
            # Takes the job's row first, so that nobody cancels or takes over the job until all is written.
            self._report_progress(99)
            versions.store_version(self._training, self._version, learnt.enrolled, calibration)
            self._complete()
            if before and after and is_not_worse(before, after):
                versions.activate_version(self._training, is_listed=True)
            return self._finish_job()

    def _freeze(self, data: Dataset) -> None:
        """Write the manifest to the training. Raise FacePassError 409 `data_changed` where it has changed."""
        prepared_digest = self._training.digest
        preparation.freeze_dataset(self._training, data, self._version)
        if prepared_digest and prepared_digest != self._training.digest:
            message = _("The verified faces have changed since this training was prepared. Prepare it again.")
            raise FacePassError("data_changed", message, status=409)

    def _find_same_training(self) -> FaceTrainingSession | None:
        """Return the training that learnt from these very faces, if its version still exists."""
        completed = FaceTrainingSession.objects.filter(studio=self._training.studio_id, status=Status.COMPLETED)
        return (
            completed.filter(digest=self._training.digest, template_set__isnull=False).order_by("-created_at").first()
        )

    def _skip(self, same: FaceTrainingSession) -> JobResult:
        self._training.same_as, self._training.model_accuracy = same, same.model_accuracy
        with transaction.atomic():
            self._report_progress(99)
            self._complete()
            return self._finish_job()

    def _evaluate(self, data: Dataset) -> tuple[HeldOutEvaluation | None, HeldOutEvaluation | None]:
        """Return the evaluations before and after, of templates learnt from the training part alone.

        Both are None where nothing is held out, or where nothing is left to learn from.
        """
        train, probes = data.faces_in(Part.TRAIN), sample_faces(data.faces_in(Part.TEST, Part.STRANGER))
        if not (train.ids and probes.ids):
            return None, None
        learnt = learn_templates(train, self._scores)
        calibration, _thresholds = calibrate_templates(train, learnt.enrolled, self._scores)
        self._report_progress(45)
        people = learnt.enrolled.people
        compare_before = self._comparison_before(train, learnt)
        before = score_probes(probes, people, compare_before, progress=self._progress_between(45, 60))
        compare_after = with_calibration(learnt.enrolled.combined_cosines, calibration)
        after = score_probes(probes, people, compare_after, progress=self._progress_between(60, 75))
        return HeldOutEvaluation(before, self._threshold), HeldOutEvaluation(after, self._threshold)

    def _comparison_before(self, train: Faces, learnt: LearntTemplates) -> Compare:
        """Return the comparison in use now, as if it had never seen what is held out.

        That is by the nearest faces and, for people of the version in use, by the templates that it would have learnt
        from the training part. The version itself cannot be evaluated: it has learnt from everything.
        """
        nearest = with_calibration(
            lambda probes: learnt.enrolled.nearest_face_cosines(probes, count=FACES_PER_PERSON), self._scores
        )
        in_use = FaceTrainingSession.objects.filter(
            studio=self._training.studio_id, template_set__active=True, model_version=self._version
        ).first()
        parts_in_use = in_use.manifest["faces"] if in_use else {}
        rows = [i for i, pk in enumerate(train.ids) if parts_in_use.get(str(pk)) == Part.TRAIN]
        if not rows:
            return nearest
        faces = train.select(rows)
        relearnt = learn_templates(faces, self._scores).enrolled
        calibration, _thresholds = calibrate_templates(faces, relearnt, self._scores)
        column_of = {person: i for i, person in enumerate(learnt.enrolled.people)}
        by_templates = with_calibration(relearnt.combined_cosines, calibration)
        return _replace_columns(nearest, by_templates, [column_of[person] for person in relearnt.people])

    def _list_name_changes(self, learnt: LearntTemplates, calibration: Calibration) -> name_changes.PreviewJson:
        naming = NamingVersion.from_learnt(learnt.enrolled, calibration)
        studio_id = self._training.studio_id
        preview = name_changes.preview_changes(studio_id, naming, progress=lambda _done: self._report_progress(90))
        return preview.as_json()

    def _complete(self) -> None:
        self._training.status, self._training.completed_at = Status.COMPLETED, timezone.now()
        self._training.save()

    def _finish_job(self) -> JobResult:
        """Emit the event and the notice, end the job, and return its result.

        The caller opens the transaction that writes the training, so that the job is over if and only if it is. Raise
        ClaimLost where the job was cancelled or taken over.
        """
        training = self._training
        result = {
            "training_id": str(training.pk),
            "session_id": str(training.pk),
            "skipped": training.same_as_id is not None,
            "activated": training.is_active,
            "people": training.people_count,
            "faces": training.total_faces,
            "model_accuracy": training.model_accuracy,
        }
        events.emit(EventType.TRAINING_COMPLETED, studio_id=training.studio_id, data=result)
        notice = {"status": training.status, "people": training.people_count, "faces": training.total_faces}
        notices.notify_staff(NoticeKind.TRAINING_DONE, studio_id=training.studio_id, subject=training.pk, **notice)
        Job.objects.held_by(self._turn.job).update(done=100, total=100)
        if not self._turn.job.finish(result):
            raise ClaimLost
        return result

    def _report_progress(self, percent: int) -> None:
        """Keep the claim on the job. Raise StopRequested or ClaimLost."""
        if heartbeats.is_stopping():
            raise StopRequested
        self._turn.report(done=percent, total=100)

    def _progress_between(self, start: int, end: int) -> Progress:
        """Return a function that reports percentages while up to MAX_PROBES probes are compared.

        With fewer probes it does not reach `end`, but then the work is over at once.
        """
        return lambda done: self._report_progress(min(end, start + (end - start) * done // MAX_PROBES))


def _replace_columns(compare: Compare, replacement: Compare, columns: list[int]) -> Compare:
    """Return `compare` with the scores of the people in `columns` taken from `replacement`, which has only these."""

    def compare_both(probes: Descriptors) -> FloatArray:
        scores = compare(probes)
        scores[:, columns] = replacement(probes)
        return scores

    return compare_both


def _build_metrics(
    before: HeldOutEvaluation | None,
    after: HeldOutEvaluation | None,
    learnt: LearntTemplates,
    thresholds: Sequence[RateThreshold],
) -> TrainingMetrics:
    return {
        "before": before.as_json() if before else None,
        "after": after.as_json() if after else None,
        "not_worse": bool(before and after and is_not_worse(before, after)),
        "templates": len(learnt.enrolled.templates),
        "odd": [str(pk) for pk in learnt.outliers],
        "thresholds": [
            {
                "fmr": threshold.fmr,
                "likeness": threshold.cosine,
                "measured": threshold.measured.as_json() if threshold.measured else None,
            }
            for threshold in thresholds
        ],
    }
