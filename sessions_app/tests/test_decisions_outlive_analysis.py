"""What a person decided, walked over every way of analysing photos again: for staff, and for another guest.

Each decision of DECISIONS is made, and says by itself whether it holds. Then one of EVENTS happens. What staff see of
the faces and groups, and what another guest finds, must be what it was.

The photos are analysed once, and each decision is made once; what follows is undone in the database after each test.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation

from facepass.testing.database import undone
from facepass.testing.engines.other_engine import OtherEngine, run
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory, UserFactory
from facepass.testing.pages.visitors import device, ids, search, shown
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.faces import decisions, erasure, grouping, marking, suggestions
from galleries.faces.privacy import opt_out
from galleries.matching import descriptors
from galleries.models import ErasedFace, FaceCluster, Gallery, GalleryImage, Occasion, PhotoFace
from galleries.models.face import FaceCategory
from galleries.photos.rotation import turning
from recognition import config, detection
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.types import Box
from sessions_app.models import FoundPhoto, HiddenFace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SIZE = (640, 200)
# Of these `thorough` looks at parts, of this many pixels.
TILE_SIDE, TILE_OVERLAP = 320, 160
# Eve from two sides, which the grouping takes for two people; nobody else is like anybody.
PEOPLE = (["ann", "bob"], ["ann#1"], ["bob", "ann"], ["eve", "carol"], ["eve"], ["eve#5"], ["carol", "eve#5"])


class Scene:
    """A photo session, its photos, and whoever looks at it. `stack`: what ends with the test."""

    def __init__(self):
        self.stack = ExitStack()
        self.session = SessionFactory()
        self.staff = UserFactory(is_superuser=True)
        self.gallery = GalleryFactory(studio=self.session.studio, session_id=self.session.pk)
        self.photos = [PhotoFactory(gallery=self.gallery, people=people, size=SIZE) for people in PEOPLE]
        self.work()

    @property
    def occasion(self):
        return Occasion.for_gallery(self.gallery)

    def work(self):
        tasks.analyse_gallery(str(self.gallery.pk))

    def switch(self, engine):
        run(engine)
        self.stack.enter_context(registry.use_engine(engine))
        for gallery in Gallery.objects.awaiting_grouping():
            tasks.group_faces(str(gallery.pk))

    def face(self, photo, place):
        """The face of a photo by its place from the left."""
        return sorted(self.photos[photo].faces.select_related("gallery"), key=lambda face: face.box["x"])[place]

    def person(self, name):
        return PersonFactory(studio=self.session.studio, real_name=name)

    def found(self, *people, client=None):
        """The photos that a guest finds by that face; by default a guest who leaves nothing behind."""
        visitor = client or device(self.session)
        search(visitor, self.session, list(people))
        photos = set(shown(visitor, self.session))
        if client is None:
            visitor.guest.delete()
        return photos

    def seen_by_staff(self):
        """What was said of each face, and which faces are a group; a face is named by its photo and place."""
        said, groups = {}, defaultdict(set)
        for face in PhotoFace.objects.all():
            place = face.photo_id, round((face.box["x"] + face.box["width"] / 2) / 40)
            said[place] = face.person_id, face.verified, face.face_category, face.drawn
            if face.cluster_id and not face.is_hidden:
                groups[face.cluster_id].add(place)
        return said, {frozenset(faces) for faces in groups.values() if len(faces) > 1}

    def seen_by_a_guest(self):
        return {name: self.found(name) for name in ("ann", "eve")}


@dataclass
class Decided:
    """A scene in which somebody decided something: whether it `holds`, and what staff and another guest see."""

    scene: Scene
    holds: Callable[[], bool]
    staff: Any
    guest: dict[str, set[str]]


@pytest.fixture(scope="module")
def undecided(shared_rows):
    with registry.use_engine(FakeEngine()), translation.override("en"):
        yield Scene()


@pytest.fixture(scope="module")
def made(request, undecided):
    """The decision of DECISIONS that the test asks for."""
    with undone():
        undecided.photos = [GalleryImage.objects.get(pk=photo.pk) for photo in undecided.photos]
        holds = request.param(undecided)
        assert holds()
        yield Decided(undecided, holds, undecided.seen_by_staff(), undecided.seen_by_a_guest())


@pytest.fixture
def decided(made, db, client_of):
    with ExitStack() as made.scene.stack:
        made.scene.client = client_of(made.scene.session.studio)
        yield made


# Decisions: each answers whether it holds.


def hide(scene, faces=3):
    ann = device(scene.session)
    assert len(scene.found("ann", client=ann)) == faces
    ann.post(f"/s/{scene.session.code}/forget/", {"hide": "1"})
    return lambda: HiddenFace.objects.count() == faces and scene.found("ann") == set()


def not_me(scene):
    ann = device(scene.session)
    everything = scene.found("ann", client=ann)
    ann.post(f"/s/{scene.session.code}/photos/refuse/", {"photo": ids(scene.photos[1])})
    kept = everything - set(ids(scene.photos[1]))
    return lambda: (
        scene.found("ann", client=ann) == kept
        and FoundPhoto.objects.filter(guest=ann.guest, face=None).count() == 0
        and scene.found("ann") == everything
    )


def keep_found_photos(scene):
    ann = device(scene.session)
    everything = scene.found("ann", client=ann)
    ann.post(f"/s/{scene.session.code}/photos/favourite/", {"photo": ids(scene.photos[0])})
    return lambda: (
        set(shown(ann, scene.session, show="me")) == everything
        and shown(ann, scene.session, show="favourites") == ids(scene.photos[0])
    )


def proposed(scene):
    """Ann's group has a name from one of its faces; the others are proposed to be her."""
    ann = scene.person("Ann")
    known = scene.face(0, 0)
    FaceCluster.objects.filter(pk=known.cluster_id).update(person=ann)
    PhotoFace.objects.filter(pk=known.pk).update(person=ann, verified=True, face_category=FaceCategory.KNOWN)
    grouping.group_faces(scene.occasion)
    return ann, scene.face(1, 0)


