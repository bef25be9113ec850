"""What is learnt from: wrong names, doubles and bad pictures left out, and no shot on both sides of the split."""

from uuid import UUID

import numpy as np
import pytest

from facepass.testing.engines.real import SHARED, TESTPACK
from facepass.testing.factories import descriptor, near
from recognition import pipeline
from recognition.config import RecognitionSettings
from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.pictures import decoding
from training.learning import dataset
from training.learning.dataset import SAME_SHOT, Faces, Part, Reason

PEOPLE = SHARED / "data" / "lfw" / "people"
SCORES = FakeEngine.calibration


def number(n):
    return UUID(int=n)


def crowd(people=40, each=8):
    """Faces of one person have a cosine near 0.81, those of two near 0."""
    rows = [(p, near(descriptor(p), 1000 + p * each + k, 0.9)) for p in range(people) for k in range(each)]
    return Faces(
        ids=[number(i) for i in range(len(rows))],
        people=[number(10_000 + p) for p, _d in rows],
        photos=[number(20_000 + i) for i in range(len(rows))],
        usable=[True] * len(rows),
        descriptors=np.stack([d for _p, d in rows]).astype(np.float32),
    )


def test_every_face_is_either_in_one_part_or_left_out_for_a_reason():
    found = dataset.build_dataset(crowd(), SCORES)
    assert set(found.parts) == set(found.faces.ids)
    assert found.left_out == {}
    shares = [list(found.parts.values()).count(part) / len(found.parts) for part in Part]
    assert shares == pytest.approx([0.56, 0.24, 0.2], abs=0.12)


def test_whoever_is_no_stranger_has_faces_to_learn_from_and_a_stranger_has_none():
    found = dataset.build_dataset(crowd(each=2), SCORES)
    of_person = {}
    for pk, person in zip(found.faces.ids, found.faces.people, strict=True):
        of_person.setdefault(person, set()).add(found.parts[pk])
    assert {Part.STRANGER} in of_person.values()
    for parts in of_person.values():
        assert parts == {Part.STRANGER} or Part.TRAIN in parts


def test_the_order_of_the_faces_changes_nothing():
    faces = crowd()
    turned = faces.select(list(reversed(range(len(faces.ids)))))
    assert dataset.build_dataset(faces, SCORES).parts == dataset.build_dataset(turned, SCORES).parts


def test_bad_pictures_and_people_with_too_few_are_left_out():
    faces = crowd(people=5, each=4)
    usable = [i not in (0, 4, 5, 6) for i in range(20)]
    found = dataset.build_dataset(Faces(faces.ids, faces.people, faces.photos, usable, faces.descriptors), SCORES)
    assert found.left_out == {
        **{number(i): Reason.LOW_QUALITY for i in (0, 4, 5, 6)},
        number(7): Reason.TOO_FEW,
    }


def test_one_shot_and_one_photo_are_on_one_side():
    faces = crowd(people=30, each=8)
    descriptors = faces.descriptors.copy()
    for first in range(0, 240, 8):  # of each person: the first two are one shot; the third is in the next one's photo
        descriptors[first + 1] = near(descriptors[first], 7000 + first, SAME_SHOT + 0.02)
    photos = list(faces.photos)
    for first in range(0, 232, 8):
        photos[first + 2] = photos[first + 10]
    found = dataset.build_dataset(Faces(faces.ids, faces.people, photos, faces.usable, descriptors), SCORES)
    learnt = {True: set(), False: set()}
    for i, pk in enumerate(faces.ids):
        if found.parts[pk] is not Part.STRANGER:
            learnt[found.parts[pk] is Part.TRAIN].add(photos[i])
    assert learnt[True].isdisjoint(learnt[False])
    for first in range(0, 240, 8):
        assert found.parts[number(first)] is found.parts[number(first + 1)]


def test_one_shot_under_two_names_is_a_conflict_and_teaches_nothing():
    faces = crowd(people=6, each=6)
    faces.descriptors[6] = near(faces.descriptors[0], 9000, 0.99)
    found = dataset.build_dataset(faces, SCORES)
    assert found.conflicts == [(number(0), number(6))]
    assert found.left_out.keys() == {number(0), number(6)}


@pytest.mark.parametrize("faces", [crowd(1, 1), crowd(1, 1).select([])])
def test_one_face_or_none_is_a_dataset_of_nobody(faces):
    assert dataset.build_dataset(faces, SCORES).parts == {}


@pytest.mark.skipif(not (PEOPLE.is_dir() and TESTPACK.is_dir()), reason="no pictures to test with")
def test_of_one_wrong_name_in_twenty_most_are_found_and_few_right_ones_are_suspected(insightface_engine):
    """On real faces of 76 people; the whole folder takes minutes, so every second person."""
    paths = [p for p in sorted(PEOPLE.iterdir()) if _person(p) in sorted({_person(q) for q in PEOPLE.iterdir()})[::2]]
    described = [(p, _largest(insightface_engine, p)) for p in paths]
    names = sorted({_person(p) for p in paths})
    true = np.array([names.index(_person(p)) for p, face in described if face is not None])
    vectors = np.stack([face for _p, face in described if face is not None])
    found, wrong = 0, 0
    planted = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        said, bad = true.copy(), rng.choice(len(true), round(0.05 * len(true)), replace=False)
        said[bad] = (true[bad] + rng.integers(1, len(names), len(bad))) % len(names)
        ids = [number(i) for i in range(len(true))]
        faces = Faces(ids, [number(10_000 + n) for n in said.tolist()], ids, [True] * len(ids), vectors)
        suspects = dataset.build_dataset(faces, insightface_engine.calibration).suspects
        right = [s for s in suspects if s.face.int in bad]
        found, wrong, planted = found + len(right), wrong + len(suspects) - len(right), planted + len(bad)
        assert all(s.looks_like == number(10_000 + int(true[s.face.int])) for s in right)
    assert found / planted >= 0.8
    assert found / (found + wrong) >= 0.8


def _person(path):
    return path.stem.rsplit("_", 1)[0]


def _largest(engine, path):
    with path.open("rb") as file, registry.use_engine(engine):
        picture = decoding.decode_picture(file, longest_side=1600)
        found = pipeline.describe_picture(picture, engine=engine, settings=RecognitionSettings())
    return found[0].descriptor if found else None
