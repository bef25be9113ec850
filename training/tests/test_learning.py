"""Templates: good faces count more, odd ones not at all, looks are kept apart; and what a likeness is worth."""

from uuid import UUID

import numpy as np
import pytest

from facepass.testing.factories import descriptor, near
from galleries.matching.identification import combine_cosines
from recognition.engines.fake import FakeEngine
from training.learning import score_calibration, templates
from training.learning.dataset import Faces
from training.learning.evaluation import HeldOutEvaluation, is_not_worse
from training.learning.scoring import score_probes, with_calibration
from training.tests.test_dataset import crowd, number

SCORES = FakeEngine.calibration


def faces_of(*directions, quality=()):
    """All of one person."""
    ids = [number(i) for i in range(len(directions))]
    return Faces(ids, [UUID(int=1)] * len(ids), ids, [True] * len(ids), np.stack(directions), list(quality))


def looks(direction, count, seed, cosine=0.9):
    return [near(direction, seed + n, cosine) for n in range(count)]


def test_a_template_is_the_mean_of_a_persons_faces():
    faces = faces_of(*looks(descriptor(1), 5, 100))
    learnt = templates.learn_templates(faces, SCORES)
    mean = faces.descriptors.mean(axis=0)
    assert learnt.enrolled.templates.shape == (1, 512)
    assert learnt.enrolled.templates[0] @ mean / np.linalg.norm(mean) == pytest.approx(1)
    assert learnt.outliers == []


def test_good_faces_count_more():
    good, poor = looks(descriptor(1), 2, 100)
    template = templates.learn_templates(faces_of(good, poor, quality=[0.9, 0.1]), SCORES).enrolled.templates[0]
    assert template @ good > template @ poor


def test_a_face_of_somebody_else_is_left_out():
    faces = faces_of(*looks(descriptor(1), 6, 100), near(descriptor(2), 5, 0.9))
    learnt = templates.learn_templates(faces, SCORES)
    assert learnt.outliers == [number(6)]
    assert len(learnt.enrolled.faces) == 6


def test_whoever_looks_different_at_times_has_a_template_of_each_look():
    other_look = near(descriptor(1), 9, 0.3)
    faces = faces_of(*looks(descriptor(1), 9, 100), *looks(other_look, 3, 200))
    learnt = templates.learn_templates(faces, SCORES)
    assert learnt.outliers == []
    assert len(learnt.enrolled.templates) == 3
    probe = near(other_look, 300, 0.9)
    alone = templates.compute_templates(faces.descriptors, np.ones(12, np.float32), least=-1)
    assert learnt.enrolled.combined_cosines(probe[None])[0, 0] > combine_cosines(
        float((alone @ probe)[0]), float((faces.descriptors @ probe).max())
    )


def test_somebody_of_whom_every_face_differs_is_still_learnt():
    learnt = templates.learn_templates(faces_of(*(descriptor(n) for n in range(5))), SCORES)
    assert learnt.outliers == []
    assert np.isfinite(learnt.enrolled.templates).all()


def test_likeness_is_what_identification_computes_from_one_template_and_one_face():
    learnt = templates.learn_templates(crowd(people=3, each=4), SCORES).enrolled
    probes = np.stack([near(descriptor(p), 50 + p, 0.8) for p in range(3)])
    for i, probe in enumerate(probes):
        for p in range(3):
            best, nearest = learnt.templates[p] @ probe, (learnt.faces[4 * p : 4 * p + 4] @ probe).max()
            assert learnt.combined_cosines(probes)[i, p] == pytest.approx(combine_cosines(best, nearest), abs=1e-5)


def test_nearest_faces_are_the_mean_of_so_many():
    faces = crowd(people=2, each=5)
    learnt = templates.learn_templates(faces, SCORES).enrolled
    probe = near(descriptor(0), 77, 0.8)
    by_hand = [np.sort(faces.descriptors[a : a + 5] @ probe)[-3:].mean() for a in (0, 5)]
    assert learnt.nearest_face_cosines(probe[None], count=3)[0].tolist() == pytest.approx(by_hand, abs=1e-5)


