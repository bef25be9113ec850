"""Encrypts what is kept of guests for later, so that a dump of the database does not reveal it without the key."""

import base64

import numpy as np
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from recognition.types import FloatArray

# Part of the derived key: with another text, rows that are sealed can no longer be read.
PURPOSE = b"facepass guests who want to hear of new photos"


def seal(content: bytes) -> bytes:
    """Encrypt and sign (Fernet: AES-128-CBC, HMAC-SHA256)."""
    return _fernet().encrypt(content)


def unseal(sealed: bytes | memoryview) -> bytes:
    """Raise `cryptography.fernet.InvalidToken` for what another key sealed."""
    return _fernet().decrypt(bytes(sealed))


def seal_descriptor(descriptor: FloatArray) -> bytes:
    """Seal a descriptor, float32 (512,), with half precision, as faces' descriptors are stored."""
    return seal(descriptor.astype(np.float16).tobytes())


def unseal_descriptor(sealed: bytes | memoryview) -> FloatArray:
    """Return the descriptor, float32 (512,), of unit length."""
    descriptor = np.frombuffer(unseal(sealed), np.float16).astype(np.float32)
    return descriptor / np.float32(np.linalg.norm(descriptor))


def _fernet() -> Fernet:
    """Derive the key from the one that protects descriptors: one key to back up, and the same on all machines."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.TEMPLATE_KEY)
    return Fernet(base64.urlsafe_b64encode(derived))
