"""Tunable settings: defaults, effect without restart, and refusals that name the field."""

import pytest
from django.core.management.sql import emit_post_migrate_signal

from facepass.core.errors import FacePassError
from recognition import config
from recognition.config import RecognitionSettings, recognition_settings, validate_settings
from recognition.models import RecognitionConfig


@pytest.fixture
def migrated(db):
    """The tables are as after a migration: tests that commit empty them."""
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


@pytest.mark.usefixtures("migrated")
def test_the_row_is_there_from_the_first_migration_and_says_what_holds():
    """Other programs read `quality_filters` and `confidence_thresholds` in the table."""
    row = RecognitionConfig.objects.get(key="recognition_settings")
    assert row.value == RecognitionSettings().model_dump()
    assert {"quality_filters", "confidence_thresholds"} <= row.value.keys()


@pytest.mark.django_db
def test_defaults_hold_without_a_row(django_assert_num_queries):
    RecognitionConfig.objects.all().delete()
    with django_assert_num_queries(1):
        assert recognition_settings() == RecognitionSettings()


@pytest.mark.usefixtures("migrated")
def test_a_change_holds_at_once_and_leaves_the_rest_at_its_defaults():
    RecognitionConfig.objects.filter(key=config.KEY).update(value={"confidence_thresholds": {"search": 0.66}})
    found = recognition_settings()
    assert found.confidence_thresholds.search == 0.66
    assert found.quality_filters == RecognitionSettings().quality_filters
    config.save_settings({"quality_filters": {"min_face_size": 50}})
    assert recognition_settings().quality_filters.min_face_size == 50
    assert recognition_settings().confidence_thresholds == RecognitionSettings().confidence_thresholds


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"confidence_thresholds": {"search": 1.5}}, "confidence_thresholds.search"),
        ({"confidence_thresholds": {"serch": 0.5}}, "confidence_thresholds.serch"),
        ({"quality_filters": {"min_face_size": "big"}}, "quality_filters.min_face_size"),
        ({"quality_filters": {"min_sharpness": float("nan")}}, "quality_filters.min_sharpness"),
        ({"quality_filters": {"min_brightness": 200, "max_brightness": 100}}, "quality_filters"),
        ({"confidence_thresholds": {"suggest": 0.9, "assign": 0.6}}, "confidence_thresholds"),
        ({"colours": {}}, "colours"),
        ({"detection": "slow"}, "detection"),
        ([], "recognition_settings"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(value, field):
    with pytest.raises(FacePassError) as refusal:
        validate_settings(value)
    assert (refusal.value.code, refusal.value.status) == ("invalid_config", 400)
    assert list(refusal.value.details) == [field]
    assert field in refusal.value.message


@pytest.mark.django_db
def test_a_wrong_value_is_not_stored():
    with pytest.raises(FacePassError):
        config.save_settings({"confidence_thresholds": {"search": 2}})
    assert recognition_settings() == RecognitionSettings()
