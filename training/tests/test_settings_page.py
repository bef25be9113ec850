"""The page of the settings: explained, tried against the values in use, reset, saved by superusers, with a history."""

import re

import pytest
from django.urls import reverse

from facepass.models import Role
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PhotoFactory,
    SessionFactory,
    UserFactory,
)
from facepass.testing.trainings import crowd, trained, unknown_face
from galleries.models import PhotoFace
from recognition import config, quality
from recognition.config import QualityFilters, RecognitionSettings, recognition_settings
from recognition.models import RecognitionConfigChange, RecognitionOverride
from recognition.settings import overrides
from recognition.settings.overrides import SettingsOwner, settings_in
from recognition.types import Quality
from training.admin.settings_forms import SECTIONS
from training.admin.settings_trials import QualityTrial, falls_short
from training.name_changes import ChangeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine", "english")]

PAGE = "/admin/training/facetrainingsession/settings/"
DEFAULTS = RecognitionSettings()


@pytest.fixture
def staff(client, studio):
    client.force_login(MembershipFactory(studio=studio, role=Role.VIEWER).user)
    return client


@pytest.fixture
def superuser(client):
    client.force_login(UserFactory(is_superuser=True))
    return client


def sent(settings):
    """What the form sends where nobody changed anything."""
    forms = [section(None, settings=settings) for section in SECTIONS]
    return {form.add_prefix(name): form[name].value() for form in forms for name in form.explained}


def text_of(answer):
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def shown(answer, field):
    (form,) = [form for form in answer.context["forms"] if any(field == form.add_prefix(name) for name in form.fields)]
    return form[next(name for name in form.fields if form.add_prefix(name) == field)]


def test_every_setting_is_on_the_page_with_its_default():
    names = {f"{section.key}.{name}" for section in SECTIONS for name in section.explained}
    parts = DEFAULTS.model_dump()
    assert names == {
        f"{part}.{name}" for part, value in parts.items() for name in (value if isinstance(value, dict) else [part])
    }


def test_the_menu_leads_to_the_page_and_the_json_is_behind_advanced(staff):
    page = staff.get("/admin/")
    menu = [item for group in page.context["sidebar_navigation"] for item in group["items"]]
    links = {str(item["link"]) for item in menu}
    json = reverse("admin:recognition_recognitionconfig_changelist")
    assert PAGE in links
    assert json not in links
    assert json in staff.get(reverse("admin:advanced")).content.decode()
    active = [group["items"] for group in staff.get(PAGE).context["sidebar_navigation"]]
    assert [str(item["link"]) for items in active for item in items if item["active"]] == [PAGE]


def test_other_thresholds_are_tried_without_changing_anything(staff, studio):
    ann, *_others = crowd(studio)
    trained(studio)
    waiting = unknown_face(studio, 1)
    unlike = unknown_face(studio, 400, person=ann, recognition_confidence=0.7)
    values = sent(config.recognition_settings())
    assert "Nothing changes" in text_of(staff.post(PAGE, {**values, "try": ""})), "whatever names the faces have"
    answer = staff.post(PAGE, {**values, "assign": 1, "try": ""})
    (trial,) = answer.context["trials"]
    assert trial.names.numbers == {ChangeKind.GAINED: 0, ChangeKind.LOST: 1, ChangeKind.CHANGED: 0}
    assert [change.was for change in trial.changes] == [ann.real_name]
    config.save_settings({"confidence_thresholds": {"assign": 1}})
    (trial,) = staff.post(PAGE, {**values, "assign": 0.7, "try": ""}).context["trials"]
    assert trial.names.numbers == {ChangeKind.GAINED: 1, ChangeKind.LOST: 0, ChangeKind.CHANGED: 0}
    assert PhotoFace.objects.get(pk=waiting.pk).person is None
    assert PhotoFace.objects.get(pk=unlike.pk).person == ann


