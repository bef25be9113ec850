"""Everything that a studio keeps of a person, as a ZIP for them: the row, their faces, and the photos they are in.

Descriptors and templates are left out: they are of use to this installation alone. A name that only a model proposed is
told, and its photo is not given: it may well be somebody else.
"""

from functools import partial

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from zipstream import ZipStream

from facepass.core.audit import acts
from galleries.exports.data_archive import IncludedFile, build_data_archive, is_stored, path_of_photo
from galleries.models import EnrolmentConsent, FaceDecision, GalleryImage, Person, PersonTemplate, PhotoFace
from galleries.people import appearances
from galleries.photos import given_files
from galleries.photos.rotation.shown_files import read_original

FORMAT = "facepass-person-1"
# A row of the file: names and values.
Row = dict[str, object]


def build_person_data(person: Person) -> ZipStream:
    """Return the ZIP. Photos of events are without place and serial numbers, unless their event gives them as taken."""
    acts.declare_about(person)
    photos = [photo for photo in appearances.find_photos(person) if is_stored(photo)]
    as_taken = given_files.list_as_taken(photos)
    pictures = [photo for photo in GalleryImage.objects.filter(subject=person) if is_stored(photo)]
    files = {
        **{photo.pk: _include_photo(photo, as_taken=photo.pk in as_taken) for photo in photos},
        **{photo.pk: _include_photo(photo, as_taken=True, folder="enrolled") for photo in pictures},
    }
    data = {
        "format": FORMAT,
        "made_at": timezone.now(),
        "studio": person.studio.name,
        "person": _describe_person(person),
        "faces": [_describe_face(face, files.get(face.photo_id)) for face in _find_faces(person)],
        "private_links": list(person.links.values("created_at", "expires_at")),
        "decisions": list(FaceDecision.objects.filter(person=person).values("kind", "made_at", "undone_at")),
        "learnt_templates": PersonTemplate.objects.filter(person=person).count(),
    }
    return build_data_archive(data, files.values(), notes=_write_notes(person))


def _write_notes(person: Person) -> list[str]:
    told = {"name": person.real_name, "studio": person.studio.name}
    return [
        _("This is what %(studio)s keeps in FacePass about %(name)s.") % told,
        _("Photos are those in which somebody confirmed the name; they show others too, so do not publish them."),
        _("Descriptions of faces are told of, and not given away to anybody."),
    ]


def _include_photo(photo: GalleryImage, *, as_taken: bool, folder: str = "photos") -> IncludedFile:
    if as_taken:
        return IncludedFile(path_of_photo(photo, photo.shown_name, folder=folder), partial(read_original, photo))
    name = given_files.given_name(photo)
    return IncludedFile(path_of_photo(photo, name, folder=folder), partial(given_files.read_stripped, photo))


def _describe_person(person: Person) -> Row:
    columns = ("id", "real_name", "email", "external_id", "notes", "is_vip", "is_hidden", "metadata", "created_at")
    return {column: getattr(person, column) for column in columns}


def _find_faces(person: Person) -> "QuerySet[PhotoFace]":
    faces = PhotoFace.objects.filter(person=person).select_related("photo__gallery", "photo__consent")
    return faces.defer("insightface_descriptor", "landmarks").order_by("photo__taken_at", "pk")


def _describe_consent(consent: EnrolmentConsent | None) -> Row | None:
    """Return who agreed to the enrolment; None for a photo of an event, and where no consent was recorded."""
    return {name: getattr(consent, name) for name in ("given_by", "given_at", "notice")} if consent else None


def _describe_face(face: PhotoFace, file: IncludedFile | None) -> Row:
    photo = face.photo
    return {
        "id": face.pk,
        "photo": photo.pk,
        "name": photo.original_name,
        "file": str(file.path) if file else None,
        "gallery": photo.gallery.title,
        "taken_at": photo.taken_at,
        "box": face.insightface_bbox,
        "quality": face.quality,
        "name_is": "confirmed" if face.verified else "proposed",
        "similarity": face.recognition_confidence,
        "enrolled": photo.subject_id is not None,
        "consent": _describe_consent(getattr(photo, "consent", None)),
        "learnt_from": face.training_used,
        "hidden_from_guests": photo.hidden_from_guests,
    }
