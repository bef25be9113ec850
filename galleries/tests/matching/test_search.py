"""Exact search inside galleries."""

import math

import numpy as np
import pytest

from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    descriptor,
)
from galleries.matching import misses, search
from galleries.models import Occasion, PhotoFace
from galleries.models.face import FaceCategory
from recognition.engines.fake import FakeEngine
from recognition.model_versions import current_model_version
from recognition.types import Box, DescribedFace, DetectedFace, Quality

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def gallery():
    return GalleryFactory()


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
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.5)
    assert [match.face.pk for match in found] == [best.pk, second.pk]
    assert [match.cosine for match in found] == pytest.approx([0.9, 0.7], abs=2e-3)
    assert found[0].similarity > found[1].similarity


def test_faces_below_the_threshold_are_left_out():
    probe, gallery = descriptor(1), GalleryFactory()
    # The fake engine's calibration: cosine 0.45 is similarity 0.5.
    FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.44, probe, 2))
    FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.46, probe, 3))
    assert len(search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.5)) == 1


def test_other_galleries_other_models_and_ignored_faces_are_not_compared():
    probe, gallery = descriptor(1), GalleryFactory()
    FaceFactory(insightface_descriptor=probe)
    FaceFactory(
        photo__gallery=gallery,
        insightface_descriptor=probe,
        model_version=ModelVersionFactory(contract_id="another"),
    )
    FaceFactory(photo__gallery=gallery, insightface_descriptor=probe, face_category=FaceCategory.IGNORED)
    assert search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.0) == []


def test_search_agrees_with_brute_force_and_the_limit_counts_photos():
    probe, gallery = descriptor(0), GalleryFactory()
    vectors = {}
    for number in range(40):
        photo = PhotoFactory(gallery=gallery, stored=False)
        vectors[photo.pk] = at(number / 50, probe, number + 1)
        FaceFactory(photo=photo, insightface_descriptor=vectors[photo.pk])
    expected = sorted(vectors, key=lambda pk: -float(vectors[pk] @ probe))
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.0, limit=15)
    assert [match.face.photo_id for match in found] == expected[:15]


def test_a_search_takes_a_fixed_number_of_queries(django_assert_num_queries):
    probe, gallery = descriptor(1), GalleryFactory()
    for seed in range(5):
        FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.8, probe, seed + 2))
    current_model_version()
    # Model version, settings, galleries, groups, faces beyond doubt, loose faces, faces, photos.
    with django_assert_num_queries(8):
        assert len(search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.5)) == 5


def grouped(gallery, *vectors, **fields):
    """A group of faces with these descriptors, each in a photo of its own."""
    group = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
    for vector in vectors:
        FaceFactory(
            photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=vector, cluster=group,
            person=group.person,
        )  # fmt: skip
    return group


def test_a_group_that_is_like_the_probe_gives_all_its_photos(gallery):
    probe = descriptor(1)
    group = grouped(gallery, at(0.8, probe, 2), at(0.75, probe, 3), at(0.2, probe, 4))
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert [match.via for match in found] == ["group"] * 3
    assert [match.cosine for match in found] == pytest.approx([0.8, 0.75, 0.2], abs=2e-3)
    assert {match.face.cluster_id for match in found} == {group.pk}
    mean = FakeEngine.calibration.similarity((0.8 + 0.75 + 0.2) / 3)
    assert found[2].group_similarity == pytest.approx(mean, abs=2e-3)


def test_a_group_of_somebody_else_keeps_its_photos_but_for_a_face_beyond_doubt(gallery):
    probe = descriptor(1)
    grouped(gallery, at(0.6, probe, 2), at(0.1, probe, 3), at(0.1, probe, 4))
    within = Occasion.for_gallery(gallery)
    assert search.find_matches(probe, within=within, threshold=0.55) == []
    grouped(gallery, at(0.9, probe, 5), at(0.1, probe, 6), at(0.1, probe, 7))
    (found,) = search.find_matches(probe, within=within, threshold=0.55)
    assert (found.via, found.group_similarity) == ("face", None)


