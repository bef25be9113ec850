"""Names of people in files, as Lightroom and other programs read them: *Person Shown* of IPTC Extension, in XMP.

Only names that somebody confirmed belong there: a file goes round, and nobody takes a wrong name out of it again.
"""

from collections.abc import Sequence

import exiv2

from recognition.pictures.formats import AVIF, BMP, HEIC, JXL
from recognition.pictures.tag_editing import LOCK, edit_tags

# Formats, by the ends of their files' names, in which names cannot be written.
WITHOUT_NAMES = frozenset(ending for form in (HEIC, AVIF, JXL, BMP) for ending in form.endings)
KEY = "Xmp.iptcExt.PersonInImage"


def build_sidecar(names: Sequence[str]) -> bytes:
    """Return an XMP file with these names, to lie beside a picture of the same name."""
    with LOCK:
        tags = exiv2.XmpData()
        tags[KEY] = list(names)
        _status, packet = exiv2.XmpParser.encode(tags)
    return str(packet).encode()


def embed_names(file: bytes, names: Sequence[str]) -> bytes | None:
    """Return a copy of a picture's file with these names besides those that it has; pixels and other tags stay.

    None where its format takes no names (HEIC, AVIF, JPEG XL, BMP) or what it says of itself cannot be read.
    """

    def add(image: exiv2.Image) -> None:
        tags = image.xmpData()
        tags[KEY] = list(dict.fromkeys([*_names_in(tags), *names]))

    return edit_tags(file, add)


def read_names(file: bytes) -> list[str]:
    """Return the names that a picture's file or a sidecar has."""
    with LOCK:
        image = exiv2.ImageFactory.open(file)
        image.readMetadata()
        return _names_in(image.xmpData())


def _names_in(tags: exiv2.XmpData) -> list[str]:
    return [str(name) for name in tags[KEY].value()] if KEY in tags else []
