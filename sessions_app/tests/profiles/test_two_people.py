"""Two people on one phone, with real faces: neither's page ever holds a photo of the other alone."""

from collections import defaultdict

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.event import PEOPLE
from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.guest_browser import jpeg
from facepass.testing.pages.visitors import device, join, shown_at
from galleries import tasks
from galleries.models import GalleryImage
from recognition.engines import registry

PAIRS = 20

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("english"),
    pytest.mark.skipif(not PEOPLE.is_dir(), reason="needs pictures of real people"),
]


def read(path):
    """A picture of one face, as large as a telephone takes it, with room around."""
    crop = cv2.copyMakeBorder(cv2.imread(str(path)), 40, 40, 40, 40, cv2.BORDER_REPLICATE)
    return cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)


def read_people():
    """Three pictures of each of as many people as the pairs have, by name."""
    pictures = defaultdict(list)
    for path in sorted(PEOPLE.glob("*.jpg")):
        pictures[path.stem.rsplit("_", 1)[0]].append(path)
    return {name: [read(path) for path in pictures[name][:3]] for name in sorted(pictures)[: 2 * PAIRS]}


def add_photo(gallery, picture, *names):
    PhotoFactory(gallery=gallery, data=jpeg(picture), size=picture.shape[1::-1], original_name="+".join(names))


def search(client, door, picture):
    return client.post(f"/s/{door}/", {"selfie": SimpleUploadedFile("me.jpg", jpeg(picture))})


def people_shown(client, door):
    """Who is on the photos of that page: a set of names for each."""
    rows = GalleryImage.objects.filter(pk__in=shown_at(client, door))
    return [set(name.split("+")) for name in rows.values_list("original_name", flat=True)]


@pytest.fixture
def party(remembering_engine):
    """A session with a photo of each person alone and one of each pair; and the pairs, each with a selfie."""
    people, session = read_people(), SessionFactory()
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    pairs = list(zip(*[iter(people)] * 2, strict=True))
    for first, second in pairs:
        for name in (first, second):
            add_photo(gallery, people[name][1], name)
        add_photo(gallery, np.hstack([people[first][2], people[second][2]]), first, second)
    with registry.use_engine(remembering_engine):
        tasks.analyse_gallery(str(gallery.pk))
        yield session, [[(name, people[name][0]) for name in pair] for pair in pairs]


def test_two_people_on_one_phone_are_never_mixed(party):
    session, pairs = party
    mixed, found = [], 0
    for (first, selfie), (second, other_selfie) in pairs:
        phone = device(session)
        search(phone, session.code, selfie)
        before = shown_at(phone, session.code)
        if before:  # where nothing was found there is nothing to compare a face with, and nothing is asked
            search(phone, session.code, other_selfie)
            assert shown_at(phone, session.code) == before, "another face added photos"
        door = join(phone, session, second)
        search(phone, door, other_selfie)
        for page, mine, other in ((session.code, first, second), (door, second, first)):
            shown = people_shown(phone, page)
            found += sum(mine in people for people in shown)
            mixed += [(mine, other) for people in shown if other in people and mine not in people]
    assert mixed == []
    assert found > 2 * PAIRS, "hardly anybody was found, so nothing was tested"
