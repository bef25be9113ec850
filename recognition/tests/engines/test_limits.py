"""A face at the limits of what cameras show is found, as a photo of an event and as a selfie."""

import numpy as np
import pytest

from facepass.testing.pictures import limits
from recognition import detection

pytestmark = pytest.mark.slow
# A face of 40 pixels is found in photos; a selfie is looked at closer than here where it shows nobody.
TOO_FAR_FOR_A_SELFIE = "40 pixels in 4000"


@pytest.fixture(scope="module")
def portrait():
    """One face in the middle, 0.6 as high as the picture."""
    data = pytest.importorskip("skimage.data")
    return np.ascontiguousarray(data.astronaut()[23:208, 133:318])


@pytest.mark.parametrize("case", [case for case in limits.CASES if "4 stops" not in case])
def test_a_face_at_the_limits_is_found(opencv_zoo_engine, portrait, case):
    picture = np.ascontiguousarray(limits.CASES[case](portrait))
    assert len(detection.detect_faces(opencv_zoo_engine, [picture], "balanced")[0]) == 1
    if case != TOO_FAR_FOR_A_SELFIE:
        assert len(detection.detect_close_ups(opencv_zoo_engine, [picture])[0]) == 1


def test_every_face_of_a_crowd_is_found(opencv_zoo_engine, portrait):
    assert len(detection.detect_faces(opencv_zoo_engine, [limits.crowd(portrait)], "balanced")[0]) == 24
