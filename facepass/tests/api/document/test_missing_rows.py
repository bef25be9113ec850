"""A 404 says which id of what is not there, whether a path, a field or a list of ids named it."""

import re
import uuid

import pytest

from facepass.core.api.document.things import find_id_name
from facepass.models import Scope
from facepass.testing import access_matrix
from facepass.testing.access_matrix import ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]
ABSENT = str(uuid.UUID(int=4711))
# Answers 200 with `"valid": false`, as its contract says.
NO_REFUSAL = "/api/v1/sessions/validate/"


@pytest.fixture
def everything(studio, client_of):
    """A client that may do anything, and an object of each kind."""
    return client_of(studio, scopes=Scope.values), access_matrix.world(studio)


def rows_with_an_id():
    for row in ROWS:
        named = re.findall(r"{(\w+)}", row.path.partition("?")[0])
        if named and row.path.startswith("/api/") and not row.path.startswith(NO_REFUSAL):
            yield row, named[0]


def test_every_path_says_which_of_its_ids_is_missing(everything):
    client, its = everything
    walked = list(rows_with_an_id())
    for row, key in walked:
        answer = send(client, row, {**its, key: ABSENT})
        assert answer.status_code == 404, (row.method, row.path, answer.content)
        refusal = answer.json()["error"]
        name = find_id_name(row.path, "user_id" if "/user/" in row.path else "id")
        assert (refusal["code"], refusal["details"]) == ("not_found", {name: ABSENT}), (row.method, row.path)
        assert ABSENT in refusal["message"]
    assert len(walked) > 50


def send(client, row, its):
    body = (row.form(its) if row.form else row.json(its) if callable(row.json) else row.json) or {}
    call = getattr(client, row.method.lower())
    path = row.path.format(**its)
    return call(path) if row.method == "GET" else call(path, body, format="multipart" if row.form else "json")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/faces/search", {"face_id": ABSENT}),
        ("/api/v1/faces/search", {"face_id": "{face}", "gallery_id": ABSENT}),
        ("/api/v1/faces/search", {"face_id": "{face}", "session_id": ABSENT}),
        ("/api/v1/faces/{face}/move", {"group_id": ABSENT}),
        ("/api/v1/groups/{group}/merge", {"group_ids": [ABSENT]}),
        ("/api/v1/groups/{group}/keep-apart", {"group_id": ABSENT}),
        ("/api/v1/groups/{group}/name", {"person_id": ABSENT}),
        ("/api/v1/people/{person}/merge", {"person_ids": [ABSENT]}),
        ("/api/v1/people/bulk-delete", {"person_ids": [ABSENT]}),
        ("/api/v1/images/bulk-delete", {"photo_ids": [ABSENT]}),
        ("/api/v1/faces/bulk-delete", {"face_ids": [ABSENT]}),
        ("/api/v2/train/execute", {"training_id": ABSENT}),
        ("/api/v2/recognize/batch", {"gallery_id": ABSENT}),
        ("/detect-faces", {"photo_id": ABSENT}),
        ("/cluster-unknown-faces", {"session_id": ABSENT}),
        ("/cluster-unknown-faces", {"gallery_id": ABSENT}),
        ("/reject-face-cluster", {"group_id": ABSENT}),
    ],
)
def test_every_id_of_a_body_is_named_where_it_is_missing(everything, path, body):
    client, its = everything
    filled = {name: value.format(**its) if isinstance(value, str) else value for name, value in body.items()}
    answer = client.post(path.format(**its), filled, format="json")
    assert answer.status_code == 404, answer.content
    name = next(name for name, value in body.items() if value in (ABSENT, [ABSENT]))
    assert answer.json()["error"]["details"] == {name.removesuffix("s"): ABSENT}


def test_several_missing_ids_are_a_list(everything):
    client, its = everything
    other = str(uuid.UUID(int=4712))
    answer = client.post(f"/api/v1/people/{its['person']}/merge", {"person_ids": [ABSENT, other]}, format="json")
    assert answer.json()["error"]["details"] == {"person_ids": [ABSENT, other]}
