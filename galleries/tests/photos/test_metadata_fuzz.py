"""Uploads of pictures with broken metadata and containers; a long run is benchmarks/fuzz_metadata.py."""

import pytest

from facepass.testing.pictures.fuzz import Errors, Fuzzed
from facepass.testing.pictures.mutated import mutated
from galleries.models import GalleryImage

FIRST, NUMBER = 1_000_000, 300


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_whatever_is_uploaded_every_list_page_and_deletion_works(fake_engine, settings, zone):
    settings.TIME_ZONE = zone
    fuzzed = Fuzzed()
    gallery = fuzzed.gallery(1)
    with Errors() as errors:
        for start in range(FIRST, FIRST + NUMBER // 3, 25):
            fuzzed.upload(gallery, range(start, start + 25))
        fuzzed.analyse(gallery)
        fuzzed.walk(pages=10)
        dated = GalleryImage.objects.exclude(taken_at=None).count()
        fuzzed.delete(by_hand=5)
    assert errors.lines == []
    assert fuzzed.bad == []
    assert fuzzed.report["accepted"] > NUMBER // 6
    assert dated > 0


def test_a_seed_is_always_the_same_picture():
    assert mutated(7) == mutated(7)
    assert len({mutated(seed)[1] for seed in range(50)}) == 50
