"""What the sealed columns of guests hold, and how a row is found whose address is sealed."""

import numpy as np

from facepass.core.keys.key_ring import keyed_digest
from facepass.core.keys.sealing import FERNET_PURPOSE
from recognition.types import FloatArray


def pack_descriptor(descriptor: FloatArray) -> bytes:
    """Return a descriptor, float32 (512,), with half precision, as faces' descriptors are stored."""
    return descriptor.astype(np.float16).tobytes()


def unpack_descriptor(packed: bytes) -> FloatArray:
    """Return the descriptor, float32 (512,), of unit length."""
    descriptor = np.frombuffer(packed, np.float16).astype(np.float32)
    return descriptor / np.float32(np.linalg.norm(descriptor))


def digest(text: str) -> str:
    """Return a digest of the text that nobody can guess from lists of addresses, for want of the key."""
    return keyed_digest(text, purpose=FERNET_PURPOSE + b", digest")
