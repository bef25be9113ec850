"""Is something worn over a face: dark glasses, a mask? Told by the brightness of the aligned crop.

No network of the packs was trained for it. What is measured is plain: behind dark glasses both eyes are much darker
than the skin around them, and where a mask is, there is no mouth, so next to the eyes nothing is to be seen there.
Hats, clear glasses and hands can not be told like this, nor a mask with a pattern. docs/pictures.md has the rates.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.types import Picture

SUNGLASSES, MASK = "sunglasses", "mask"
CODES: Final = (SUNGLASSES, MASK)
# Rows and columns of the aligned crop of 112 pixels.
_Region = tuple[slice, slice]
_EYES: Final[tuple[_Region, ...]] = ((slice(45, 60), slice(28, 48)), (slice(45, 60), slice(64, 84)))
_CHEEKS: Final[tuple[_Region, ...]] = ((slice(64, 76), slice(30, 40)), (slice(64, 76), slice(72, 82)))
_FOREHEAD: Final[_Region] = (slice(30, 40), slice(42, 70))
_MOUTH: Final[_Region] = (slice(82, 102), slice(42, 70))
# The brightness from which the brighter quarter of an eye's region is, of the eye where it is brighter, as a share of
# the skin's. Of 549 pictures of LFW by which it was chosen, two are below it, both with dark glasses.
DARKEST_EYES = 0.46
# How much there is to see around the mouth, as a share of what there is around the eyes (standard deviations of
# brightness). The least of the 549, none of which has a mask, is 0.33; of masks that were drawn on them 0.06 to 0.37.
LEAST_MOUTH = 0.27
# Skin that is darker, of 255, says nothing about what is beside it.
_LEAST_LIGHT = 50.0
# Where less is to be seen even around the eyes, the picture is blurred. The least of the 549 is 18.
_LEAST_EYES = 12.0


def list_coverings(crop: Picture) -> tuple[str, ...]:
    """Return the codes of what is worn over the face of an aligned crop (112, 112, 3)."""
    light = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)[..., 0], np.uint8)
    forehead, cheeks = (float(np.median(_pixels(light, *regions))) for regions in ((_FOREHEAD,), _CHEEKS))
    if max(forehead, cheeks) < _LEAST_LIGHT:
        return ()
    around_eyes = float(_pixels(light, *_EYES).std())
    has_mask = around_eyes >= _LEAST_EYES and float(light[_MOUTH].std()) < LEAST_MOUTH * around_eyes
    skin = forehead if has_mask else max(forehead, cheeks)  # a mask is over the cheeks too
    eyes = max(float(np.percentile(light[eye], 75)) for eye in _EYES)
    worn = {SUNGLASSES: eyes < DARKEST_EYES * skin, MASK: has_mask}
    return tuple(code for code, holds in worn.items() if holds)


def _pixels(light: NDArray[np.uint8], *regions: _Region) -> NDArray[np.uint8]:
    return np.concatenate([light[region].ravel() for region in regions])
