"""Settings of the recognition, as staff change them."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from facepass.testing.factories import MembershipFactory, ModelVersionFactory, UserFactory
from recognition.config import KEY, RecognitionSettings, recognition_settings, save_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser():
    client = Client()
    client.force_login(UserFactory(is_superuser=True))
    return client


def change(client, value):
    row = reverse("admin:recognition_recognitionconfig_change", args=[KEY])
    return client.post(row, {"value": json.dumps(value)})


def test_settings_are_added_with_the_defaults_to_start_from(superuser):
    page = reverse("admin:recognition_recognitionconfig_add")
    form = superuser.get(page).context["adminform"].form
    assert form["key"].value() == KEY
    assert '"min_face_size": 32' in form["value"].value()


def test_a_change_holds_at_once(superuser):
    save_settings({})
    assert change(superuser, {"confidence_thresholds": {"search": 0.55}}).status_code == 302
    assert recognition_settings().confidence_thresholds.search == 0.55


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"confidence_thresholds": {"search": 7}}, "confidence_thresholds.search"),
        ({"quality_filters": {"no_such": 1}}, "quality_filters.no_such"),
        ([1], KEY),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(value, field, superuser):
    save_settings({})
    answer = change(superuser, value)
    errors = answer.context["adminform"].form.errors["value"]
    assert any(error.startswith(f"{field}: ") for error in errors)
    assert recognition_settings() == RecognitionSettings()


def test_members_read_settings_and_models_and_change_neither():
    save_settings({})
    version = ModelVersionFactory(license_name="research", commercial_use=False, contract_id="other")
    client = Client()
    client.force_login(MembershipFactory().user)
    assert change(client, {}).status_code == 403
    assert "research only" in client.get(reverse("admin:recognition_modelversion_changelist")).content.decode()
    page = reverse("admin:recognition_modelversion_change", args=[version.pk])
    assert "research" in client.get(page).content.decode()
    assert client.post(page, {"model": "x"}).status_code == 403


def test_nobody_changes_a_model_version(superuser):
    version = ModelVersionFactory()
    assert superuser.post(reverse("admin:recognition_modelversion_delete", args=[version.pk])).status_code == 403
