"""What goes with a gallery, a photo and a person when they are deleted, and what has to be done when they come back.

Foreign keys say the rest (see `facepass.core.trash.registry`).
"""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from facepass.core.trash import entries, erased_subjects, registry
from facepass.core.trash.registry import Kind
from facepass.models import EDITORS, MANAGERS
from galleries.jobs import queue
from galleries.models import Gallery, GalleryImage, PhotoFace
from galleries.models.face import FaceCategory
from galleries.models.photo import MAX_ATTEMPTS, PhotoState
from recognition.models import ModelVersion

KINDS = (
    Kind(
        "gallery",
        "galleries.Gallery",
        label_field="title",
        deleters=EDITORS,
        title=_("gallery"),
        stays=(
            _("People keep their names and their faces in other galleries."),
            _("The photo session stays, with its guests and its other galleries."),
        ),
        event_counts={"photos": "galleries.GalleryImage", "faces": "galleries.PhotoFace"},
    ),
    Kind(
        "photo",
        "galleries.GalleryImage",
        label_field="original_name",
        studio_path="gallery__studio",
        deleters=EDITORS,
        title=_("photo"),
        stays=(
            _("People keep their names and their faces in other photos."),
            _("Decisions stay in the history, which says how many of their faces are gone."),
        ),
        event_counts={"photos": "galleries.GalleryImage", "faces": "galleries.PhotoFace"},
    ),
    Kind(
        "person",
        "galleries.Person",
        label_field="real_name",
        deleters=MANAGERS,
        title=_("person"),
        stays=(_("Photos of events stay, and their faces too: they only lose the name."),),
        event_counts={
            "pictures": "galleries.GalleryImage",
            "faces": "galleries.PhotoFace",
            "unnamed": "galleries.PhotoFace.person_id",
        },
    ),
)
TITLES = {
    "galleries.Gallery": _("Galleries"),
    "galleries.GalleryImage": _("Photos"),
    "galleries.PhotoFace": _("Faces"),
    "galleries.FaceCluster": _("Groups of faces"),
    "galleries.FaceDecision": _("Decisions"),
    "galleries.LeftOutRequest": _("Requests to be left out"),
    "galleries.Person": _("People"),
    "galleries.PersonTemplate": _("Templates that trainings learnt"),
    "galleries.PhotoFace.insightface_descriptor": _("Descriptions of faces"),
    "galleries.PhotoFace.person_id": _("Faces that lose their name"),
    "galleries.FaceCluster.person_id": _("Groups that lose their name"),
    "galleries.Person.avatar_url": _("People who lose their picture"),
}


def register() -> None:
    """Register what belongs to the kinds of this app."""
    for kind in KINDS:
        registry.register_kind(kind)
    registry.TITLES.update(TITLES)
    registry.RECEIPTS["left_out"] = _("faces of somebody who asked to be left out")
    registry.LOCKED_FIRST.extend(["galleries.Person", "galleries.GalleryImage"])
    registry.COMPUTED.add("galleries.FaceCluster")
    registry.FILES["galleries.GalleryImage"] = registry.Files(
        ("gallery_id", "file"), "galleries.photos.media_files.storage_names"
    )
    registry.RESTORED["galleries.GalleryImage"] = "galleries.trash.resume_analysis"
    registry.ERASED["galleries.Person"] = "galleries.people.traces.erase_traces"
    erased_subjects.ERASERS.update(
        {
            "galleries.PhotoFace": "galleries.faces.erasure.erase_faces_again",
            "galleries.Person": "galleries.trash.erase_people",
            "galleries.GalleryImage": "galleries.trash.erase_photos",
            "galleries.Gallery": "galleries.trash.erase_galleries",
        }
    )
    registry.CONFLICTS.update(
        one_person_per_email=_("Somebody of this studio has this e-mail address already."),
        one_person_per_external_id=_("Somebody of this studio has this external id already."),
        one_photo_per_content=_("The same photo was uploaded to its gallery again."),
    )
    registry.LATER.update(
        delete="galleries.jobs.deletion_jobs.start_deletion",
        restore="galleries.jobs.deletion_jobs.start_restoration",
        erase="galleries.jobs.deletion_jobs.start_erasure",
    )
    _register_references()


def _register_references() -> None:
    registry.register_cleared(
        "galleries.PhotoFace", "person_id",
        verified=False, recognition_confidence=None, face_category=FaceCategory.UNKNOWN.value,
    )  # fmt: skip
    registry.register_loose_link("galleries.SuggestionCount", "occasion", parent="galleries.Gallery")
    registry.register_loose_link("galleries.LeftOutRequest", "gallery_id", parent="galleries.Gallery")
    registry.register_loose_link("facepass.StaffNotice", "subject", parent="galleries.Gallery")
    registry.register_loose_link(
        "galleries.Person",
        "avatar_url",
        parent="galleries.GalleryImage",
        goes_along=False,
        cleared={"avatar_url": ""},
        expression="substring(t.avatar_url from '/photos/([0-9a-f-]{36})/faces/')",  # see `media_files.face_path`
    )


def resume_analysis(keys: Sequence[str]) -> None:
    """Have restored photos analysed whose analysis was interrupted, or which another model has described."""
    photos = GalleryImage.objects.filter(pk__in=keys)
    # The number of attempts stays what fences off the worker that had the photo then.
    photos.filter(state=PhotoState.PROCESSING).update(
        state=PhotoState.PENDING, attempts=Least("attempts", MAX_ATTEMPTS - 1), lease_expires_at=None
    )
    if active := ModelVersion.objects.filter(active=True).first():
        others = PhotoFace.objects.filter(photo=OuterRef("pk")).not_described_by(active)
        photos.filter(Exists(others), state=PhotoState.PROCESSED).requeue()
    galleries = Gallery.objects.filter(pk__in=photos.order_by().values("gallery"))
    galleries.event_galleries().mark_for_grouping()
    for gallery_id in galleries.values_list("pk", flat=True):
        queue.wake_workers(gallery_id, photos=1)


def erase_people(keys: Sequence[str]) -> int:
    """Erase people who were erased before, and came back with a back-up; return how many there were."""
    return entries.erase_at_once("person", keys)


def erase_photos(keys: Sequence[str]) -> int:
    """Erase photos, as `erase_people`."""
    return entries.erase_at_once("photo", keys)


def erase_galleries(keys: Sequence[str]) -> int:
    """Erase galleries, as `erase_people`."""
    return entries.erase_at_once("gallery", keys)
