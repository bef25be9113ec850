"""What is kept of a guest for later is sealed: a dump of the database does not tell it without the key."""

import base64

import numpy as np
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from recognition.types import FloatArray

PURPOSE = b"facepass guests who want to hear of new photos"


def seal(content: bytes) -> bytes:
    """Encrypted and signed (Fernet: AES-128-CBC, HMAC-SHA256)."""
    return _box().encrypt(content)


def unseal(sealed: bytes | memoryview) -> bytes:
    """Raises `cryptography.fernet.InvalidToken` for what another key sealed."""
    return _box().decrypt(bytes(sealed))


def seal_descriptor(descriptor: FloatArray) -> bytes:
    """float32 (512,), kept as halves, as the faces' are."""
    return seal(descriptor.astype(np.float16).tobytes())


def unseal_descriptor(sealed: bytes | memoryview) -> FloatArray:
    """float32 (512,), of unit length."""
    found = np.frombuffer(unseal(sealed), np.float16).astype(np.float32)
    return found / np.float32(np.linalg.norm(found))


def _box() -> Fernet:
    """The key comes from the one that protects descriptors: one to back up, and the same on all machines."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.TEMPLATE_KEY)
    return Fernet(base64.urlsafe_b64encode(derived))
