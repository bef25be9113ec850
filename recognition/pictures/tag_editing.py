"""Change what a picture's file says of itself; its pixels stay as they are."""

import threading
from collections.abc import Callable

import exiv2

# Exiv2's XMP parser is one for the process, and no two threads may be in it.
LOCK = threading.Lock()
exiv2.LogMsg.setLevel(exiv2.LogMsg.Level.mute)


def edit_tags(file: bytes, edit: Callable[[exiv2.Image], None]) -> bytes | None:
    """Return a copy of the file with its tags as `edit` leaves them.

    None where its format takes none (HEIC) or what it says of itself cannot be read.
    """
    try:
        with LOCK:
            image = exiv2.ImageFactory.open(file)
            image.readMetadata()
            edit(image)
            image.writeMetadata()
            return bytes(image.io().mmap())
    except exiv2.Exiv2Error:
        return None
