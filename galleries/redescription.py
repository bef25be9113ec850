"""Every photo described by another model version, beside the one in use, and the switch between the two.

`describe_waiting` may be stopped at any time and goes on where it was; nothing changes for anybody meanwhile. `switch`
exchanges the two in one transaction and is its own inverse: going back is a switch to the previous version.

    a face that both versions see         keeps its row; the descriptions are exchanged
    one that only the new version sees    a new row
    one that only the old version saw     steps aside, unless a person, a group or a decision is bound to it:
                                          then it stays, with its old description, which no search compares
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from tqdm import tqdm

from facepass.errors import FacePassError
from galleries import analysis
from galleries.models import GalleryImage, PhotoDescription, PhotoFace, SpareFace
from galleries.models.description import waiting_for
from galleries.models.face import DESCRIPTION, FaceCategory, pairs
from galleries.models.photo import State
from recognition import pipeline, registry, templates
from recognition.config import recognition_settings
from recognition.engines.base import FaceEngine
from recognition.models import ModelVersion
from recognition.registry import Choice
from recognition.types import DescribedFace

# Only one may describe at a time. Any number that nobody else uses.
RUN_LOCK = 0xFACE6
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Result:
    """`unreadable`: photos whose file cannot be read; their faces stay as they were. `kept`: see above."""

    version: ModelVersion
    photos: int
    unreadable: int
    kept: int


def regenerate(choice: Choice) -> Result:
    """Describes what that engine has not described yet, then switches. Safe to stop and to run again.

    Raises FacePassError: `engine_fixed` and `already_running` (409), 503 where the model is missing.
    """
    with _alone():
        engine = registry.load(choice)
        version = ModelVersion.objects.of_engine(engine)
        _allowed(version)
        PhotoDescription.objects.filter(model_version=version).exclude(error="").delete()
        photos = describe_waiting(engine, version)
        while not switch(version):  # photos were analysed in the meantime
            photos += describe_waiting(engine, version)
        return _result(version, photos)


def go_back() -> Result:
    """To the version that was in use before. Photos analysed since are described by it first.

    Raises FacePassError: `no_previous` (409), `model_not_installed` (503), or as `regenerate` does.
    """
    previous = ModelVersion.objects.previous()
    if previous is None:
        raise FacePassError("no_previous", "There is no version to go back to.", status=409)
    return regenerate(_choice_of(previous))


def discard_old() -> int:
    """Forgets what other versions than the active one saw; there is no way back then. How many descriptions went."""
    with _alone(), transaction.atomic():
        ModelVersion.objects.keep_alone()
        active = ModelVersion.objects.active()
        if active is None:
            return 0
        if waiting_for(active).exists():
            raise FacePassError("not_complete", "Run manage.py generate_descriptors first, to its end.", status=409)
        PhotoDescription.objects.exclude(model_version=active).delete()
        gone = SpareFace.objects.exclude(model_version=active).delete()[0]
        kept = PhotoFace.objects.exclude(model_version=active)
        gone += kept.update(insightface_descriptor=None, model_version=active)
        ModelVersion.objects.exclude(pk=active.pk).update(activated_at=None)
    return gone


def describe_waiting(engine: FaceEngine, version: ModelVersion) -> int:
    """Writes descriptions beside those in use, one transaction for each photo. How many photos."""
    waiting = list(waiting_for(version).values_list("pk", flat=True))
    for pk in tqdm(waiting, desc="describing", unit="photo", dynamic_ncols=True, smoothing=0.1):
        photo = GalleryImage.objects.filter(pk=pk, state=State.PROCESSED).first()
        if photo is not None:
            _describe(photo, engine, version)
    return len(waiting)


def switch(version: ModelVersion) -> bool:
    """Puts that version's descriptions in use, in one transaction; False where photos still wait for theirs."""
    with transaction.atomic():
        ModelVersion.objects.keep_alone()
        if waiting_for(version).exists():
            return False
        former = ModelVersion.objects.active()
        seen = PhotoDescription.objects.filter(model_version=version).valid()
        if former is not None and former != version:
            _note_former(seen, former)
        _exchange(version)
        _set_aside(_only_old(version))
        _bring_in(version)
        ModelVersion.objects.activate(version)
    return True