def test_of_two_groups_that_share_a_photo_the_better_one_counts(gallery):
    probe = descriptor(1)
    better = grouped(gallery, at(0.8, probe, 2), at(0.8, probe, 3))
    worse = grouped(gallery, at(0.6, probe, 4), at(0.6, probe, 5))
    shared = better.faces.first().photo
    FaceFactory(photo=shared, insightface_descriptor=at(0.6, probe, 6), cluster=worse)
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert {match.face.cluster_id for match in found} == {better.pk}


def test_without_a_threshold_it_rises_with_how_many_the_event_has(gallery):
    probe, cosine = descriptor(1), FakeEngine.calibration.cosine
    grouped(gallery, at(cosine(0.61), probe, 2), at(cosine(0.61), probe, 3))
    small = search.search_photos(probe, within=Occasion.for_gallery(gallery))
    assert len(small.matches) == 2
    for seed in range(120):
        FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0, probe, 10 + seed))
    large = search.search_photos(probe, within=Occasion.for_gallery(gallery))
    assert (large.matches, len(large.possible)) == ([], 2)
    assert large.threshold == pytest.approx(0.59 + 0.1 * math.log10(121 / 50), abs=1e-4)
    assert large.threshold > 0.61 > small.threshold


@pytest.mark.parametrize(("best", "next_best", "photos"), [(0.5, 0.45, 0), (0.5, 0.3, 2), (0.44, 0.2, 0)])
def test_what_is_possible_is_well_ahead_of_the_next_group(gallery, best, next_best, photos):
    probe, cosine = descriptor(1), FakeEngine.calibration.cosine
    likely = grouped(gallery, *[at(cosine(best), probe, seed) for seed in (2, 3)])
    grouped(gallery, *[at(cosine(next_best), probe, seed) for seed in (4, 5)])
    found = search.search_photos(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert found.matches == []
    assert [match.face.cluster_id for match in found.possible] == [likely.pk] * photos


def test_a_possible_photo_is_never_among_the_matches(gallery):
    probe, cosine = descriptor(1), FakeEngine.calibration.cosine
    mine = grouped(gallery, *[at(0.9, probe, seed) for seed in (2, 3)])
    maybe = grouped(gallery, *[at(cosine(0.5), probe, seed) for seed in (4, 5)])
    same_photo = grouped(gallery, at(cosine(0.5), probe, 6))
    FaceFactory(photo=mine.faces.first().photo, insightface_descriptor=at(cosine(0.5), probe, 7), cluster=same_photo)
    found = search.search_photos(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert {match.face.cluster_id for match in found.matches} == {mine.pk}
    assert {match.face.cluster_id for match in found.possible} == {maybe.pk}
    assert not {m.face.photo_id for m in found.matches} & {m.face.photo_id for m in found.possible}


def test_another_side_of_the_same_person_comes_with_the_group_that_was_found(gallery):
    probe = descriptor(1)
    front = at(0.9, probe, 2)
    # At 0.42 to the probe it is not found by itself; at 0.9 to what was found it is the same person.
    side = at(0.9, front, 3)
    side = side - (side @ probe) * probe + 0.42 * probe
    grouped(gallery, front, front)
    grouped(gallery, at(0.42, probe, 9), at(0.42, probe, 10))
    other_side = grouped(gallery, side / np.linalg.norm(side), side / np.linalg.norm(side))
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert len(found) == 4
    assert other_side.pk in {match.face.cluster_id for match in found}


def test_groups_of_two_named_people_are_never_given_together(gallery):
    probe = descriptor(1)
    ann = grouped(gallery, at(0.8, probe, 2), person=PersonFactory(studio=gallery.studio))
    grouped(gallery, at(0.6, probe, 3), person=PersonFactory(studio=gallery.studio))
    found = search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.55)
    assert [match.face.cluster_id for match in found] == [ann.pk]


def test_rejected_groups_are_not_searched(gallery):
    probe = descriptor(1)
    grouped(gallery, at(0.9, probe, 2), rejected=True)
    PhotoFace.objects.update(face_category=FaceCategory.IGNORED)
    assert search.find_matches(probe, within=Occasion.for_gallery(gallery), threshold=0.5) == []


def test_photos_with_a_person_are_those_named_and_those_that_look_like_them(gallery):
    look = descriptor(1)
    ann = PersonFactory(studio=gallery.studio)
    named = FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.9, look, 2), person=ann, verified=True)
    odd = FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.1, look, 3), person=ann)
    alike = FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.9, look, 4))
    FaceFactory(
        photo__gallery=gallery, insightface_descriptor=at(0.9, look, 5), person=PersonFactory(studio=gallery.studio)
    )
    found = search.find_photos_of_person(ann, within=Occasion.for_gallery(gallery), threshold=0.5)
    assert {match.face.pk: match.via for match in found} == {named.pk: "person", odd.pk: "person", alike.pk: "face"}
    stranger = PersonFactory(studio=gallery.studio)
    assert search.find_photos_of_person(stranger, within=Occasion.for_gallery(gallery), threshold=0.5) == []


