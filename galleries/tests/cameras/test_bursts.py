"""Shots of a burst stand together, the best first; none is lost, and staff take a burst apart."""

import json
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from facepass.testing.factories import FaceFactory, GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pages.visitors import device, text
from galleries import tasks
from galleries.models import GalleryImage, Occasion
from galleries.models.photo import PhotoState
from galleries.photos.bursts import measuring, stacking, taking_apart
from recognition.pictures.perceptual_hash import count_differences, hash_picture, measure_sharpness
from sessions_app.models import GuestRules

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCENE = 0x0F0F_3355_00FF_1234
NEAR, FAR = SCENE ^ 0b1011, SCENE ^ 0xFFFF_FFFF


@pytest.fixture
def gallery():
    session = SessionFactory()
    GuestRules.objects.create(session=session, browsing=True)
    return GalleryFactory(studio=session.studio, session_id=session.pk)


def shot(gallery, seconds, picture_hash=SCENE, **fields):
    fields = {"state": PhotoState.PROCESSED, "sharpness": 100.0, "camera": "Canon", **fields}
    moment = None if seconds is None else MOMENT + timedelta(seconds=seconds)
    return PhotoFactory(gallery=gallery, taken_at=moment, picture_hash=picture_hash, stored=False, **fields)


def stack(gallery):
    stacking.stack_photos(Occasion.for_gallery(gallery))
    return {photo.pk: photo for photo in GalleryImage.objects.all()}


def are_one(rows, *photos):
    bursts = {rows[photo.pk].burst for photo in photos}
    return len(bursts) == 1 and None not in bursts


def test_alike_shots_of_one_camera_within_seconds_are_a_burst_and_nothing_else_is(gallery):
    first, second, third = shot(gallery, 0), shot(gallery, 2.5, NEAR), shot(gallery, 5, NEAR)
    other_scene, other_camera = shot(gallery, 1, FAR), shot(gallery, 1, NEAR ^ 0b100, camera="Nikon")
    later, without_time = shot(gallery, 60, NEAR ^ 0b10000), shot(gallery, None, NEAR ^ 0b100000)
    rows = stack(gallery)
    assert are_one(rows, first, second, third)
    alone = [other_scene, other_camera, later, without_time]
    assert [rows[photo.pk].burst for photo in alone] == [None] * 4


def test_a_picture_that_is_alike_in_every_bit_but_shows_another_number_of_people_is_another(gallery):
    alone, together = shot(gallery, None), shot(gallery, None)
    FaceFactory(photo=alone)
    FaceFactory(photo=together)
    FaceFactory(photo=together)
    rows = stack(gallery)
    assert [rows[photo.pk].burst for photo in (alone, together)] == [None, None]


def test_a_picture_that_is_alike_in_every_bit_belongs_to_it_whenever_it_was_taken(gallery):
    first, again = shot(gallery, 0), shot(gallery, 3600, camera="Nikon")
    elsewhere = shot(GalleryFactory(), None)
    rows = stack(gallery)
    assert are_one(rows, first, again)
    assert rows[elsewhere.pk].burst is None


def test_a_slow_pan_is_not_one_burst_because_each_shot_is_compared_with_the_first(gallery):
    bits = [SCENE ^ (2 ** (6 * step) - 1) for step in range(6)]
    stack_of = [shot(gallery, at, picture_hash) for at, picture_hash in enumerate(bits)]
    rows = stack(gallery)
    assert rows[stack_of[0].pk].burst == rows[stack_of[2].pk].burst != rows[stack_of[5].pk].burst


def test_the_best_faces_come_first_and_then_the_sharpest(gallery):
    dull, sharp, turned = (
        shot(gallery, 0, sharpness=50),
        shot(gallery, 1, sharpness=400),
        shot(gallery, 2, sharpness=900),
    )
    for photo, score in [(dull, 0.9), (sharp, 0.92), (turned, 0.3)]:
        FaceFactory(photo=photo, gallery=gallery, quality={"score": score})
    rows = stack(gallery)
    places = [rows[photo.pk].burst_place for photo in (sharp, dull, turned)]
    assert places == [0, 1, 2]


def test_a_later_shot_joins_the_burst_that_is_there_and_a_second_run_changes_nothing(gallery):
    first, second = shot(gallery, 0), shot(gallery, 1, NEAR)
    before = stack(gallery)[first.pk].burst
    third = shot(gallery, 2, NEAR)
    rows = stack(gallery)
    assert {rows[photo.pk].burst for photo in (first, second, third)} == {before}
    assert stacking.stack_photos(Occasion.for_gallery(gallery)) == 0