def deny(scene):
    ann, face = proposed(scene)
    assert face.person == ann
    decisions.deny(face, by=scene.staff)
    grouping.group_faces(scene.occasion)
    return lambda: (
        not PhotoFace.objects.filter(pk=face.pk, person=ann).exists()
        and PhotoFace.objects.filter(pk=face.pk).exists()
        and PhotoFace.objects.proposed().filter(person=ann).count() == 1
    )


def deny_the_only_face(scene):
    """Nobody else in the session has the name, so there is no group to keep it from."""
    ann, face = scene.person("Ann"), scene.face(1, 0)
    PhotoFace.objects.filter(pk=face.pk).update(person=ann, face_category=FaceCategory.KNOWN)
    face.refresh_from_db()
    decisions.deny(face, by=scene.staff)
    decisions.name(scene.face(0, 0).cluster, ann, by=scene.staff)
    scene.work()
    grouping.group_faces(scene.occasion)
    return lambda: PhotoFace.objects.filter(pk=face.pk, person=None).exists()


def confirm(scene):
    ann, face = proposed(scene)
    decisions.confirm([face], by=scene.staff)
    return lambda: PhotoFace.objects.filter(pk=face.pk, person=ann, verified=True).exists()


def reject(scene):
    group = scene.face(0, 1).cluster
    decisions.reject(group, by=scene.staff)
    return lambda: (
        PhotoFace.objects.filter(cluster=group, face_category=FaceCategory.IGNORED).count() == 2
        and scene.found("bob") == set()
    )


def ignore(scene):
    face = scene.face(1, 0)
    decisions.ignore([face], by=scene.staff)
    return lambda: (
        PhotoFace.objects.get(pk=face.pk).is_hidden and scene.found("ann") == set(ids(scene.photos[0], scene.photos[2]))
    )


def name(scene):
    ann, group = scene.person("Ann"), scene.face(0, 0).cluster
    decisions.name(group, ann, by=scene.staff)
    return lambda: PhotoFace.objects.filter(cluster=group, person=ann, verified=True).count() == 3


def unname(scene):
    ann, face = proposed(scene)
    decisions.assign([face], None, by=scene.staff)
    grouping.group_faces(scene.occasion)
    return lambda: (
        PhotoFace.objects.filter(pk=face.pk, person=None).exists()
        and PhotoFace.objects.proposed().filter(person=ann).count() == 1
    )


def split(scene):
    face, rest = scene.face(1, 0), scene.face(0, 0)
    decisions.split([face], by=scene.staff)
    return lambda: (
        PhotoFace.objects.get(pk=face.pk).cluster_id not in {None, PhotoFace.objects.get(pk=rest.pk).cluster_id}
    )


def merge(scene):
    one, other = scene.face(3, 0), scene.face(5, 0)
    decisions.merge([one.cluster, other.cluster], by=scene.staff)
    return lambda: (
        PhotoFace.objects.get(pk=one.pk).cluster_id == PhotoFace.objects.get(pk=other.pk).cluster_id
        and scene.found("eve") == set(ids(*scene.photos[3:]))
    )


def keep_apart(scene):
    one, other = scene.face(3, 0), scene.face(5, 0)
    assert one.cluster_id != other.cluster_id
    assert suggestions.find_suggestions(scene.occasion)
    decisions.keep_apart(one.cluster, other.cluster, by=scene.staff)
    return lambda: (
        PhotoFace.objects.get(pk=one.pk).cluster_id != PhotoFace.objects.get(pk=other.pk).cluster_id
        and not suggestions.find_suggestions(scene.occasion)
    )


