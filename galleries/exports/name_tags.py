"""Names of people in files, as Lightroom and other programs read them: *Person Shown* of IPTC Extension, in XMP.

Only names that somebody confirmed belong there: a file goes round, and nobody takes a wrong name out of it again.
"""

import threading
from collections.abc import Sequence

import exiv2

# Formats, by the ends of their files' names, in which names cannot be written.
WITHOUT_NAMES = frozenset({".heic", ".heif"})
KEY = "Xmp.iptcExt.PersonInImage"
# The XMP parser is one for the process, and no two threads may be in it.
_LOCK = threading.Lock()
exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)


def build_sidecar(names: Sequence[str]) -> bytes:
    """Return an XMP file with these names, to lie beside a picture of the same name."""
    with _LOCK:
        tags = exiv2.XmpData()
        tags[KEY] = list(names)
        _status, packet = exiv2.XmpParser.encode(tags)
    return str(packet).encode()


def embed_names(file: bytes, names: Sequence[str]) -> bytes | None:
    """Return a copy of a picture's file with these names besides those that it has; pixels and other tags stay.

    None where its format takes no names (HEIC) or what it says of itself cannot be read.
    """
    try:
        with _LOCK:
            image = exiv2.ImageFactory.open(file)
            image.readMetadata()
            tags = image.xmpData()
            tags[KEY] = list(dict.fromkeys([*_names_in(tags), *names]))
            image.writeMetadata()
            return bytes(image.io().mmap())
    except exiv2.Exiv2Error:
        return None


def read_names(file: bytes) -> list[str]:
    """Return the names that a picture's file or a sidecar has."""
    with _LOCK:
        image = exiv2.ImageFactory.open(file)
        image.readMetadata()
        return _names_in(image.xmpData())


def _names_in(tags: exiv2.XmpData) -> list[str]:
    return [str(name) for name in tags[KEY].value()] if KEY in tags else []