def test_what_staff_took_apart_stays_apart_until_they_put_it_together(gallery):
    shots = [shot(gallery, 0), shot(gallery, 1, NEAR), shot(gallery, 2, NEAR)]
    stack(gallery)
    chosen = GalleryImage.objects.filter(pk=shots[1].pk)
    assert {photo.pk for photo in taking_apart.take_apart(chosen)} == {photo.pk for photo in shots}
    assert {photo.burst for photo in stack(gallery).values()} == {None}
    taking_apart.put_together(GalleryImage.objects.all(), Occasion.for_gallery(gallery))
    assert are_one(stack(gallery), *shots)


@pytest.fixture
def burst(gallery):
    shots = [shot(gallery, at, sharpness=100 * (at + 1)) for at in range(3)]
    single = shot(gallery, 100, FAR)
    stack(gallery)
    return [*reversed(shots), single]


def test_guests_see_the_best_shot_and_the_others_behind_it(gallery, burst):
    session = SessionFactory._meta.model.objects.get(pk=gallery.session_id)
    page = text(device(session).get(f"/s/{session.code}/browse/"))
    assert re.findall(r'<li data-photo="([0-9a-f-]+)"', page) == [str(photo.pk) for photo in burst]
    (together,) = re.findall(r'<li class="fp-burst">.*?</ul></li>', page, re.DOTALL)
    assert together.count("data-photo") == 3
    assert page.count("<span>+2</span>") == 1


def test_when_the_best_is_hidden_the_next_one_stands_for_it(gallery, burst):
    session = SessionFactory._meta.model.objects.get(pk=gallery.session_id)
    GalleryImage.objects.filter(pk=burst[0].pk).update(hidden_from_guests=True)
    page = text(device(session).get(f"/s/{session.code}/browse/"))
    assert re.findall(r'<li data-photo="([0-9a-f-]+)"', page) == [str(photo.pk) for photo in burst[1:]]
    assert page.count("<span>+1</span>") == 1


def test_staff_see_which_shot_it_is_the_best_of_each_and_one_burst_by_itself(gallery, burst, admin_client):
    def ask(**query):
        return admin_client.get(reverse("admin:galleries_gallery_window", args=[gallery.pk]), query).json()["photos"]

    everything = {photo["id"]: photo["shots"] for photo in ask()}
    assert [everything[str(photo.pk)] for photo in burst] == ["shot 1 of 3", "shot 2 of 3", "shot 3 of 3", ""]
    assert {photo["id"] for photo in ask(filter="best_shots")} == {str(burst[0].pk), str(burst[3].pk)}
    burst_id = str(GalleryImage.objects.get(pk=burst[0].pk).burst)
    assert {photo["id"] for photo in ask(burst=burst_id)} == {str(photo.pk) for photo in burst[:3]}
    counts = admin_client.get(reverse("admin:galleries_gallery_counts", args=[gallery.pk])).json()
    assert counts["best_shots"] == 2


def test_staff_take_it_apart_and_back(gallery, burst, admin_client):
    def act(body):
        path = reverse("admin:galleries_gallery_act", args=[gallery.pk])
        return admin_client.post(path, json.dumps(body), content_type="application/json").json()

    done = act({"verb": "apart", "photos": [str(burst[2].pk)]})
    assert done["number"] == 3
    assert not GalleryImage.objects.exclude(burst=None).exists()
    act(done["undo"])
    assert GalleryImage.objects.exclude(burst=None).count() == 3


def test_the_analysis_measures_and_a_chore_does_it_for_photos_of_before(fake_engine, gallery):
    photos = [PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600), taken_at=MOMENT) for _shot in range(2)]
    tasks.analyse_gallery(str(gallery.pk))
    measured = list(GalleryImage.objects.order_by("pk").values_list("picture_hash", "sharpness"))
    assert all(sharpness is not None for _hash, sharpness in measured)
    GalleryImage.objects.update(picture_hash=None, sharpness=None, burst=None)
    assert measuring.measure_old_photos() == 2
    again = list(GalleryImage.objects.order_by("pk").values_list("picture_hash", "sharpness"))
    for (before, _sharp), (after, sharpness) in zip(measured, again, strict=True):
        assert sharpness is not None
        assert (before is None) == (after is None)
        assert before is None or count_differences(before, after) <= 2
    assert measuring.measure_old_photos() == 0
    assert len(photos) == 2


def test_a_hash_survives_scaling_and_light_and_a_flat_picture_has_none():
    grain = np.random.default_rng(3).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    scene = np.kron(grain, np.ones((40, 40, 1), np.uint8))
    darker = (scene * 0.7).astype(np.uint8)
    assert count_differences(hash_picture(scene), hash_picture(darker)) <= 4
    assert count_differences(hash_picture(scene), hash_picture(scene[::2, ::2])) <= 4
    assert count_differences(hash_picture(scene), hash_picture(np.ascontiguousarray(scene[:, ::-1]))) > 20
    assert hash_picture(np.full((60, 80, 3), 90, np.uint8)) is None
    assert measure_sharpness(scene) > measure_sharpness(np.full((60, 80, 3), 90, np.uint8))
