"""Rings of keys for tests, in a file of their own."""

from facepass.core.keys import key_ring
from facepass.core.keys.configured_secrets import KEYS_PATTERN
from facepass.core.keys.sources import RereadSource, SecretSource
from facepass.ops import key_rotation


def use_ring_file(settings, folder):
    """Have the ring's keys come from a file that is not there yet, and return its path."""
    path = folder / "data_keys"
    settings.DATA_KEYS = RereadSource(SecretSource("DATA_KEYS", file=path, may_be_missing=True), KEYS_PATTERN)
    return path


def rotate_to_new_key(settings, folder):
    """Seal everything by a key that is made for it, and return the key."""
    key = key_ring.add_key(use_ring_file(settings, folder))
    key_rotation.rotate(lambda _progress: None)
    return key
