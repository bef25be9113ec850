"""Who is found among groups and loose faces, and who is only offered."""

import math
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest

from galleries.matching.candidates import Levels, SearchCandidate, choose_candidates
from recognition.calibration import Calibration
from recognition.config import LOWEST_COUNT, REFERENCE_COUNT, ConfidenceThresholds

# Similarity and cosine are the same number here.
SAME = Calibration(((-1.0, 0.0), (0.2, 0.2), (0.8, 0.8), (1.0, 1.0)), calibrated=True, source="made up")
LEVELS = Levels.for_threshold(0.6, ConfidenceThresholds(), SAME)
PROBE = np.eye(1, 512, dtype=np.float32)[0]


def like(cosine, *, axis=1, size=4, photos=None, person_id=None):
    """A group that is so much like the probe; two with one axis are alike beyond that."""
    centroid = np.zeros(512, np.float32)
    centroid[0], centroid[axis] = cosine, math.sqrt(1 - cosine**2)
    photos = frozenset(photos or (uuid4() for _photo in range(size)))
    return SearchCandidate(uuid4(), True, cosine, centroid, size, photos, person_id)


def test_everybody_who_reaches_the_threshold_is_found_best_first():
    one, other = like(0.7), like(0.8, axis=2)
    assert choose_candidates(PROBE, [one, other], LEVELS).found == [other, one]


def test_nobody_is_in_a_photo_twice():
    photo = uuid4()
    better, worse = like(0.8, photos=[photo]), like(0.7, axis=2, photos=[photo])
    decision = choose_candidates(PROBE, [worse, better], LEVELS)
    assert (decision.found, decision.possible) == ([better], [])


def test_nobody_has_two_names():
    ann, bob = like(0.8, person_id=uuid4()), like(0.7, axis=2, person_id=uuid4())
    assert choose_candidates(PROBE, [ann, bob], LEVELS).found == [ann]


def test_what_is_much_like_the_found_faces_joins_them_and_what_is_like_a_stranger_does_not():
    front, side, look_alike = like(0.8), like(0.45), like(0.55, axis=2)
    decision = choose_candidates(PROBE, [front, side, look_alike], LEVELS)
    assert decision.found == [front, side]
    assert decision.possible == [look_alike]


def test_nobody_joins_who_is_not_near_the_probe_itself():
    assert LEVELS.near == pytest.approx(0.4)
    assert LEVELS.joining == pytest.approx(0.7)
    assert LEVELS.possible == pytest.approx(0.5)


@pytest.mark.parametrize(("best", "second", "offered"), [(0.55, 0.4, 1), (0.55, 0.5, 0), (0.45, 0.2, 0)])
def test_where_nobody_is_found_only_a_clear_lead_is_offered(best, second, offered):
    decision = choose_candidates(PROBE, [like(best), like(second, axis=2)], LEVELS)
    assert (decision.found, len(decision.possible)) == ([], offered)


def test_an_event_without_anybody_near_gives_nothing():
    assert choose_candidates(PROBE, [], LEVELS) == choose_candidates(PROBE, [like(0.1)], LEVELS)


def test_the_rate_of_wrong_groups_is_one_of_a_search_whatever_the_size_of_the_event():
    rules = ConfidenceThresholds()
    rates = [
        count * 10 ** (-10 * (rules.search_threshold(count) - 0.2))
        for count in (LOWEST_COUNT, REFERENCE_COUNT, 400, 2_500, 25_000)
    ]
    assert rates == pytest.approx([rates[0]] * 5)
    assert rules.search_threshold(REFERENCE_COUNT) == rules.search
    assert rules.search_threshold(0) == rules.search_threshold(LOWEST_COUNT) < rules.search


def test_a_threshold_stays_a_similarity():
    assert ConfidenceThresholds(search=1).search_threshold(10**6) == 1
    assert ConfidenceThresholds(search=0).search_threshold(LOWEST_COUNT) == 0


def test_a_face_beyond_doubt_vouches_for_its_group_where_that_is_possible():
    assert LEVELS.sure == pytest.approx(0.85)
    likely, unlike = replace(like(0.52), vouched=True), replace(like(0.45, axis=2), vouched=True)
    decision = choose_candidates(PROBE, [likely, unlike], LEVELS)
    assert decision.found == [likely]
    assert choose_candidates(PROBE, [replace(likely, vouched=False)], LEVELS).found == []
