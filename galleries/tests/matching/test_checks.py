import os

import pytest

from facepass.testing.factories import FaceFactory, ModelVersionFactory
from galleries import checks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def said() -> list[tuple[str, str]]:
    return [(message.id, message.msg) for message in checks.comparable_descriptors(databases=["default"])]


def test_faces_of_the_engine_and_key_in_use_are_no_cause_for_a_word():
    FaceFactory()
    assert said() == []


def test_faces_of_another_key_are_counted_and_the_way_back_is_named(settings):
    FaceFactory()
    FaceFactory()
    settings.TEMPLATE_KEY = os.urandom(32)
    [(code, message)] = said()
    assert code == "facepass.W001"
    assert message.startswith("2 faces ")


def test_faces_of_another_engine_are_counted():
    FaceFactory(model_version=ModelVersionFactory(contract_id="another", engine="dlib"))
    [(code, message)] = said()
    assert code == "facepass.W002"
    assert "dlib" in message
