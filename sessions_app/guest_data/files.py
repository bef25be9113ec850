"""The files of a photo as guests get them: with the studio's watermark, in the format that the studio chose."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404

from galleries.models import GalleryImage
from galleries.photos import media_files
from galleries.photos.media_files import Variant
from galleries.photos.rotation.shown_files import prepare_file as prepare_shown
from recognition.pictures import watermark
from recognition.pictures.thumbnails import encode_webp
from sessions_app.models import GuestRules


def prepare_file(photo: GalleryImage, variant: Variant, rules: GuestRules) -> str:
    """Return the name in the storage of what guests see: the file, or a copy with the studio's watermark.

    The copy is made the first time and kept beside the file. Originals have no watermark. Raise Http404 where the file
    is missing.
    """
    try:
        name = prepare_shown(photo, variant)
    except FileNotFoundError:
        raise Http404 from None
    if variant == "original" or not rules.watermark:
        return name
    marked = media_files.watermarked_name(photo, variant, text=rules.watermark)
    if not default_storage.exists(marked):
        try:
            with default_storage.open(name) as file:
                picture = watermark.mark_jpeg(file.read(), rules.watermark)
        except FileNotFoundError:
            raise Http404 from None
        default_storage.save(marked, ContentFile(picture))
    return marked


def prepare_download(photo: GalleryImage, variant: Variant, rules: GuestRules) -> str:
    """Return the name in the storage of what guests take away: as they see it, or as WebP where the studio chose that.

    Raise Http404 where the file is missing.
    """
    name = prepare_file(photo, variant, rules)
    if variant == "original" or not rules.gives_webp:
        return name
    copy = media_files.webp_name(name)
    if not default_storage.exists(copy):
        try:
            with default_storage.open(name) as file:
                default_storage.save(copy, ContentFile(encode_webp(file.read())))
        except FileNotFoundError:
            raise Http404 from None
    return copy