def test_a_rate_is_measured_as_counting_the_comparisons_one_by_one_does():
    faces = crowd(people=40, each=4)
    enrolled = templates.learn_templates(faces, SCORES).enrolled
    _calibration, found = score_calibration.calibrate_templates(faces, enrolled, SCORES)
    scores = enrolled.combined_cosines(faces.descriptors)
    others = np.sort(np.concatenate([np.delete(row, i // 4) for i, row in enumerate(scores)]))[::-1]
    for threshold in found[:2]:
        assert threshold.measured.value == pytest.approx(others[int(threshold.fmr * len(others))], abs=1e-3)
        assert threshold.measured.low <= threshold.measured.value <= threshold.measured.high
        assert threshold.cosine == pytest.approx(threshold.measured.high, abs=1e-4)
    assert [one.measured is None for one in found] == [False, False, True, True, True]


def test_strangers_reach_a_similarity_about_as_often_as_it_says():
    """160 strangers' faces against 40 people who never saw them: 6,400 comparisons."""
    faces = crowd(people=80, each=4)
    known = faces.select(range(160))
    enrolled = templates.learn_templates(known, SCORES).enrolled
    calibration, _found = score_calibration.calibrate_templates(known, enrolled, SCORES)
    strangers = score_probes(
        faces.select(range(160, 320)), enrolled.people, with_calibration(enrolled.combined_cosines, calibration)
    )
    assert (strangers.impostor_counts.sum(axis=0)[strangers.step_ends > 0.4]).sum() / 6400 <= 0.012


def test_with_one_person_there_is_nobody_to_compare_with_and_the_models_scale_holds():
    faces = faces_of(*looks(descriptor(1), 4, 100))
    calibration, found = score_calibration.calibrate_templates(
        faces, templates.learn_templates(faces, SCORES).enrolled, SCORES
    )
    assert not calibration.calibrated
    assert calibration.cosine(0.5) == pytest.approx(SCORES.cosine(0.5), abs=1e-3)
    assert all(one.measured is None for one in found)


def judged(*, right, strangers_named):
    """Four known people and four strangers; so many of them decided rightly, and so many named."""
    known = [[0.9, 0.1]] * right + [[0.1, 0.2]] * (4 - right)
    scores = np.array([*known, *([[0.9, 0.1]] * strangers_named), *([[0.1, 0.1]] * (4 - strangers_named))])
    people = [UUID(int=1)] * 4 + [UUID(int=n) for n in range(10, 14)]
    ids = [number(i) for i in range(8)]
    faces = Faces(ids, people, ids, [True] * 8, np.zeros((8, 512), np.float32))
    return HeldOutEvaluation(score_probes(faces, [UUID(int=1), UUID(int=2)], lambda _probes: scores.copy()), 0.5)


def test_the_gate_opens_only_where_nothing_is_worse():
    before = judged(right=3, strangers_named=1)
    assert is_not_worse(before, before)
    assert is_not_worse(before, judged(right=4, strangers_named=1))
    assert is_not_worse(before, judged(right=3, strangers_named=0))
    assert not is_not_worse(before, judged(right=4, strangers_named=2))
    assert not is_not_worse(before, judged(right=2, strangers_named=0))


def test_with_a_hundred_strangers_the_threshold_is_told_where_one_of_them_is_named():
    known, strangers = [[0.9, 0.0]] * 3 + [[0.5, 0.0]], [[n / 200, 0.0] for n in range(100, 200)]
    scores = np.array([*known, *strangers])
    people = [UUID(int=1)] * 4 + [UUID(int=n) for n in range(10, 110)]
    ids = [number(i) for i in range(104)]
    faces = Faces(ids, people, ids, [True] * 104, np.zeros((104, 512), np.float32))
    told = HeldOutEvaluation(
        score_probes(faces, [UUID(int=1), UUID(int=2)], lambda _probes: scores.copy()), 0.5
    ).as_json()["at_fpir"]
    assert told == {"fpir": 0.01, "threshold": pytest.approx(0.99, abs=1e-3), "found": 0.0}


def test_figures_are_those_of_counting():
    told = judged(right=3, strangers_named=1).as_json()
    assert (told["rank1"], told["fnir"], told["fpir"], told["accuracy"]) == (0.75, 0.25, 0.25, 0.75)
    assert (told["known"], told["strangers"]) == (4, 4)
    assert told["worst"] == [{"person": str(UUID(int=1)), "faces": 4, "found": 3, "taken_for": None}]
    assert told["at_fpir"] is None
    assert sum(told["histogram"]["genuine"]) == pytest.approx(1)
