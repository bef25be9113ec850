"""Exact search inside galleries."""

import numpy as np
import pytest

from galleries import search
from galleries.models.face import FaceCategory
from galleries.tests.factories import FaceFactory, GalleryFactory, ModelVersionFactory, PhotoFactory, descriptor
from recognition.models import ModelVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def at(cosine: float, probe, seed: int):
    """A unit vector with that cosine to the probe."""
    other = descriptor(seed)
    other = other - (other @ probe) * probe
    return (cosine * probe + np.sqrt(1 - cosine**2) * other / np.linalg.norm(other)).astype(np.float32)


def test_the_best_face_of_each_photo_is_returned_best_first():
    probe, gallery = descriptor(1), GalleryFactory()
    one, two = PhotoFactory(gallery=gallery), PhotoFactory(gallery=gallery)
    FaceFactory(photo=one, insightface_descriptor=at(0.6, probe, 2))
    best = FaceFactory(photo=one, insightface_descriptor=at(0.9, probe, 3))
    second = FaceFactory(photo=two, insightface_descriptor=at(0.7, probe, 4))
    found = search.photos_of(probe, gallery_ids=[gallery.pk], threshold=0.5)
    assert [match.face.pk for match in found] == [best.pk, second.pk]
    assert [match.cosine for match in found] == pytest.approx([0.9, 0.7], abs=2e-3)
    assert found[0].similarity > found[1].similarity


def test_faces_below_the_threshold_are_left_out():
    probe, gallery = descriptor(1), GalleryFactory()
    # The fake engine's calibration: cosine 0.45 is similarity 0.5.
    FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.44, probe, 2))
    FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.46, probe, 3))
    assert len(search.photos_of(probe, gallery_ids=[gallery.pk], threshold=0.5)) == 1


def test_other_galleries_other_models_and_ignored_faces_are_not_compared():
    probe, gallery = descriptor(1), GalleryFactory()
    FaceFactory(insightface_descriptor=probe)
    FaceFactory(
        photo__gallery=gallery,
        insightface_descriptor=probe,
        model_version=ModelVersionFactory(contract_id="another"),
    )
    FaceFactory(photo__gallery=gallery, insightface_descriptor=probe, face_category=FaceCategory.IGNORED)
    assert search.photos_of(probe, gallery_ids=[gallery.pk], threshold=0.0) == []


def test_search_agrees_with_brute_force_and_the_limit_counts_photos():
    probe, gallery = descriptor(0), GalleryFactory()
    vectors = {}
    for number in range(40):
        photo = PhotoFactory(gallery=gallery, stored=False)
        vectors[photo.pk] = at(number / 50, probe, number + 1)
        FaceFactory(photo=photo, insightface_descriptor=vectors[photo.pk])
    expected = sorted(vectors, key=lambda pk: -float(vectors[pk] @ probe))
    found = search.photos_of(probe, gallery_ids=[gallery.pk], threshold=0.0, limit=15)
    assert [match.face.photo_id for match in found] == expected[:15]


def test_a_search_takes_a_fixed_number_of_queries(django_assert_num_queries):
    probe, gallery = descriptor(1), GalleryFactory()
    for seed in range(5):
        FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.8, probe, seed + 2))
    ModelVersion.objects.current()
    with django_assert_num_queries(2):  # the model version, the faces with their photos
        assert len(search.photos_of(probe, gallery_ids=[gallery.pk], threshold=0.5)) == 5