def _describe(photo: GalleryImage, engine: FaceEngine, version: ModelVersion) -> None:
    settings = recognition_settings()
    try:
        picture = analysis.decode(photo, settings)
        found = pipeline.describe(picture, engine=engine, settings=settings)
    except FacePassError as refusal:
        if refusal.status >= 500:
            raise
        _write(photo, version, [], error=refusal.code)
        return
    _write(photo, version, _spares(photo, found, version, scale=photo.width / picture.shape[1]), error="")


def _spares(photo: GalleryImage, found: list[DescribedFace], version: ModelVersion, *, scale: float) -> list[SpareFace]:
    return [
        SpareFace(
            photo=photo,
            model_version=version,
            insightface_bbox=described.face.box.scaled(scale).as_json(),
            insightface_confidence=described.face.score,
            insightface_descriptor=described.descriptor,
            landmarks=(described.face.landmarks * scale).round(1).tolist(),
            quality=described.quality.as_json(),
        )
        for described in found
    ]


def _write(photo: GalleryImage, version: ModelVersion, spares: list[SpareFace], *, error: str) -> None:
    if photo.processed_at is None:
        return  # analysed again meanwhile
    with transaction.atomic():
        same = GalleryImage.objects.filter(pk=photo.pk, state=State.PROCESSED, processed_at=photo.processed_at)
        if same.select_for_update().first() is None:
            return  # gone, or analysed again since: then it comes up again
        SpareFace.objects.filter(photo=photo, model_version=version).delete()
        SpareFace.objects.bulk_create(_bound(photo, version, spares))
        PhotoDescription.objects.update_or_create(
            photo=photo, model_version=version, defaults={"analysed_at": photo.processed_at, "error": error}
        )


def _bound(photo: GalleryImage, version: ModelVersion, spares: list[SpareFace]) -> list[SpareFace]:
    """Each with the same face in use; without those that the version describes there already."""
    faces = list(photo.faces.defer("insightface_descriptor"))
    boxes = [PhotoFace(insightface_bbox=spare.insightface_bbox).as_box for spare in spares]
    for new, old in pairs(boxes, [face.as_box for face in faces]):
        spares[new].face = faces[old]
    return [spare for spare in spares if spare.face is None or spare.face.model_version_id != version.pk]


