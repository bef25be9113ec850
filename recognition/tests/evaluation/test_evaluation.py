"""Error rates, against their definitions counted out one by one, and against distributions whose rates are known."""

from statistics import NormalDist

import numpy as np
import pytest

from recognition.evaluation import error_rates
from recognition.evaluation.error_rates import Scores, Searches

RNG = np.random.default_rng(7)
# Rounded, so that many scores tie.
GENUINE, IMPOSTOR = RNG.normal(1, 1, 300).round(1), RNG.normal(-1, 1, 500).round(1)
SCORES = Scores.from_groups(GENUINE, IMPOSTOR)


def counted_fmr(threshold):
    return sum(score >= threshold for score in IMPOSTOR) / len(IMPOSTOR)


def counted_tar(threshold):
    return sum(score >= threshold for score in GENUINE) / len(GENUINE)


def test_rates_are_what_counting_says_at_every_threshold():
    thresholds, fmr, fnmr = error_rates.error_curve(SCORES)
    assert fmr == pytest.approx([counted_fmr(t) for t in thresholds])
    assert fnmr == pytest.approx([1 - counted_tar(t) for t in thresholds])
    assert (fmr[0], fnmr[0]) == (1, 0)
    assert (fmr[-1], fnmr[-1]) == (0, 1)


@pytest.mark.parametrize("far", [0.5, 0.1, 0.01, 0.002, 0.001])
def test_tar_at_far_is_the_best_that_any_threshold_within_the_rate_reaches(far):
    candidates = [*np.unique(np.concatenate([GENUINE, IMPOSTOR])), 99]
    best = max(counted_tar(t) for t in candidates if counted_fmr(t) <= far)
    assert error_rates.tar_at_far(SCORES, far) == pytest.approx(best)
    assert error_rates.is_resolvable(SCORES, far) == (far >= 0.002)


def test_the_equal_error_rate_of_two_normal_distributions_is_the_theoretical_one():
    rng = np.random.default_rng(1)
    scores = Scores.from_groups(rng.normal(2, 1, 100_000), rng.normal(0, 1, 100_000))
    rate, threshold = error_rates.equal_error_rate(scores)
    assert rate == pytest.approx(NormalDist().cdf(-1), abs=0.003)
    assert threshold == pytest.approx(1, abs=0.02)


def test_separate_scores_make_no_error_and_the_best_threshold_lies_between():
    scores = Scores.from_groups([0.8, 0.9], [0.1, 0.2])
    assert error_rates.equal_error_rate(scores) == (0, 0.8)
    assert error_rates.best_accuracy(scores) == (1, 0.8)
    assert error_rates.tar_at_far(scores, 1e-9) == 1


def test_the_interval_holds_the_true_value_nearly_as_often_as_it_says():
    truth, hits = NormalDist().cdf(2 - 1.0), 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        scores = Scores.from_groups(rng.normal(2, 1, 200), rng.normal(0, 1, 200))
        found = error_rates.bootstrap_interval(scores, lambda s: float(1 - s.fnmr(1.0)), resamples=200, seed=seed)
        hits += found.low <= truth <= found.high
    assert 88 <= hits <= 100


def test_a_share_has_the_interval_of_a_binomial():
    found = error_rates.proportion_interval([True] * 90 + [False] * 10)
    assert found.value == 0.9
    assert (found.low, found.high) == pytest.approx((0.84, 0.95), abs=0.011)


def test_scores_of_one_kind_only_have_no_rates():
    with pytest.raises(ValueError, match="both kinds"):
        Scores.from_labels([0.1, 0.2], [True, True])


def test_attacks_let_through_and_people_sent_away_are_counted_apart():
    found = error_rates.presentation_errors(live_accepted=[1, 1, 1, 0], spoof_accepted=[1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    assert (found.apcer.value, found.bpcer.value, found.acer) == (0.1, 0.25, 0.175)


def test_open_set_counts_wrong_names_and_strangers_with_a_name():
    searches = Searches(
        score=np.array([0.9, 0.8, 0.3, 0.7, 0.2]),
        right=np.array([True, False, True, False, False]),
        known=np.array([True, True, True, False, False]),
    )
    found = error_rates.open_set_rates(searches, 0.5)
    assert found.rank1 == pytest.approx(2 / 3)
    assert found.fnir == pytest.approx(2 / 3)  # the wrong name, and the right one below the threshold
    assert found.fpir == 0.5
    assert found.accuracy == pytest.approx(2 / 5)
    strict = error_rates.threshold_at_fpir(searches, 0.0)
    assert error_rates.open_set_rates(searches, strict).fpir == 0
    assert error_rates.open_set_rates(searches, 0.7).fpir == 0.5


def test_without_strangers_there_is_no_false_positive_rate():
    searches = Searches(np.array([0.9]), np.array([True]), np.array([True]))
    assert error_rates.open_set_rates(searches, 0.5).as_json() == {
        "threshold": 0.5, "rank1": 1, "accuracy": 1, "fpir": None, "fnir": 0,
    }  # fmt: skip