def test_marks_of_quality_are_counted_by_what_was_measured(staff, studio):
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), stored=False)
    for size in (20, 40, 60):
        FaceFactory(photo=photo, quality={"size": size, "reasons": []})
    FaceFactory(quality={"size": 40, "reasons": []})  # another studio's
    values = {**sent(DEFAULTS), "quality_filters-min_face_size": 50, "try": ""}
    (trial,) = staff.post(PAGE, values).context["trials"]
    assert (trial.quality, trial.names) == (QualityTrial(faces=3, poorer=1, better=0), None)
    values["quality_filters-min_face_size"] = 10
    (trial,) = staff.post(PAGE, values).context["trials"]
    assert trial.quality == QualityTrial(faces=3, poorer=0, better=1)


@pytest.mark.parametrize(
    "measured",
    [
        {"size": 31}, {"sharpness": 20}, {"brightness": 30}, {"brightness": 240}, {"yaw": 61}, {"yaw": -61},
        {"pitch": 51}, {"pitch": -51}, {},
    ],
)  # fmt: skip
def test_the_database_and_the_analysis_agree_on_what_falls_short(measured):
    good = {"score": 1, "size": 100, "sharpness": 100, "brightness": 100, "yaw": 0, "pitch": 0, "roll": 0}
    FaceFactory(quality={**good, **measured}, insightface_confidence=0.9)
    reasons = quality.list_shortfalls(Quality(**{**good, **measured}), 0.9, QualityFilters())
    assert PhotoFace.objects.filter(falls_short(QualityFilters())).exists() is bool(reasons)


def test_other_values_say_that_they_hold_from_now_on(staff):
    text = text_of(staff.post(PAGE, {**sent(DEFAULTS), "detection-detection": "thorough", "try": ""}))
    assert "No name and no mark of a face changes by these values." in text
    assert "<td>Balanced</td><td>Thorough</td>" in text
    assert recognition_settings().detection == "balanced"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("assign", 0.1, "It must not be above the value for giving names automatically."),
        ("quality_filters-min_brightness", 230, "It must be below the brightest face."),
        ("selfie_filters-max_yaw", 91, "Ensure this value is less than or equal to 90.0."),
        ("detection-detection", "slow", "Select a valid choice."),
        ("search", "nan", "Enter a number."),
    ],
)
def test_a_wrong_value_is_named_at_its_field_and_nothing_is_saved(superuser, field, value, problem):
    text = text_of(superuser.post(PAGE, {**sent(DEFAULTS), field: value, "save": ""}))
    assert problem in text
    assert recognition_settings() == DEFAULTS


def test_superusers_save_and_the_history_says_what_changed(superuser):
    values = {**sent(DEFAULTS), "assign": 0.8, "selfie_filters-max_yaw": 30, "detection-detection": "fast"}
    assert superuser.post(PAGE, {**values, "seen": config.settings_etag(DEFAULTS), "save": ""}).status_code == 302
    found = recognition_settings()
    assert (found.confidence_thresholds.assign, found.selfie_filters.max_yaw, found.detection) == (0.8, 30, "fast")
    (past,) = superuser.get(PAGE).context["history"]
    assert [(value.before, value.after) for value in past.values] == [
        ("0.7", "0.8"), ("Balanced", "Fast"), ("45", "30"),
    ]  # fmt: skip


def manager_of(client, studio):
    client.force_login(MembershipFactory(studio=studio, role=Role.MANAGER).user)
    return client