def test_several_people_together_or_any_of_them(gallery):
    ann, bob = descriptor(1), descriptor(2)
    both, only_ann = PhotoFactory(gallery=gallery, stored=False), PhotoFactory(gallery=gallery, stored=False)
    FaceFactory(photo=both, insightface_descriptor=at(0.8, ann, 3))
    FaceFactory(photo=both, insightface_descriptor=at(0.9, bob, 4))
    FaceFactory(photo=only_ann, insightface_descriptor=at(0.7, ann, 5))
    within = Occasion.for_gallery(gallery)
    found = [search.find_matches(probe, within=within, threshold=0.5) for probe in (ann, bob)]
    every = search.combine_matches(found, combine="all")
    assert [(match.face.photo_id, match.subjects) for match in every] == [(both.pk, (0, 1))]
    some = search.combine_matches(found, combine="any")
    assert [(match.face.photo_id, match.subjects) for match in some] == [(both.pk, (0, 1)), (only_ann.pk, (0,))]


def test_every_near_miss_says_why(gallery):
    probe = descriptor(1)
    given = FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.8, probe, 2))
    expected = {
        FaceFactory(
            photo__gallery=gallery, insightface_descriptor=at(0.9, probe, 3), face_category=FaceCategory.IGNORED
        ).pk: "hidden",
        FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.45, probe, 4)).pk: "below_threshold",
        FaceFactory(
            photo__gallery=gallery, insightface_descriptor=at(0.44, probe, 5), quality={"reasons": ["blurred"]}
        ).pk: "low_quality",
        FaceFactory(
            photo__gallery=gallery,
            insightface_descriptor=probe,
            model_version=ModelVersionFactory(contract_id="another"),
        ).pk: "other_model_version",
    }
    grouped(gallery, at(0.6, probe, 6), at(0.0, probe, 7), at(0.0, probe, 8))
    FaceFactory(photo__gallery=gallery, insightface_descriptor=at(0.1, probe, 9))
    within = Occasion.for_gallery(gallery)
    found = search.find_matches(probe, within=within, threshold=0.55)
    assert [match.face.pk for match in found] == [given.pk]
    told = {miss.face.pk: miss.reason for miss in misses.find_misses(probe, found, within=within, threshold=0.55)}
    assert {pk: told.get(pk) for pk in expected} == expected
    assert "someone_else" in told.values()
    assert given.pk not in told


@pytest.mark.parametrize(
    ("reasons", "weak"),
    [((), False), (("turned_away",), False), (("turned_away", "blurred"), True), (("too_small",), True)],
)
def test_a_probe_of_which_little_is_left_is_held_more_strictly(gallery, reasons, weak):
    probe, cosine = descriptor(1), FakeEngine.calibration.cosine
    quality = Quality(1, 100, 100, 100, 0, 0, 0, reasons=reasons)
    face = DescribedFace(DetectedFace(Box(0, 0, 9, 9), np.zeros((5, 2), np.float32), 1.0), quality, probe)
    assert search.is_weak_probe(face) is weak
    grouped(gallery, at(cosine(0.56), probe, 2), at(cosine(0.56), probe, 3))
    found = search.search_photos(probe, within=Occasion.for_gallery(gallery), weak=weak)
    assert bool(found.matches) is not weak
