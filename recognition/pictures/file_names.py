"""What the name of a file says about it, before anybody reads it: a raw file, a video, a thumbnail of some system.

Whether a file is a picture is decided by its content (formats.py); `static/facepass-admin/gallery/upload_files.js` has
the same lists for what is dropped on a page, and a test compares the two.
"""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from facepass.core.file_names import LONGEST, safe_name
from recognition.pictures import formats

# Of a file that is no picture of a format that FacePass accepts, so that nothing opens it.
NO_PICTURE = ".bin"

PICTURE: Final = re.compile(
    r"\.(avif|bmp|dib|gif|hei[cf]s?|hif|jfif|jif|jpe|jpe?g|jpe?g[_-]?(large|orig|small|thumb)|jxl|mpo|png|psd|tiff?|webp)$",
    re.IGNORECASE,
)
# Raw files of cameras, and Adobe's; some systems call them pictures by their type.
RAW: Final = re.compile(
    r"\.(3fr|arw|cr[23w]|dcr|dng|erf|fff|gpr|iiq|kdc|mef|mos|mrw|nef|nrw|orf|pef|raf|raw|rw[2l]|sr[2fw]|x3f)$",
    re.IGNORECASE,
)
VIDEO: Final = re.compile(r"\.(3gp|avi|crm|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|mxf|webm|wmv)$", re.IGNORECASE)
# What systems, network disks and photo programs leave in folders: thumbnails, what was deleted, settings of a view.
# `._IMG_1.JPG` holds what a Mac knows of IMG_1.JPG beside its content.
HIDDEN: Final = re.compile(
    r"(^|/)(\.[^/]*|@eadir|@__thumb|@(recycle|recently-snapshot|tmp|sharebin)|#(recycle|snapshot)|__macosx"
    r"|\$recycle\.bin|recycler|system volume information|lost\+found|(eh)?thumbs[^/]*\.db|desktop\.ini)(/|$)",
    re.IGNORECASE,
)

DIGITS: Final = re.compile("[0-9]+")


def is_hidden(path: str) -> bool:
    """Return whether a system or a program keeps the file for itself. `path`: below the folder, `/` between parts."""
    return HIDDEN.search(path) is not None


def natural_key(name: str) -> str:
    """Return what names are sorted by, as people count: IMG_9 before IMG_10, capitals like small letters.

    The database keeps the same for photos (`GalleryImage.name_key`).
    """
    folded = unicodedata.normalize("NFC", name).lower().replace("ё", "е")
    return DIGITS.sub(_digits_key, folded)


def _digits_key(digits: re.Match[str]) -> str:
    """Return the number with its length before it, so that a longer one comes later, however long they are."""
    number = digits[0].lstrip("0")
    return f"{len(number):03}{number}"


def agreeing_name(name: str, *, stored: str) -> str:
    """Return the name under which a file is given to people: its own, with an ending that agrees with what it holds.

    It is made of safe characters and is never a path, whatever the uploader called the file.

    `stored`: the file's name in the storage. IMG_7777.HEIC that holds a JPEG becomes IMG_7777.jpg; .JPG stays as it is.
    """
    sent, form = PurePosixPath(name.replace("\\", "/")).name, formats.find_by_ending(stored)
    own = safe_name(sent)
    if not stored or (form is not None and own.lower().endswith(form.endings)):
        return own
    extension = form.extension if form else NO_PICTURE
    stem = safe_name(PICTURE.sub("", RAW.sub("", sent.strip())))
    return stem[: LONGEST - len(extension)] + extension
