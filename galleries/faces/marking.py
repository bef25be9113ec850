"""Faces that no engine found, drawn by hand: described from the photo's pixels where that is possible."""

from django.db import transaction
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal, recheck_scope
from facepass.core.errors import FacePassError
from facepass.models import Scope
from galleries.faces import decisions, erasure
from galleries.models import FaceDecision, Gallery, GalleryImage, Person, PhotoFace
from galleries.models.face import WHOLE_PHOTO, FaceCategory
from galleries.photos import recording, same_faces
from galleries.photos.pipeline import decode_photo, require_described
from recognition import detection, pipeline
from recognition.config import RecognitionSettings
from recognition.engines import registry
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion
from recognition.types import Box, DescribedFace, Picture

# Pixels. What is smaller was drawn by mistake, and is of no use to any engine.
SMALLEST_SIDE = 12.0
# The part of the photo in which the engine looks for the face, as a multiple of the box's longer side: detectors expect
# a head, and what is drawn is often just the features.
SURROUNDINGS = 2.5
# Overlap from which on the face that the engine sees is the one that was drawn: drawing by hand is not exact.
SAME_PLACE_IOU = 0.25


def mark_face(photo: GalleryImage, box: Box, *, by: Principal) -> tuple[PhotoFace, FaceDecision]:
    """Create a face where somebody drew one; return it and the decision by which it can be undone.

    `box`: pixels of the upright photo. Where the engine sees the face too, it gets the engine's box and a descriptor;
    otherwise it is stored as it was drawn, without one, and no search finds it. Raises FacePassError 400 `bad_box`, 409
    `face_there`, 503 where the model is missing, and as `require_described` and `decode_photo`.
    """
    require_described(photo)
    box = _clip_box(photo, box)
    settings = photo.gallery.load_settings()
    erasure.require_not_left_out(photo, box)
    picture = decode_photo(photo, settings)
    scale = picture.shape[1] / photo.width
    described = _describe_at(picture, box.scaled(scale), settings=settings)
    current_model_version()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        ModelVersion.objects.prevent_switch()
        row = _build_row(photo, box, described, current_model_version(), scale=scale)
        recheck_scope(by, Scope.SEARCH, studio_id=photo.gallery.studio_id)
        _lock_photo(photo)
        _refuse_duplicate(photo, row)
        erasure.lift_erasure(photo, row.as_box)
        # Hidden so far; the decision shows it, and undoing the decision hides it again.
        row.save(force_insert=True)
        decision = decisions.show([row], by=by)
        if described:  # the grouping has something to do
            Gallery.objects.filter(pk=photo.gallery_id).mark_for_grouping()
    row.refresh_from_db()
    return row, decision


def mark_person(photo: GalleryImage, person: Person, *, by: Principal) -> tuple[PhotoFace, FaceDecision]:
    """Say that the person is in the photo although no face of theirs is seen; return the row that stands for it.

    Its box is the whole photo, and no analysis or model takes it for a face that it finds. The name is yet to be given;
    the decision shows the row. Raises FacePassError 409 `face_there` where the photo shows the person already.
    """
    current_model_version()  # may have to load the weights, so not in the transaction
    with transaction.atomic():
        ModelVersion.objects.prevent_switch()
        recheck_scope(by, Scope.SEARCH, studio_id=photo.gallery.studio_id)
        _lock_photo(photo)
        if photo.faces.shown().filter(person=person).exists():
            raise FacePassError("face_there", _("This person is in the photo already."), status=409)
        whole = Box(0, 0, photo.width, photo.height)
        row = _build_row(photo, whole, None, current_model_version(), scale=1)
        row.quality = {"score": 0.0, "size": 0.0, "reasons": [WHOLE_PHOTO]}
        row.save(force_insert=True)
        decision = decisions.show([row], by=by)
    row.refresh_from_db()
    return row, decision


def _clip_box(photo: GalleryImage, box: Box) -> Box:
    left, top = max(0.0, box.x), max(0.0, box.y)
    right, bottom = min(float(photo.width), box.x + box.width), min(float(photo.height), box.y + box.height)
    if min(right - left, bottom - top) < SMALLEST_SIDE:
        raise FacePassError("bad_box", _("Draw a larger box, inside the picture."))
    return Box(left, top, right - left, bottom - top)


def _describe_at(picture: Picture, box: Box, *, settings: RecognitionSettings) -> DescribedFace | None:
    """Return the face that the engine sees in and around the box, or None. All in pixels of `picture`."""
    area = _surroundings(box).clipped(picture)
    x, y = int(area.x), int(area.y)
    part = picture[y : y + int(area.height), x : x + int(area.width)].copy()
    found = [
        detection.shift_face(face, Box(x, y, 0, 0))
        for face in detection.detect_close_ups(registry.get_engine(), [part])[0]
    ]
    nearest = max(found, key=lambda face: face.box.iou(box), default=None)
    if nearest is None or nearest.box.iou(box) < SAME_PLACE_IOU:
        return None
    return pipeline.describe_detected(picture, [nearest], settings=settings)[0]


def _surroundings(box: Box) -> Box:
    side = max(box.width, box.height) * SURROUNDINGS
    return Box(box.x + box.width / 2 - side / 2, box.y + box.height / 2 - side / 2, side, side)


def _build_row(
    photo: GalleryImage, box: Box, described: DescribedFace | None, version: ModelVersion, *, scale: float
) -> PhotoFace:
    """Return an unsaved row. It is hidden at first: showing it is the decision, so that an undo hides it again."""
    if described is None:
        quality = {"score": 0.0, "size": round(min(box.width, box.height), 1), "reasons": ["not_described"]}
        row = PhotoFace(photo=photo, gallery_id=photo.gallery_id, model_version=version, quality=quality, landmarks=[])
        row.insightface_bbox, row.insightface_confidence = box.as_json(), 0.0
    else:
        row = recording.build_face(photo, described, version, scale=1 / scale)
    row.drawn, row.face_category = True, FaceCategory.IGNORED
    return row


def _lock_photo(photo: GalleryImage) -> None:
    """Lock the photo, so that two people who draw a face at once draw one face.

    Raise 409 `photo_busy` where it was turned since the box was drawn.
    """
    row = GalleryImage.objects.select_for_update().filter(pk=photo.pk).first()
    if row is None:
        raise FacePassError("not_found", _("Not found."), status=404)
    if row.rotation != photo.rotation:
        raise FacePassError("photo_busy", _("This photo is being analysed."), status=409, retry_after=5)


def _refuse_duplicate(photo: GalleryImage, row: PhotoFace) -> None:
    others = PhotoFace.objects.filter(photo=photo).shown().only("insightface_bbox", "quality")
    seen = [other.as_box for other in others if not other.is_of_whole_photo]
    if same_faces.match_faces([row.as_box], seen).known:
        raise FacePassError("face_there", _("This face has a box already."), status=409)