def test_managers_save_what_their_studio_has_otherwise(client, studio):
    manager, theirs = manager_of(client, studio), SettingsOwner(studio.pk)
    page = text_of(manager.get(PAGE))
    assert "From the defaults" in page
    assert "Allowed: 0.5 – 1" in page
    values = {**sent(DEFAULTS), "search": 0.65, "seen": config.settings_etag(DEFAULTS), "save": ""}
    assert manager.post(PAGE, values).status_code == 302
    assert (recognition_settings(), settings_in(studio.pk).confidence_thresholds.search) == (DEFAULTS, 0.65)
    assert RecognitionOverride.objects.get(studio=studio).value == {"confidence_thresholds": {"search": 0.65}}
    answer = manager.get(PAGE)
    (past,) = answer.context["history"]
    assert [(value.before, value.after) for value in past.values] == [("not set here", "0.65")]
    assert "From the studio, otherwise 0.59. Allowed: 0.5 – 1" in re.sub(r"<[^>]+>", "", text_of(answer)).replace(
        " ,", ","
    )
    refused = manager.post(PAGE, {**values, "search": 0.2, "seen": config.settings_etag(settings_in(studio.pk))})
    assert "The installation allows: 0.5 – 1" in text_of(refused)
    overrides.change_override(theirs, {"confidence_thresholds": None}, by="")
    restored = manager.post(PAGE, {**sent(DEFAULTS), "restore": str(RecognitionConfigChange.objects.first().pk)})
    assert shown(restored, "search").value() == "0.65"


def test_an_event_has_its_own_page_where_names_of_the_studio_are_fixed(client, studio):
    session = SessionFactory(studio=studio)
    manager, page = manager_of(client, studio), f"{PAGE}?event={session.pk}"
    assert shown(manager.get(page), "assign").field.disabled
    values = {**sent(DEFAULTS), "search": 0.65, "assign": 0.9, "seen": config.settings_etag(DEFAULTS), "save": ""}
    assert manager.post(page, values).status_code == 302
    found = settings_in(studio.pk, session.pk).confidence_thresholds
    assert (found.search, found.assign) == (0.65, 0.7)
    assert settings_in(studio.pk) == DEFAULTS


def test_a_stranger_s_studio_and_event_are_not_found(client, studio):
    manager, stranger = manager_of(client, studio), SessionFactory()
    assert manager.get(f"{PAGE}?event={stranger.pk}").status_code == 404
    assert manager.get(f"{PAGE}?studio={stranger.studio_id}").status_code == 404


def test_nobody_else_saves_or_sees_the_history(staff):
    config.save_settings({"detection": "fast"}, by="boss")
    assert staff.post(PAGE, {**sent(recognition_settings()), "assign": 0.8, "save": ""}).status_code == 403
    assert recognition_settings().confidence_thresholds.assign == 0.7
    text = text_of(staff.get(PAGE))
    assert 'name="save"' not in text
    assert "boss" not in text


def test_staff_without_a_studio_do_not_open_it(client):
    client.force_login(UserFactory())
    assert client.get(PAGE).status_code == 403


def test_who_has_seen_older_settings_saves_nothing(superuser):
    values = {**sent(DEFAULTS), "seen": config.settings_etag(DEFAULTS), "assign": 0.8, "save": ""}
    config.save_settings({"detection": "fast"})
    assert "Somebody else has changed the settings." in text_of(superuser.post(PAGE, values))
    assert recognition_settings().confidence_thresholds.assign == 0.7


def test_the_defaults_of_a_section_or_of_all_are_put_into_the_fields_and_not_saved(superuser):
    config.save_settings({"confidence_thresholds": {"assign": 0.8}, "detection": "fast"})
    values = sent(recognition_settings())
    answer = superuser.post(PAGE, {**values, "reset": "confidence_thresholds"})
    assert "Nothing has been saved yet." in text_of(answer)
    assert (shown(answer, "assign").value(), shown(answer, "detection-detection").value()) == ("0.7", "fast")
    answer = superuser.post(PAGE, {**values, "reset": ""})
    assert (shown(answer, "assign").value(), shown(answer, "detection-detection").value()) == ("0.7", "balanced")
    assert recognition_settings().detection == "fast"


def test_former_values_are_put_into_the_fields_and_not_saved(superuser):
    config.save_settings({"detection": "fast"})
    config.save_settings({"detection": "thorough"})
    latest = RecognitionConfigChange.objects.first()
    answer = superuser.post(PAGE, {**sent(recognition_settings()), "restore": str(latest.pk)})
    assert shown(answer, "detection-detection").value() == "fast"
    assert recognition_settings().detection == "thorough"
    assert superuser.post(PAGE, {**sent(DEFAULTS), "restore": "x"}).status_code == 404
