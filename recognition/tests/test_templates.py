"""Protected templates keep cosine, need the key, and are the same on every machine."""

import numpy as np
import pytest

from recognition.protected_templates import protect_descriptors, template_key_id

KEY, OTHER = bytes(range(32)), bytes(32)


def raw(count=20, dimension=128, seed=0):
    found = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("dimension", [64, 128, 512])
def test_cosines_stay_and_lengths_are_one(settings, dimension):
    settings.TEMPLATE_KEY = KEY
    plain = raw(dimension=dimension)
    protected = protect_descriptors(plain)
    assert protected.shape == (20, 512)
    assert protected.dtype == np.float32
    assert np.abs(protected @ protected.T - plain @ plain.T).max() < 1e-5
    assert np.abs(np.linalg.norm(protected, axis=1) - 1).max() < 1e-6


def test_a_template_is_unlike_its_descriptor_and_unlike_itself_under_another_key(settings):
    settings.TEMPLATE_KEY = KEY
    plain, one = raw(dimension=512), protect_descriptors(raw(dimension=512))
    settings.TEMPLATE_KEY = OTHER
    two = protect_descriptors(plain)
    assert np.abs((plain * one).sum(axis=1)).max() < 0.25
    assert np.abs((one * two).sum(axis=1)).max() < 0.25


def test_the_key_decides_fingerprint_and_template_for_ever(settings):
    settings.TEMPLATE_KEY = KEY
    # Written down once: if these change, every stored descriptor has become unreadable.
    assert template_key_id() == "32b2dcb3361a14fe"
    first = protect_descriptors(np.eye(1, 128, dtype=np.float32))[0, :4]
    assert np.allclose(first, [0.047991, -0.079746, 0.006486, -0.058053], atol=1e-6)
    settings.TEMPLATE_KEY = OTHER
    assert template_key_id() != "32b2dcb3361a14fe"


def test_no_faces_give_no_templates(settings):
    settings.TEMPLATE_KEY = KEY
    assert protect_descriptors(np.zeros((0, 128), np.float32)).shape == (0, 512)


def test_a_descriptor_that_is_too_long_is_refused(settings):
    settings.TEMPLATE_KEY = KEY
    with pytest.raises(ValueError, match="at most 512"):
        protect_descriptors(raw(dimension=513))
