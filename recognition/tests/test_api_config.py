"""/api/v2/config and /api/v2/config/history"""

import pytest

from facepass.models import Scope
from facepass.testing.factories import PASSWORD, MembershipFactory, UserFactory
from recognition import config
from recognition.config import RecognitionSettings, recognition_settings
from recognition.models import RecognitionConfigChange

pytestmark = pytest.mark.django_db

URL, HISTORY = "/api/v2/config", "/api/v2/config/history"


@pytest.fixture
def api(client_of, studio):
    return client_of(studio, scopes=Scope.values)


def put(client, part, **headers):
    return client.put(URL, {"recognition_settings": part}, **headers)


@pytest.mark.parametrize("path", [URL, f"{URL}/"])
def test_the_settings_in_force_and_their_etag(api, path):
    answer = api.get(path)
    body = answer.json()
    assert body["recognition_settings"] == RecognitionSettings().model_dump()
    assert (body["level"], body["sources"]["detection"]) == ("installation", "default")
    assert answer["ETag"] == config.settings_etag(RecognitionSettings())


def test_a_part_changes_only_itself_and_holds_at_once(api):
    put(api, {"quality_filters": {"min_face_size": 50}})
    answer = put(api, {"confidence_thresholds": {"verify": 0.6}})
    assert answer.status_code == 200
    found = recognition_settings()
    assert (found.confidence_thresholds.verify, found.quality_filters.min_face_size) == (0.6, 50)
    assert found.confidence_thresholds.search == RecognitionSettings().confidence_thresholds.search
    assert answer.json()["recognition_settings"] == found.model_dump()
    assert answer.json()["updated_at"]
    assert api.get(URL)["ETag"] == answer["ETag"]


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"confidence_thresholds": {"verify": 2}}, "confidence_thresholds.verify"),
        ({"confidence_thresholds": {"suggest": 0.9}}, "confidence_thresholds"),  # above the assign that holds
        ({"quality_filters": {"min_brightness": 240}}, "quality_filters"),
        ({"quality_filters": {"min_nose": 1}}, "quality_filters.min_nose"),
        ({"quality_filters": 5}, "quality_filters"),
        ({"colours": {}}, "colours"),
        (None, "recognition_settings"),
        ([], "recognition_settings"),
    ],
)
def test_the_whole_is_checked_and_the_wrong_field_named(api, part, field):
    answer = put(api, part)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_config")
    assert list(answer.json()["error"]["details"]) == [field]
    assert recognition_settings() == RecognitionSettings()
    assert not RecognitionConfigChange.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", "recognition_settings"),
        ("{}", "recognition_settings"),
        ('{"recognition_settings": {}, "x": 1}', "x"),
        (r'{"recognition_settings": {"\ud800": 1}}', "recognition_settings"),
        (r'{"\ud800": 1}', "?"),
    ],
)
def test_a_body_that_is_none_names_what_is_wrong(api, body, field):
    answer = api.put(URL, body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, [field])


def test_who_has_seen_older_settings_changes_nothing(api):
    seen = api.get(URL)["ETag"]
    assert put(api, {"detection": "fast"}, HTTP_IF_MATCH=seen).status_code == 200
    answer = put(api, {"detection": "thorough"}, HTTP_IF_MATCH=seen)
    assert (answer.status_code, answer.json()["error"]["code"]) == (412, "config_changed")
    assert recognition_settings().detection == "fast"
    assert put(api, {"detection": "thorough"}, HTTP_IF_MATCH="*").status_code == 200


def test_the_history_says_who_changed_what(api, client_of, studio, django_assert_num_queries):
    put(api, {"detection": "fast"})
    put(api, {"detection": "fast"})  # nothing new
    put(client_of(studio, scopes=["admin", "installation"]), {"detection": "thorough"})
    with django_assert_num_queries(3):  # the key, the count, the page
        rows = api.get(HISTORY).json()["results"]
    assert [(row["before"].get("detection"), row["after"]["detection"]) for row in rows] == [
        ("fast", "thorough"),
        (None, "fast"),
    ]
    assert all(row["changed_by"].startswith("test (fp_") for row in rows)
    assert api.get(f"{HISTORY}/").status_code == 200


def test_a_change_in_the_admin_is_in_the_history_too(client):
    boss = UserFactory(is_superuser=True)
    client.login(username=boss.username, password=PASSWORD)
    client.post("/admin/recognition/recognitionconfig/add/", {"key": config.KEY, "value": '{"detection": "fast"}'})
    change = RecognitionConfigChange.objects.get()
    assert (change.changed_by, change.after["detection"]) == (boss.username, "fast")
    assert client.get("/admin/recognition/recognitionconfigchange/").status_code == 200


def test_members_of_a_studio_do_not_see_the_history_in_the_admin(client):
    client.login(username=MembershipFactory().user.username, password=PASSWORD)
    assert client.get("/admin/recognition/recognitionconfigchange/").status_code == 403


def test_who_may_read_may_not_change(client, client_of, studio):
    reader = client_of(studio, scopes=["read", "write", "search"])
    assert reader.get(URL).status_code == 200
    assert put(reader, {"detection": "fast"}).status_code == 403
    assert reader.get(HISTORY).status_code == 403
    assert client.get(URL).status_code == 401
