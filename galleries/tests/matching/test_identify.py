"""Who a face shows, of a studio's people; and the index that answers where there are too many faces to compare."""

from zlib import crc32

import numpy as np
import pytest
from django.db import connection

from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    StudioFactory,
    descriptor,
)
from galleries.matching import identification, nearest
from galleries.models import PhotoFace
from galleries.tests.matching.test_search import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def gallery():
    return GalleryFactory()


def known(gallery, person, *cosines, probe, **fields):
    for cosine in cosines:
        FaceFactory(
            photo=PhotoFactory(gallery=gallery, stored=False),
            insightface_descriptor=at(cosine, probe, int(cosine * 1000) + crc32(person.real_name.encode()) % 997),
            person=person,
            **{"verified": True, **fields},
        )


def test_the_person_whose_nearest_faces_are_most_alike_is_named(gallery):
    probe = descriptor(1)
    ann, bob = PersonFactory(studio=gallery.studio), PersonFactory(studio=gallery.studio)
    known(gallery, ann, 0.8, 0.7, 0.6, 0.0, probe=probe)
    known(gallery, bob, 0.75, 0.1, 0.1, probe=probe)
    found = identification.identify(probe, studio_ids=[gallery.studio_id])
    assert found.person == ann
    assert [candidate.person for candidate in found.candidates] == [ann, bob]
    assert found.candidates[0].cosine == pytest.approx(0.7, abs=2e-3)
    assert found.margin == pytest.approx(found.candidates[0].similarity - found.candidates[1].similarity, abs=1e-4)


def test_somebody_whom_nobody_knows_is_nobody_and_the_nearest_are_still_told(gallery):
    probe = descriptor(1)
    ann = PersonFactory(studio=gallery.studio)
    known(gallery, ann, 0.3, probe=probe)
    found = identification.identify(probe, studio_ids=[gallery.studio_id])
    assert (found.person, found.margin) == (None, None)
    assert [candidate.person for candidate in found.candidates] == [ann]


def test_unverified_faces_and_other_studios_name_nobody(gallery):
    probe = descriptor(1)
    known(gallery, PersonFactory(studio=gallery.studio), 0.9, probe=probe, verified=False)
    other = GalleryFactory(studio=StudioFactory())
    known(other, PersonFactory(studio=other.studio), 0.9, probe=probe)
    assert identification.identify(probe, studio_ids=[gallery.studio_id]).candidates == []


def test_a_threshold_of_ones_own_and_fewer_candidates(gallery):
    probe = descriptor(1)
    for cosine in (0.5, 0.45, 0.4):
        known(gallery, PersonFactory(studio=gallery.studio), cosine, probe=probe)
    found = identification.identify(probe, studio_ids=[gallery.studio_id], threshold=0.5, candidates=2)
    assert found.person is not None
    assert len(found.candidates) == 2
    assert identification.identify(probe, studio_ids=[gallery.studio_id], threshold=0.9).person is None


@pytest.mark.django_db(transaction=True)
def test_the_index_is_made_and_made_again_and_finds_what_comparing_all_finds(gallery, monkeypatch):
    probe = descriptor(1)
    photo, other = PhotoFactory(gallery=gallery, stored=False), PhotoFactory(stored=False)
    version = ModelVersionFactory()
    PhotoFace.objects.bulk_create(
        FaceFactory.build(
            photo=home, gallery=home.gallery, model_version=version, insightface_descriptor=at(n / 300, probe, n + 2)
        )
        for n, home in enumerate([photo, photo, photo, photo, other] * 50)
    )
    faces = PhotoFace.objects.filter(gallery=gallery)
    exact = [face.pk for face in nearest.find_nearest(faces, probe, limit=10)]
    assert not nearest.is_index_built()
    nearest.rebuild_index()
    nearest.rebuild_index()
    assert nearest.is_index_built()
    monkeypatch.setattr(nearest, "MAX_EXACT_FACES", 10)
    statements: list[str] = []

    def listen(execute, sql, params, many, context):
        statements.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        found = nearest.find_nearest(faces, probe, limit=10)
    assert [face.pk for face in found] == exact
    assert np.all(np.diff([face.distance for face in found]) >= 0)
    assert any("hnsw.iterative_scan" in statement for statement in statements)
