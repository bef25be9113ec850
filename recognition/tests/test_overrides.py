"""Settings of studios and events: what holds there, where it comes from, and the bounds of the installation."""

import pytest
from rest_framework.test import APIClient

from facepass.models import STUDIO_SCOPES
from facepass.testing.factories import MembershipFactory, SessionFactory, StudioFactory, UserFactory
from recognition import config
from recognition.config import recognition_settings
from recognition.settings import overrides
from recognition.settings.levels import compose, read_bounds
from recognition.settings.overrides import SettingsOwner, settings_in

pytestmark = pytest.mark.django_db
URL, HISTORY = "/api/v2/config/", "/api/v2/config/history/"


@pytest.fixture
def other(db):
    return StudioFactory()


@pytest.fixture
def api(client_of, studio):
    return client_of(studio, scopes=list(STUDIO_SCOPES))


def put(client, part, url=URL, **headers):
    return client.put(url, {"recognition_settings": part}, format="json", **headers)


def search_of(client, url=URL):
    body = client.get(url).json()
    source = body["sources"]["confidence_thresholds"]["search"]
    return body["recognition_settings"]["confidence_thresholds"]["search"], source


def test_a_studio_s_setting_holds_there_and_nowhere_else(api, client_of, studio, other):
    session = SessionFactory(studio=studio)
    answer = put(api, {"confidence_thresholds": {"search": 0.7}})
    assert (answer.status_code, answer.json()["level"]) == (200, "studio")
    assert search_of(api) == (0.7, "studio")
    assert search_of(api, f"/api/v1/sessions/{session.pk}/config/") == (0.7, "studio")
    assert search_of(client_of(other, scopes=["read"])) == (0.59, "default")
    assert recognition_settings().confidence_thresholds.search == 0.59
    assert settings_in(studio.pk).confidence_thresholds.search == 0.7


def test_an_event_s_setting_holds_there_and_comes_before_its_studio_s(api, studio):
    session, another = SessionFactory(studio=studio), SessionFactory(studio=studio)
    put(api, {"confidence_thresholds": {"search": 0.7}})
    path = f"/api/v1/sessions/{session.pk}/config/"
    assert put(api, {"confidence_thresholds": {"search": 0.65}}, path).json()["level"] == "event"
    assert search_of(api, path) == (0.65, "event")
    assert search_of(api, f"/api/v1/sessions/{another.pk}/config/") == (0.7, "studio")
    put(api, {"confidence_thresholds": {"search": None}}, path)
    assert search_of(api, path) == (0.7, "studio")


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"confidence_thresholds": {"search": 0.1}}, "confidence_thresholds.search"),
        ({"confidence_thresholds": {"verify": 0.3}}, "confidence_thresholds.verify"),
        ({"confidence_thresholds": {"assign": 0.5, "suggest": 0.5}}, "confidence_thresholds.assign"),
        ({"confidence_thresholds": {"nose": 1}}, "confidence_thresholds.nose"),
        ({"detection": "slow"}, "detection"),
        ([], "recognition_settings"),
        (None, "recognition_settings"),
    ],
)
def test_what_the_installation_does_not_allow_is_refused_and_named(api, part, field):
    answer = put(api, part)
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, [field])
    assert search_of(api) == (0.59, "default")


def test_names_of_the_whole_studio_are_no_event_s_to_set(api, studio):
    path = f"/api/v1/sessions/{SessionFactory(studio=studio).pk}/config/"
    assert put(api, {"confidence_thresholds": {"assign": 0.8}}, path).status_code == 400
    assert put(api, {"confidence_thresholds": {"assign": 0.8}}).status_code == 200


def test_an_administrator_of_a_studio_changes_the_installation_by_no_way(api, client_of, other):
    level = f"{URL}?level=installation"
    assert put(api, {"detection": "fast"}, level).status_code == 403
    assert api.put(URL, {"override_bounds": {}}, format="json").status_code == 400
    assert api.get(level).json()["recognition_settings"]["detection"] == "balanced"
    assert [api.get(f"{URL}?level={level}").status_code for level in ("galaxy", "")] == [400, 400]
    session = SessionFactory(studio=other)
    path = f"/api/v1/sessions/{session.pk}/config/"
    assert (api.get(path).status_code, put(api, {"detection": "fast"}, path).status_code) == (404, 404)


