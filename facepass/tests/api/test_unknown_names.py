"""Every operation refuses what it does not take, and takes the names that it had before."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from facepass.core.api import contract
from facepass.core.api.document.completion import list_operations
from facepass.models import Scope
from facepass.testing import access_matrix
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, SessionFactory


@pytest.fixture(scope="module")
def operations():
    """What the document says of each operation: method and path, with `{}` for parameters."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    return {
        (method.upper(), re.sub(r"{\w+}", "{}", path)): said
        for path, method, said in list_operations(document)
        if said["tags"] != ["service"]  # no views of the API's
    }


@pytest.fixture
def everything(studio, client_of):
    """A client that may do anything, and an object of each kind."""
    return client_of(studio, scopes=Scope.values), access_matrix.world(studio)


def documented_rows(operations):
    """Rows of the access matrix that are in the document, with what it says of them."""
    for row in access_matrix.ROWS:
        said = operations.get((row.method, re.sub(r"{\w+}", "{}", row.path.partition("?")[0].rstrip("/"))))
        if said is not None:
            yield row, said


def send(client, row, its, *, query="", more=()):
    body = dict(row.form(its) if row.form else (row.json(its) if callable(row.json) else row.json) or {}) | dict(more)
    path = row.path.format(**its)
    path += query and ("&" if "?" in path else "?") + query
    call = getattr(client, row.method.lower())
    return call(path, body, format="multipart" if row.form else "json") if row.method != "GET" else call(path)


@pytest.mark.usefixtures("fake_engine")
def test_every_operation_refuses_an_unknown_parameter(operations, everything):
    client, its = everything
    walked = list(documented_rows(operations))
    assert len(walked) == len(operations)
    for row, _said in walked:
        answer = send(client, row, its, query="persn_id=1")
        refusal = answer.json()["error"]
        assert (answer.status_code, refusal["code"]) == (400, "unknown_parameter"), (row.method, row.path)
        assert list(refusal["details"]) == ["persn_id"]


@pytest.mark.usefixtures("fake_engine")
def test_every_operation_that_changes_something_refuses_an_unknown_field(operations, everything):
    client, its = everything
    for row, _said in documented_rows(operations):
        # A resource that is made of a file takes forms only, and so no JSON when it is deleted.
        if row.method != "GET" and (row.method, row.path) != ("DELETE", "/api/v1/reference/{reference}/"):
            answer = send(client, row, its, more={"titel": "1"})
            refusal = answer.json()["error"]
            assert (answer.status_code, refusal["code"]) == (400, "unknown_field"), (row.method, row.path)
            assert list(refusal["details"]) == ["titel"]


@pytest.mark.usefixtures("fake_engine")
def test_no_path_takes_a_method_that_the_document_does_not_have(operations, everything):
    """Whatever the body is: what another method of the same view would take is not looked at."""
    client, its = everything
    taken = {}
    for method, path in operations:
        taken.setdefault(path, set()).add(method)
    walked = {re.sub(r"{\w+}", "{}", row.path.partition("?")[0].rstrip("/")): row.path for row in access_matrix.ROWS}
    for path, methods in taken.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            answer = client.generic(method, walked[path].format(**its), '{"titel": 1}', content_type="application/json")
            assert answer.status_code == 405, (method, path, answer.content)


@pytest.mark.usefixtures("fake_engine")
def test_a_filter_that_is_true_or_false_takes_nothing_else(operations, everything):
    client, its = everything
    tried = set()
    for row, said in documented_rows(operations):
        for parameter in said.get("parameters", ()):
            if parameter.get("in") == "query" and parameter.get("schema", {}).get("type") == "boolean":
                tried.add((row.path, parameter["name"]))
                for text in ("2", "3", "yes", ""):
                    answer = send(client, row, its, query=f"{parameter['name']}={text}")
                    assert answer.status_code == 400, (row.path, parameter["name"], text)
    assert len(tried) > 5


@pytest.mark.usefixtures("fake_engine")
def test_no_operation_refuses_a_parameter_of_its_document(operations, everything):
    client, its = everything
    for row, said in documented_rows(operations):
        for parameter in said.get("parameters", ()):
            if parameter.get("in") == "query":
                answer = send(client, row, its, query=f"{parameter['name']}=1")
                assert b"unknown_parameter" not in answer.content, (row.method, row.path, parameter["name"])


