"""A file in the place of a photo that failed."""

from django.core.files import File
from django.utils.translation import gettext as _

from facepass.core.access.tenancy import Principal
from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from galleries.jobs import queue
from galleries.models import GalleryImage
from galleries.photos import ingest


def replace_failed(photo: GalleryImage, file: File[bytes], *, by: Principal) -> GalleryImage:
    """Return the photo that takes the failed one's place in its gallery, hidden as that was; it waits for analysis.

    The failed one goes to the trash. Raise 400 `invalid_request` for a photo that has not failed and for its own file,
    what `ingest.add_photo` raises for a file that is refused, and PermissionDenied for whoever may not delete photos.
    """
    if not photo.has_failed:
        raise FacePassError("invalid_request", _("Only a photo that failed is replaced."))
    name = ingest.clean_filename(file)
    new, is_new = ingest.add_photo(photo.gallery, file, name=name, by=by, folder=photo.folder)
    if new.pk == photo.pk:
        raise FacePassError("invalid_request", _("This is the same file."))
    if is_new and photo.hidden_from_guests:
        GalleryImage.objects.filter(pk=new.pk).update(hidden_from_guests=True)
    entries.move_to_trash("photo", [photo], by=by)
    queue.wake_workers(photo.gallery_id, photos=1)
    return new
