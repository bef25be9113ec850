"""What the other tests stand on: where a test's files lie, which tests run, what is remembered for all of them."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepass.testing import collection, home
from facepass.testing.engines.remembering_engine import RememberingEngine
from facepass.testing.pictures.fake import pixels_of
from recognition.engines.fake import FakeEngine


def test_every_process_of_a_run_has_a_home_of_its_own(settings):
    assert Path(os.environ["FACEPASS_HOME"]) == settings.HOME
    assert (home.run_folder() / home.name() if home.is_worker() else home.run_folder()) == settings.HOME
    assert settings.MEDIA_ROOT.is_relative_to(settings.HOME)


@dataclass(frozen=True)
class Item:
    nodeid: str


def test_few_cases_are_the_first_of_each_test_and_others_spread_over_its_table():
    many, single = [Item(f"test_a.py::test_many[{number}]") for number in range(10)], Item("test_a.py::test_single")
    other = Item("test_b.py::test_many[0]")
    kept = collection._few_cases([*many, single, other], 3)
    assert kept == {many[0], many[3], many[6], single, other}


def test_an_engine_that_remembers_says_what_the_engine_says_and_asks_it_once():
    class Counting(FakeEngine):
        looks = 0

        def detect(self, pictures, **options):
            self.looks += len(pictures)
            return super().detect(pictures, **options)

    engine, pictures = Counting(), [pixels_of(["ann", "bob"]), pixels_of(["eve"])]
    remembering = RememberingEngine(engine)
    expected = FakeEngine().detect(pictures)
    for _time in range(2):
        found = remembering.detect(pictures)
        assert [[face.box for face in faces] for faces in found] == [[face.box for face in faces] for faces in expected]
        descriptors = remembering.embed_many([*zip(pictures, found, strict=True)])
        again = [FakeEngine().embed(*pair) for pair in zip(pictures, expected, strict=True)]
        assert all(np.array_equal(one, other) for one, other in zip(descriptors, again, strict=True))
    assert engine.looks == 2
    assert len(remembering.detect(pictures[:1], fast=True)) == 1
    assert engine.looks == 3, "another way of looking"
    assert remembering.contract_id == FakeEngine.contract_id