def _note_former(seen: "QuerySet[PhotoDescription]", former: ModelVersion) -> None:
    """The former version has seen these photos too, unless yet another one described them."""
    others = PhotoFace.objects.filter(photo=OuterRef("photo")).exclude(model_version=former)
    photos = seen.filter(~Exists(others)).values_list("photo_id", "analysed_at")
    PhotoDescription.objects.bulk_create(
        [
            PhotoDescription(photo_id=photo_id, model_version=former, analysed_at=analysed_at)
            for photo_id, analysed_at in photos.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["photo", "model_version"],
        update_fields=["analysed_at", "error"],
    )


def _exchange(version: ModelVersion) -> None:
    """Both updates of the one statement see the rows as they were before it."""
    SpareFace.objects.filter(model_version=F("face__model_version")).delete()  # seen again since, by an analysis
    columns = ", ".join(DESCRIPTION)
    taken = ", ".join(f"pair.{name}" for name in DESCRIPTION)
    given = ", ".join(f"spare.{name}" for name in DESCRIPTION)
    statement = f"""
        WITH pair AS (
            SELECT spare.id AS spare_id, face.id AS face_id, {", ".join(f"face.{name}" for name in DESCRIPTION)}
            FROM spare_faces spare JOIN photo_faces face ON face.id = spare.face_id {_VALID}
            WHERE spare.model_version_id = %(version)s AND face.model_version_id <> %(version)s
            FOR UPDATE OF face
        ), changed AS (
            UPDATE photo_faces face SET ({columns}) = ROW({given})
            FROM pair JOIN spare_faces spare ON spare.id = pair.spare_id WHERE face.id = pair.face_id
        )
        UPDATE spare_faces spare SET ({columns}) = ROW({taken}) FROM pair WHERE spare.id = pair.spare_id
    """  # noqa: S608 - our own column names
    with connection.cursor() as cursor:
        cursor.execute(statement, {"version": version.pk})


_VALID = """
    JOIN photo_descriptions seen ON seen.photo_id = spare.photo_id AND seen.model_version_id = %(version)s
        AND seen.error = ''
    JOIN gallery_images photo ON photo.id = spare.photo_id AND photo.state = 'processed'
        AND photo.processed_at = seen.analysed_at
"""


def _only_old(version: ModelVersion) -> "QuerySet[PhotoFace]":
    """Faces that the version does not see, and to which nobody and nothing is bound."""
    seen = PhotoDescription.objects.filter(photo=OuterRef("photo"), model_version=version).valid()
    bound = Q(verified=True) | Q(training_used=True) | Q(person__isnull=False) | Q(cluster__isnull=False)
    free = PhotoFace.objects.exclude(bound | ~Q(face_category=FaceCategory.UNKNOWN))
    return free.exclude(model_version=version).filter(Exists(seen))


def _set_aside(faces: "QuerySet[PhotoFace]") -> None:
    SpareFace.objects.filter(face__in=faces).update(face=None)  # what a third version sees there stays
    SpareFace.objects.bulk_create(
        [
            SpareFace(id=face.pk, photo_id=face.photo_id, **{name: getattr(face, name) for name in DESCRIPTION})
            for face in faces.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    faces.delete()


def _bring_in(version: ModelVersion) -> None:
    """Faces that only this version sees. Other spares of it belong to photos that were analysed again since.

    An enrolment picture has the one face that it was taken for.
    """
    spares = SpareFace.objects.filter(model_version=version)
    seen = PhotoDescription.objects.filter(photo=OuterRef("photo"), model_version=version).valid()
    new = spares.filter(Exists(seen), face=None, photo__subject=None).select_related("photo")
    PhotoFace.objects.bulk_create(
        [
            PhotoFace(
                id=spare.pk,
                photo_id=spare.photo_id,
                gallery_id=spare.photo.gallery_id,
                **{name: getattr(spare, name) for name in DESCRIPTION},
            )
            for spare in new.iterator(chunk_size=ROWS_AT_ONCE)
        ],
        batch_size=ROWS_AT_ONCE,
    )
    spares.delete()


def _allowed(version: ModelVersion) -> None:
    """The processes are to use this engine after the switch, so the environment must not ask for another."""
    if not registry.would_serve(version.named()):
        message = f"FACE_ENGINE and INSIGHTFACE_PACK ask for another model than {version}. Set FACE_ENGINE=auto first."
        raise FacePassError("engine_fixed", message, status=409)


def _choice_of(version: ModelVersion) -> Choice:
    choice = registry.with_contract(version.contract_id)
    if choice is None:
        message = f"The model that made these descriptors is not on this machine any more: {version}."
        raise FacePassError("model_not_installed", message, status=503)
    if version.template_key_id != templates.template_key_id():
        message = f"{version} was used with another TEMPLATE_KEY. Put that key back first."
        raise FacePassError("other_template_key", message, status=409)
    return choice


def _result(version: ModelVersion, photos: int) -> Result:
    unreadable = PhotoDescription.objects.filter(model_version=version).exclude(error="").count()
    kept = PhotoFace.objects.exclude(model_version=version).count()
    return Result(version=version, photos=photos, unreadable=unreadable, kept=kept)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK])
        if cursor.fetchone() != (True,):
            raise FacePassError("already_running", "generate_descriptors already runs.", status=409)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RUN_LOCK])
