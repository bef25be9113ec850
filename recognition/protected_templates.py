"""Protected templates: stored descriptors are rotated by a secret, so that a stolen table is of little use.

A descriptor is padded to 512 numbers and multiplied by a secret orthogonal matrix, drawn from TEMPLATE_KEY. Lengths and
angles stay the same, so comparing needs no key; but the stored descriptors match no other system's, and cannot be fed
to a published inversion model without the key. This is one layer of protection, not a proof: whoever has 512
descriptors in both forms can solve for the matrix.
"""

import hashlib
import hmac
from functools import lru_cache

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from recognition.types import DESCRIPTOR_DIMENSION, Descriptors

_PURPOSE = b"facepass protected template v1"


def protect_descriptors(raw: Descriptors) -> Descriptors:
    """Return protected descriptors, float32 (n, 512) of unit length, of raw ones (n, d), d <= 512, of unit length."""
    count, dimension = raw.shape
    if dimension > DESCRIPTOR_DIMENSION:
        raise ValueError(f"a descriptor has at most {DESCRIPTOR_DIMENSION} numbers, not {dimension}")
    # The padding zeros meet only the last rows of the matrix, so those rows need not be multiplied.
    rotated = raw.astype(np.float64) @ _secret_rotation(settings.TEMPLATE_KEY)[:dimension]
    lengths = np.linalg.norm(rotated, axis=1, keepdims=True)
    return (rotated / np.where(lengths > 0, lengths, 1)).astype(np.float32).reshape(count, DESCRIPTOR_DIMENSION)


def template_key_id() -> str:
    """Return a fingerprint of TEMPLATE_KEY. Descriptors protected by different keys cannot be compared."""
    return hmac.new(settings.TEMPLATE_KEY, _PURPOSE + b" fingerprint", hashlib.sha256).hexdigest()[:16]


@lru_cache(maxsize=2)
def _secret_rotation(key: bytes) -> NDArray[np.float64]:
    """Return an orthogonal matrix (512, 512), Haar-uniform, the same on every machine for the same key.

    The QR decomposition of a Gaussian matrix is uniform once the signs of R's diagonal are fixed (Mezzadri 2007,
    "How to generate random matrices from the classical compact groups").
    """
    q, r = np.linalg.qr(_normals(key, count=DESCRIPTOR_DIMENSION**2).reshape(DESCRIPTOR_DIMENSION, -1))
    rotation: NDArray[np.float64] = q * np.sign(np.diag(r))
    return rotation


def _normals(key: bytes, *, count: int) -> NDArray[np.float64]:
    """Return `count` standard normal numbers, by Box and Muller from a SHAKE-256 stream of the key; `count` is even."""
    stream = hashlib.shake_256(len(key).to_bytes(2, "big") + key + _PURPOSE).digest(8 * count)
    # The top 53 bits of each word, moved off zero so that the logarithm is finite.
    uniform = ((np.frombuffer(stream, dtype="<u8") >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    radius, angle = np.sqrt(-2 * np.log(uniform[: count // 2])), 2 * np.pi * uniform[count // 2 :]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
