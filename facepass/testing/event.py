"""An event whose truth is known: photos of people, made of portraits by `make_event.py`, and who is who in them."""

from collections import defaultdict

import pytest
from django.core.files import File

from facepass.testing.engines.real import SHARED, TESTPACK
from galleries.models import PhotoFace
from galleries.photos import ingest

MAKE_EVENT, PEOPLE = SHARED / "tools" / "make_event.py", SHARED / "data" / "lfw" / "people"
NEEDS_EVENT = pytest.mark.skipif(
    not (MAKE_EVENT.exists() and PEOPLE.is_dir() and TESTPACK.is_dir()), reason="no event to name"
)


def add(gallery, path):
    with path.open("rb") as stream:
        ingest.add_photo(gallery, File(stream), name=path.name, by=None)


def who_is_who(gallery, truth):
    """Each face's guest. A guest's part of a photo is a slot from left to right, and the largest face there is theirs;
    others are people in the background, and nobody's.
    """
    slots = defaultdict(list)
    for face in PhotoFace.objects.filter(gallery=gallery).select_related("photo"):
        guests = truth[face.photo.original_name]
        middle = face.as_box.x + face.as_box.width / 2
        slot = min(int(middle // (face.photo.width // len(guests))), len(guests) - 1)
        slots[face.photo.original_name, slot].append(face)
    names = {}
    for (photo, slot), faces in slots.items():
        largest = max(faces, key=lambda face: face.as_box.area)
        names.update({str(face.pk): truth[photo][slot] if face is largest else None for face in faces})
    return names


def readable(name):
    return name.replace("_", " ")