def draw(scene):
    """Where no engine sees a face; and it has a name."""
    ann = scene.person("Ann")
    face, _decision = marking.mark_face(scene.photos[4], Box(20, 20, 60, 60), by=scene.staff)
    decisions.assign([face], ann, by=scene.staff)
    return lambda: PhotoFace.objects.filter(pk=face.pk, drawn=True, person=ann, verified=True).exists()


def erase(scene):
    erasure.erase_face(scene.face(1, 0))
    return lambda: (
        not scene.photos[1].faces.exists() and scene.found("ann") == set(ids(scene.photos[0], scene.photos[2]))
    )


def leave_out(scene):
    """Somebody asked for it by a selfie; eve, whom nobody knows from two sides, stays."""
    ann = descriptors.as_array(scene.face(1, 0).insightface_descriptor)
    opt_out.leave_out(ann, within=scene.occasion, later=False)
    places = ErasedFace.objects.filter(requested=True)
    return lambda: scene.found("ann") == set() and places.count() == 3


DECISIONS = [
    hide, not_me, keep_found_photos, deny, deny_the_only_face, confirm, reject, ignore, name, unname, split, merge,
    keep_apart, draw, erase, leave_out,
]  # fmt: skip


# Events


def again(scene):
    """The key `a`, and the admin's action."""
    GalleryImage.objects.filter(pk__in=[photo.pk for photo in scene.photos]).requeue()
    scene.work()


def detected_and_saved(scene):
    for photo in scene.photos:
        body = {"photo_id": str(photo.pk), "save": True}
        assert scene.client.post("/detect-faces", body, format="json").status_code == 200
    tasks.group_faces(str(scene.gallery.pk))


def thorough(scene):
    """And back to what it was: neither way loses anything."""
    scene.stack.enter_context(mock.patch.multiple(detection, TILE_SIDE=TILE_SIDE, TILE_OVERLAP=TILE_OVERLAP))
    for mode in ("thorough", "balanced"):
        config.save_settings({"detection": mode})
        again(scene)


def switched(scene):
    """To another model, which then analyses the photos again."""
    scene.switch(OtherEngine())
    again(scene)


def switched_back(scene):
    scene.switch(OtherEngine())
    scene.switch(FakeEngine())


def switched_to_a_blind_model_and_back(scene):
    """It sees no face in any photo, and neither does an analysis by it."""
    scene.switch(OtherEngine(blind_to=[(0, 2000)]))
    again(scene)
    scene.switch(FakeEngine())
    again(scene)


def file_changed(scene):
    """The same people, in pictures of which no byte is the same; then so much smaller that the boxes overlap by less
    than half, and only the descriptors tell who is who.
    """
    for side in (None, 103):
        for number, photo in enumerate(scene.photos):
            replace(scene, photo, picture_of(PEOPLE[number], size=SIZE, side=side, seed=1000 + number))
        again(scene)


def replace(scene, photo, data):
    """Put other bytes into the photo's file until the test ends."""
    with default_storage.open(photo.file.name) as file:
        scene.stack.callback(store, photo, file.read())
    store(photo, data)


def store(photo, data):
    default_storage.delete(photo.file.name)
    default_storage.save(photo.file.name, ContentFile(data))


def grouped_anew(scene):
    grouping.group_faces(scene.occasion, rebuild=True)


def turned_and_back(scene):
    """Each quarter round is analysed, though the engine sees nobody who lies."""
    for degrees in (90, 90, 270, 270):
        turning.turn_photos(scene.gallery.photos.all(), degrees, by=scene.staff)
        scene.work()


EVENTS = [
    again, detected_and_saved, thorough, switched, switched_back, switched_to_a_blind_model_and_back, file_changed,
    grouped_anew, turned_and_back,
]  # fmt: skip


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
@pytest.mark.parametrize("made", DECISIONS, ids=lambda decide: decide.__name__, indirect=True)
def test_what_was_decided_holds_for_staff_and_for_another_guest(decided, event):
    scene = decided.scene
    event(scene)
    assert decided.holds()
    assert scene.seen_by_staff() == decided.staff
    assert scene.seen_by_a_guest() == decided.guest


def nothing(_scene):
    return lambda: True


@pytest.mark.parametrize("made", [nothing], ids=["nothing"], indirect=True)
def test_a_face_of_somebody_hidden_that_only_the_next_model_sees_is_hidden_too(decided):
    """It joins the group that is hidden, because a grouping follows the switch."""
    scene, half = decided.scene, SIZE[0] // 2
    scene.switch(OtherEngine(blind_to=[(half, SIZE[0])]))
    again(scene)
    holds = hide(scene, faces=2)
    scene.switch(FakeEngine())
    assert holds()
    assert scene.face(2, 1).cluster == scene.face(0, 0).cluster
