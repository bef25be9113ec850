"""Similarity is monotone, invertible, and anchored at false match rates."""

import json

import numpy as np
import pytest

from recognition import calibration
from recognition.calibration import Calibration, load_calibration

SHIPPED = json.loads(calibration.SHIPPED.read_text())["recognisers"]
ALL = [Calibration.from_json(entry) for entry in SHIPPED.values()] + [load_calibration("sha256:unknown")]


@pytest.mark.parametrize("scale", ALL)
def test_similarity_rises_from_0_to_1_and_has_an_inverse(scale):
    cosines = np.linspace(-1, 1, 401)
    similarities = [scale.similarity(cosine) for cosine in cosines]
    assert np.all(np.diff(similarities) > 0)
    assert (similarities[0], similarities[-1]) == (0.0, 1.0)
    assert max(abs(scale.cosine(s) - c) for s, c in zip(similarities, cosines, strict=True)) < 1e-9


def test_values_a_rounding_error_outside_are_clamped():
    assert ALL[0].similarity(1.0000001) == 1.0
    assert ALL[0].similarity(-1.2) == 0.0


def test_a_false_match_rate_of_1e_3_is_one_half_and_1e_5_is_seven_tenths():
    scale = Calibration.from_fmr({1e-3: 0.3, 1e-5: 0.5}, calibrated=True, source="test")
    assert scale.similarity(0.3) == pytest.approx(0.5)
    assert scale.similarity(0.5) == pytest.approx(0.7)
    assert scale.cosine(0.6) == pytest.approx(0.4)


@pytest.mark.parametrize("entry", SHIPPED.values())
def test_shipped_scales_say_where_they_come_from(entry):
    scale = Calibration.from_json(entry)
    assert scale.calibrated
    assert "impostor pairs" in scale.source
    for rate, cosine in entry["cosine_at_fmr"].items():
        assert scale.similarity(cosine) == pytest.approx(calibration.similarity_at_fmr(float(rate)))


def test_unknown_weights_get_a_typical_scale_that_says_so():
    assert not load_calibration("sha256:unknown").calibrated
    assert "not measured" in load_calibration("sha256:unknown").source


def test_json_there_and_back():
    for scale in ALL:
        assert Calibration.from_json(json.loads(json.dumps(scale.as_json()))) == scale


@pytest.mark.parametrize(
    "knots", [((-1.0, 0.0), (0.5, 0.7), (0.4, 0.8), (1.0, 1.0)), ((-1.0, 0.0), (0.5, 0.5)), ((0.0, 0.0), (1.0, 1.0))]
)
def test_a_scale_that_does_not_rise_is_refused(knots):
    with pytest.raises(ValueError, match="rises"):
        Calibration(knots, calibrated=True, source="test")
