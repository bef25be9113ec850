"""Model versions: one row for each engine and template key, made once."""

import pytest

from recognition.engines import registry
from recognition.engines.fake import FakeEngine
from recognition.model_versions import current_model_version
from recognition.models import ModelVersion

pytestmark = pytest.mark.django_db


class OtherEngine(FakeEngine):
    contract_id = "fake-squares-2"


def test_the_current_version_is_made_once_and_then_found(django_assert_num_queries):
    with registry.use_engine(FakeEngine()):
        first = current_model_version()
        with django_assert_num_queries(1):
            assert current_model_version() == first
    assert (first.engine, first.dimension, first.commercial_use) == ("fake", 128, True)
    assert first.scores == FakeEngine.calibration


def test_another_engine_and_another_key_are_other_versions(settings):
    with registry.use_engine(FakeEngine()):
        first = current_model_version()
        settings.TEMPLATE_KEY = bytes(32)
        assert current_model_version() != first
    with registry.use_engine(OtherEngine()):
        current_model_version()
    assert ModelVersion.objects.count() == 3


def test_two_processes_that_start_together_share_one_row(monkeypatch):
    with registry.use_engine(FakeEngine()):
        first = current_model_version()
        # As if the other process had stored the row after our look and before our insert.
        monkeypatch.setattr("recognition.models.ModelVersionQuerySet.first", lambda self: None)
        assert current_model_version() == first