def test_a_superuser_sets_up_the_installation_and_with_a_studio_s_name_that_studio(client_of, studio, other):
    boss = APIClient()
    boss.force_authenticate(UserFactory(is_superuser=True))
    assert put(boss, {"detection": "fast"}).json()["level"] == "installation"
    assert settings_in(other.pk).detection == "fast"
    named = boss.put(f"{URL}?level=studio", {"recognition_settings": {}}, format="json")
    assert named.json()["error"]["code"] == "studio_ambiguous"


def test_bounds_narrow_what_studios_have_set_before(api, client_of, studio):
    boss = client_of(studio, scopes=["read", "admin", "installation"])
    put(api, {"confidence_thresholds": {"search": 0.9}, "detection": "thorough"})
    bounds = {"confidence_thresholds": {"search": [0.55, 0.8]}, "detection": ["fast", "balanced"]}
    assert boss.put(URL, {"override_bounds": bounds}, format="json").status_code == 200
    assert search_of(api) == (0.8, "studio")
    assert settings_in(studio.pk).detection == "balanced"
    boss.put(URL, {"override_bounds": {"confidence_thresholds": {"search": None}}}, format="json")
    assert search_of(api) == (0.59, "default")
    assert put(api, {"confidence_thresholds": {"search": 0.6}}).status_code == 400


@pytest.mark.parametrize(
    "bounds",
    [
        {"confidence_thresholds": {"search": [0.8, 0.5]}}, {"confidence_thresholds": {"search": [0, 2]}},
        {"confidence_thresholds": {"search": 0.5}}, {"detection": ["slow"]}, {"detection": []}, {"nose": [0, 1]},
        {"confidence_thresholds": {"search": [True, 1]}},
    ],
)  # fmt: skip
def test_bounds_that_make_no_sense_are_refused(client_of, studio, bounds):
    boss = client_of(studio, scopes=["read", "admin", "installation"])
    assert boss.put(URL, {"override_bounds": bounds}, format="json").status_code == 400


def test_a_part_that_no_longer_fits_leaves_the_level_above_in_force(studio):
    overrides.change_override(SettingsOwner(studio.pk), {"confidence_thresholds": {"suggest": 0.65}}, by="")
    config.save_settings({"confidence_thresholds": {"assign": 0.6, "suggest": 0.5}})
    assert settings_in(studio.pk).confidence_thresholds.suggest == 0.5


def test_who_has_seen_older_settings_changes_nothing(api):
    seen = api.get(URL)["ETag"]
    assert put(api, {"detection": "fast"}, HTTP_IF_MATCH=seen).status_code == 200
    assert put(api, {"detection": "thorough"}, HTTP_IF_MATCH=seen).json()["error"]["code"] == "config_changed"


def test_the_history_shows_a_studio_its_own_changes_alone(api, client_of, studio, other):
    config.save_settings({"detection": "fast"}, by="boss")
    put(client_of(other, scopes=list(STUDIO_SCOPES)), {"detection": "thorough"})
    put(api, {"detection": "balanced"})
    put(api, {"confidence_thresholds": {"search": 0.6}}, f"/api/v1/sessions/{SessionFactory(studio=studio).pk}/config/")
    rows = api.get(HISTORY).json()["results"]
    assert [(row["level"], row["after"]) for row in rows] == [
        ("event", {"confidence_thresholds": {"search": 0.6}}),
        ("studio", {"detection": "balanced"}),
    ]
    boss = client_of(studio, scopes=["admin", "installation"])
    assert len(boss.get(HISTORY).json()["results"]) == 4


def test_the_settings_of_a_studio_and_its_event_are_one_query(studio, django_assert_num_queries):
    with django_assert_num_queries(1):
        settings_in(studio.pk, SessionFactory.build().pk)


def test_values_outside_the_bounds_count_as_the_nearest_inside():
    bounds = read_bounds({"confidence_thresholds": {"search": [0.5, 0.7]}})
    found = compose(config.RecognitionSettings(), {"studio": {"confidence_thresholds": {"search": 0.2}}}, bounds)
    assert found.settings.confidence_thresholds.search == 0.5


def test_a_member_reads_what_holds_in_the_studio(client, studio):
    put_by = SettingsOwner(studio.pk)
    overrides.change_override(put_by, {"detection": "fast"}, by="owner")
    client.force_login(MembershipFactory(studio=studio).user)
    assert client.get(URL).json()["recognition_settings"]["detection"] == "fast"
