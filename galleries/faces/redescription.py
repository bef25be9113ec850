"""Every photo described by another model version, beside the one in use, and then the switch between the two.

`describe_waiting_photos` may be stopped at any time and goes on where it was; nothing changes for anybody meanwhile.
Going back is a switch to the previous version (switching.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.database.advisory_locks import LockPurpose, try_lock
from facepass.core.errors import FacePassError
from facepass.core.work.each_row import try_each_row
from galleries.faces.switching import switch_version
from galleries.jobs.runner import JobTurn
from galleries.models import GalleryImage, PhotoDescription, PhotoFace, SpareFace
from galleries.models.description import photos_to_describe
from galleries.models.face import DESCRIPTION_COLUMNS
from galleries.photos import recording, same_faces
from galleries.photos.pipeline import BATCH, PhotoPipeline, PhotoResult, is_photos_fault
from recognition import protected_templates
from recognition.engines import registry
from recognition.engines.base import FaceEngine
from recognition.model_versions import get_or_create_model_version
from recognition.models import ModelVersion

# When a job that was refused tries again.
RETRY_SECONDS = 30


class RunMonitor(Protocol):
    """What limits and follows the work: the turn of a job, or the progress bar of a command."""

    def has_time(self) -> bool:
        """Return whether to go on. What is done is kept."""

    def report(self, *, done: int, total: int) -> None:
        """Hear of the progress, after every few photos."""


@dataclass(frozen=True, slots=True)
class RedescriptionResult:
    """The version in use, how many photos it has described, and what it could not describe.

    `unreadable`: photos whose file cannot be read; their faces stay as they were. `kept`: faces that only the former
    version saw and to which something is bound.
    """

    version: ModelVersion
    photos: int
    unreadable: int
    kept: int


def describe_and_switch(pack_name: str, *, watch: RunMonitor, done: int = 0) -> RedescriptionResult | None:
    """Describe what that engine has not described yet, then switch to it. Safe to stop and to run again.

    `done`: photos that an earlier turn of the same job has described. Returns None where `watch` stopped it before the
    switch. Raises FacePassError 409 `engine_fixed` and `already_running`, 503 where the model is missing.
    """
    with _require_no_other_run():
        engine = registry.load_engine(pack_name)
        version = get_or_create_model_version(engine)
        _require_allowed(version)
        if not done:
            PhotoDescription.objects.filter(model_version=version).exclude(error="").delete()
        switched = False
        while not switched:  # photos may have been analysed in the meantime
            done = describe_waiting_photos(engine, version, watch=watch, done=done)
            if not watch.has_time():
                return None
            switched = switch_version(version)
        return _result(version, done)


def run_redescription_job(turn: JobTurn) -> dict[str, Any] | None:
    """Run a turn of the job `generate_descriptors`: to the configured model, for the whole installation."""
    result = describe_and_switch(registry.configured_pack(), watch=turn, done=turn.job.done)
    if result is None:
        return None
    return {
        "model": str(result.version),
        "photos": result.photos,
        "unreadable": result.unreadable,
        "kept": result.kept,
    }


def switch_back(*, watch: RunMonitor) -> RedescriptionResult | None:
    """Switch to the version that was in use before. Photos analysed since are described by it first.

    Raises FacePassError 409 `no_previous`, as `_find_pack` does, and as `describe_and_switch` does.
    """
    previous = ModelVersion.objects.previous()
    if previous is None:
        raise FacePassError("no_previous", _("There is no version to go back to."), status=409)
    return describe_and_switch(_find_pack(previous), watch=watch)


def discard_other_versions() -> int:
    """Delete what other versions than the active one saw, after which there is no way back; return how many rows.

    Raises FacePassError 409 `not_complete` while photos wait for the active version, and `already_running`.
    """
    with _require_no_other_run(), transaction.atomic():
        ModelVersion.objects.lock_for_switch()
        active = ModelVersion.objects.active()
        if active is None:
            return 0
        if photos_to_describe(active).exists():
            message = _("Run manage.py generate_descriptors first, to its end.")
            raise FacePassError("not_complete", message, status=409)
        PhotoDescription.objects.exclude(model_version=active).delete()
        deleted = SpareFace.objects.exclude(model_version=active).delete()[0]
        kept = PhotoFace.objects.not_described_by(active)
        deleted += kept.update(insightface_descriptor=None, model_version=active)
        ModelVersion.objects.exclude(pk=active.pk).update(activated_at=None)
    return deleted


def describe_waiting_photos(engine: FaceEngine, version: ModelVersion, *, watch: RunMonitor, done: int = 0) -> int:
    """Write descriptions beside those in use, one transaction for each photo; return `done` and how many photos.

    A photo that cannot be read, or of which nothing can be written, gets an error instead and stops none of the others.
    A missing model, and a storage that does not answer, are raised.
    """
    waiting = _WaitingPhotos(version, has_time=watch.has_time)
    total = done + len(waiting.ids)
    with PhotoPipeline(engine=engine) as pipeline:
        for results in pipeline.run(waiting.take_batch):
            for result in results:
                _record(result, version)
            done += len(results)
            watch.report(done=done + waiting.missing, total=total)
    return done + waiting.missing


class _WaitingPhotos:
    """The photos that the version has not described, handed out in batches while there is time.

    `missing`: how many of them were deleted, or are being analysed anew, by the time of their turn.
    """

    def __init__(self, version: ModelVersion, *, has_time: Callable[[], bool]) -> None:
        self.ids: list[UUID] = list(photos_to_describe(version).values_list("pk", flat=True))
        self.missing = 0
        self._has_time = has_time

    def take_batch(self) -> list[GalleryImage]:
        while self.ids and self._has_time():
            chosen, self.ids = self.ids[:BATCH], self.ids[BATCH:]
            photos = GalleryImage.objects.processed().filter(pk__in=chosen)
            batch = list(photos.order_by("created_at", "pk"))
            self.missing += len(chosen) - len(batch)
            if batch:
                return batch
        return []


def _record(result: PhotoResult, version: ModelVersion) -> None:
    if isinstance(result.error, OSError) or (
        isinstance(result.error, FacePassError) and not is_photos_fault(result.error)
    ):
        raise result.error
    if try_each_row([result.photo], lambda _photo: _write_result(result, version), task="generate_descriptors"):
        _write(result.photo, version, [], error="internal_error")


def _write_result(result: PhotoResult, version: ModelVersion) -> None:
    if isinstance(result.error, FacePassError):
        _write(result.photo, version, [], error=result.error.code)
    elif result.error is not None:
        raise result.error
    else:
        _write(result.photo, version, _build_spares(result, version), error="")


def _build_spares(result: PhotoResult, version: ModelVersion) -> list[SpareFace]:
    """Return unsaved rows for what the version sees, with the columns that a face of the photo would have."""
    faces = [recording.build_face(result.photo, found, version, scale=result.scale) for found in result.faces]
    return [
        SpareFace(photo=result.photo, **{name: getattr(face, name) for name in DESCRIPTION_COLUMNS}) for face in faces
    ]


def _write(photo: GalleryImage, version: ModelVersion, spares: list[SpareFace], *, error: str) -> None:
    """Write the description of the photo by the version, unless the photo was deleted or analysed anew meanwhile."""
    if photo.processed_at is None:
        return  # analysed again meanwhile
    with transaction.atomic():
        unchanged = GalleryImage.objects.processed().filter(pk=photo.pk, processed_at=photo.processed_at)
        if unchanged.select_for_update().first() is None:
            return  # gone, or analysed again since: then it comes up again
        PhotoFace.objects.filter(photo=photo).lock_against_deletion()  # whoever deletes one of them waits
        SpareFace.objects.filter(photo=photo, model_version=version).delete()
        SpareFace.objects.bulk_create(_match_to_faces(photo, version, spares))
        PhotoDescription.objects.update_or_create(
            photo=photo, model_version=version, defaults={"analysed_at": photo.processed_at, "error": error}
        )


def _match_to_faces(photo: GalleryImage, version: ModelVersion, spares: list[SpareFace]) -> list[SpareFace]:
    """Return the spares with the photo's faces to which they belong.

    Those that were erased are left out, and those of faces that this version describes in use already.
    """
    faces = [face for face in photo.faces.defer("insightface_descriptor") if not face.is_of_whole_photo]
    found = same_faces.match_faces(
        [spare.as_box for spare in spares],
        [face.as_box for face in faces],
        erased=[face.as_box for face in photo.erased_faces.all()],
    )
    for new, old in found.known.items():
        spares[new].face = faces[old]
    kept = [spare for index, spare in enumerate(spares) if index not in found.erased]
    return [spare for spare in kept if spare.face is None or spare.face.model_version_id != version.pk]


def _require_allowed(version: ModelVersion) -> None:
    """Raise FacePassError 409 `engine_fixed` where FACE_PACK asks for another engine.

    All processes must use this engine after the switch.
    """
    if not registry.can_serve(version):
        message = _("FACE_PACK asks for another model than %(model)s. Set FACE_PACK=auto first.")
        raise FacePassError("engine_fixed", message % {"model": version}, status=409)


def _find_pack(version: ModelVersion) -> str:
    """Return the name of the installed pack that describes as the version does, under the same key.

    Raises FacePassError 503 `model_not_installed`, 409 `other_template_key`.
    """
    found = registry.find_model_with_contract(version.contract_id)
    if found is None:
        message = _("The model that made these descriptors is no longer on this machine: %(model)s.")
        raise FacePassError("model_not_installed", message % {"model": version}, status=503)
    if version.template_key_id != protected_templates.template_key_id():
        message = _("%(model)s was used with another TEMPLATE_KEY. Put that key back first.")
        raise FacePassError("other_template_key", message % {"model": version}, status=409)
    return found


def _result(version: ModelVersion, photos: int) -> RedescriptionResult:
    unreadable = PhotoDescription.objects.filter(model_version=version).exclude(error="").count()
    kept = PhotoFace.objects.not_described_by(version).count()
    return RedescriptionResult(version=version, photos=photos, unreadable=unreadable, kept=kept)


@contextmanager
def _require_no_other_run() -> Iterator[None]:
    """Raise FacePassError 409 `already_running` where another process describes photos; keep others out meanwhile."""
    with try_lock(LockPurpose.REDESCRIPTION) as is_free:
        if not is_free:
            message = _("generate_descriptors already runs.")
            raise FacePassError("already_running", message, status=409, retry_after=RETRY_SECONDS)
        yield