def test_the_nearest_name_is_said(api, studio):
    refused = api.get("/api/v1/images/", {"persn_id": "x", "sate": "failed"}).json()["error"]
    assert refused["details"] == {"persn_id": "person_id", "sate": "state"}
    assert "persn_id" in refused["message"]
    assert "person_id" in refused["message"]
    refused = api.post("/api/v1/galleries/", {"title": "Party", "shot_date": "2026-11-20"}).json()["error"]
    assert refused["details"] == {"shot_date": "shoot_date"}


def test_a_name_of_any_length_and_kind_is_refused_alike(api):
    for name in ("x" * 5000, "\ud800", "a\x00b", "__proto__", ""):
        answer = api.post("/api/v1/galleries/", json.dumps({"title": "a", name: 1}), content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_field")
        assert len(answer.content) < 1000


def test_what_was_read_may_be_sent_back(api, studio):
    path = f"/api/v1/people/{PersonFactory(studio=studio).pk}/"
    assert api.patch(path, api.get(path).json()).status_code == 200


def test_a_row_in_bulk_is_refused_by_the_same_rule(api):
    rows = [{"external_id": "1", "real_nam": "Maria"}, {"external_id": "2", "real_name": "Ivan"}]
    results = api.post("/api/v1/people/bulk/", {"people": rows}).json()["results"]
    assert [row["error"] and row["error"]["code"] for row in results] == ["unknown_field", None]


@pytest.mark.parametrize("name", ["person", "person_id"])
def test_photos_and_galleries_are_narrowed_by_the_old_and_the_new_name_of_a_person(api, studio, name):
    face = FaceFactory(photo__gallery=GalleryFactory(studio=studio), person=PersonFactory(studio=studio))
    PhotoFactory(gallery=GalleryFactory(studio=studio))
    found = [api.get(f"/api/v1/{rows}/", {name: face.person_id}).json() for rows in ("images", "galleries")]
    assert [[row["id"] for row in page["results"]] for page in found] == [[str(face.photo_id)], [str(face.gallery_id)]]


@pytest.mark.parametrize("name", ["gallery", "gallery_id"])
def test_photos_are_narrowed_by_the_old_and_the_new_name_of_a_gallery(api, studio, name):
    photo, _other = (PhotoFactory(gallery=GalleryFactory(studio=studio)) for _number in range(2))
    assert [row["id"] for row in api.get("/api/v1/images/", {name: photo.gallery_id}).json()["results"]] == [
        str(photo.pk)
    ]


def test_every_former_name_of_a_field_is_documented_and_taken(operations):
    components = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    former = {
        (name, field)
        for name, schema in components.items()
        if name.endswith("Request")
        for field, said in schema.get("properties", {}).items()
        if said.get("deprecated")
    }
    assert {field for _name, field in former} == {
        "user_id", "image", "images", "frames", "file", "files", "cluster_id", "session_id"
    }  # fmt: skip


def frames():
    return [access_matrix.picture(f"{number}.jpg") for number in range(3)]


FORMER_FORMS = [
    ("/api/v1/faces/upload/", lambda its, picture: {"user_id": its["person"], "file": picture}, 202),
    ("/api/v1/reference/", lambda _its, picture: {"image": picture, "label": "passport"}, 201),
    ("/api/v1/verify/", lambda its, picture: {"image": picture, "reference_id": its["reference"]}, 200),
    ("/api/v1/galleries/{gallery}/images/", lambda _its, picture: {"file": picture}, 202),
    ("/api/v1/galleries/{gallery}/images/", lambda _its, picture: {"files[]": picture}, 202),
    ("/detect-faces/", lambda _its, picture: {"image": picture}, 200),
    ("/recognize-face/", lambda _its, picture: {"image": picture}, 200),
    ("/batch-recognize/", lambda _its, picture: {"images": picture}, 200),
    ("/api/v2/recognize/batch/", lambda _its, picture: {"file": picture}, 200),
    ("/api/v1/liveness/", lambda its, _one: {"challenge_id": its["challenge"], "frames[]": frames()}, 200),
    ("/api/v1/faces/search-session/", lambda its, picture: {"session_id": its["session"], "files": picture}, 200),
]


@pytest.mark.parametrize(("path", "form", "status"), FORMER_FORMS, ids=[path for path, _form, _status in FORMER_FORMS])
@pytest.mark.usefixtures("fake_engine")
def test_forms_under_their_former_names_are_taken(everything, path, form, status):
    client, its = everything
    sent = form(its, access_matrix.picture("a.jpg"))
    assert client.post(path.format(**its), sent, format="multipart").status_code == status


def test_a_group_is_rejected_under_its_former_name(everything):
    client, its = everything
    assert client.post("/reject-face-cluster/", {"cluster_id": its["group"]}).status_code == 200


def test_filters_of_a_gallery_s_photos_do_not_hide_the_gallery(api, studio):
    gallery = GalleryFactory(studio=studio, title="Church")
    photo = PhotoFactory(gallery=gallery, state="processed", original_name="altar.jpg")
    path = f"/api/v1/galleries/{gallery.pk}/images/"
    nobody = PersonFactory(studio=studio).pk
    for query in ("state=failed", "search=church", f"person_id={nobody}", "has_faces=true", "created_after=2100-01-01"):
        answer = api.get(f"{path}?{query}")
        assert (answer.status_code, answer.json()["results"]) == (200, []), query
    assert [row["id"] for row in api.get(f"{path}?search=altar").json()["results"]] == [str(photo.pk)]


@pytest.mark.usefixtures("fake_engine")
def test_a_search_among_a_studio_s_faces_can_be_narrowed_to_a_session(everything, studio):
    client, its = everything
    send = {"file": access_matrix.picture("a.jpg"), "session_id": SessionFactory(studio=studio).pk}
    assert client.post("/api/v1/faces/search/", send, format="multipart").status_code == 404
    send = {"file": access_matrix.picture("a.jpg"), "session_id": its["session"]}
    assert client.post("/api/v1/faces/search/", send, format="multipart").status_code == 200


@pytest.mark.parametrize("size", ["0", "201", "100000", "-1", "x", "9" * 5000])
def test_a_page_has_one_to_two_hundred_rows(operations, everything, size):
    client, its = everything
    for row, said in documented_rows(operations):
        if any(parameter.get("name") == "page_size" for parameter in said.get("parameters", ())):
            answer = send(client, row, its, query=f"page_size={size}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request"), row.path
            assert send(client, row, its, query="page_size=200").status_code == 200


def test_an_unknown_order_is_refused(operations, everything):
    client, its = everything
    ordered = [
        row
        for row, said in documented_rows(operations)
        if any(parameter.get("name") == "ordering" for parameter in said.get("parameters", ()))
    ]
    assert len(ordered) >= 4
    for row in ordered:
        for order in ("bogus", "-bogus", "created_at,bogus"):
            answer = send(client, row, its, query=f"ordering={order}")
            assert (answer.status_code, list(answer.json()["error"]["details"])) == (400, ["ordering"]), row.path


@pytest.mark.parametrize("path", ["admin/users", "admin/keys", "sessions", "webhooks"])
def test_lists_that_had_numbered_pages_have_both(everything, path):
    client, _its = everything
    first = client.get(f"/api/v1/{path}/", {"page_size": 1}).json()
    assert first == client.get(f"/api/v1/{path}/", {"page_size": 1, "page": 1}).json() | {"next": first["next"]}


def test_every_moment_is_said_in_utc_with_a_z(everything, settings):
    settings.TIME_ZONE = "Europe/Moscow"
    client, its = everything
    answers = [client.get(row.path.format(**its)) for row in access_matrix.ROWS if row.method == "GET"]
    texts = [answer.content for answer in answers if not answer.streaming]
    moments = re.findall(rb'"(20\d\d-\d\d-\d\dT[^"]*)"', b"".join(texts))
    assert len(moments) > 20
    assert [moment for moment in moments if not moment.endswith(b"Z")] == []


def test_one_thread_at_a_time_reads_the_document(monkeypatch):
    """The first requests of a new process come at once."""
    inside, most = [], []

    class Watched(SchemaGenerator):
        def create_view(self, callback, method, **options):
            inside.append(method)
            most.append(len(inside))
            time.sleep(0.02)
            try:
                return super().create_view(callback, method, **options)
            finally:
                inside.pop()

    monkeypatch.setattr(contract, "SchemaGenerator", Watched)
    view = resolve("/api/v1/people/").func
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _n: contract.load_contract.__wrapped__(view, "GET"), range(8)))
    assert all(found)
    assert most == [1] * 8
