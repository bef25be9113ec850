"""Everything that a studio keeps of a person, as a file for them: on their page, and by the API."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role, Scope
from facepass.testing.factories import FaceFactory, GalleryFactory, PersonFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import member
from galleries.models import PersonLink
from galleries.models.face import FaceCategory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("fake_engine"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]


def opened(response):
    assert response.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("data.json"))


@pytest.fixture
def ann(studio):
    person = PersonFactory(
        studio=studio, real_name="Анна", email="ann@example.org", notes="likes ice", metadata={"a": 1}
    )
    known = {"person": person, "face_category": FaceCategory.KNOWN}
    gallery = GalleryFactory(studio=studio)
    FaceFactory(photo=PhotoFactory(gallery=gallery, original_name="seen.jpg"), verified=True, **known)
    FaceFactory(photo=PhotoFactory(gallery=gallery, original_name="maybe.jpg"), verified=False, **known)
    FaceFactory(
        photo=PhotoFactory(gallery=gallery, subject=person, original_name="passport.jpg"), verified=True, **known
    )
    PersonLink.objects.create(person=person, expires_at=timezone.now() + timedelta(days=1))
    return person


@pytest.fixture
def export(ann, studio):
    return lambda: opened(member(studio, Role.MANAGER).post(address(ann)))


def address(person):
    return reverse("admin:galleries_person_data", args=[person.pk])


def test_it_has_the_row_the_faces_and_the_photos(export, ann):
    archive, data = export()
    assert (data["person"]["real_name"], data["person"]["notes"], data["person"]["metadata"]) == (
        "Анна",
        "likes ice",
        {"a": 1},
    )
    faces = {face["name"]: face for face in data["faces"]}
    assert {name: face["name_is"] for name, face in faces.items()} == {
        "seen.jpg": "confirmed", "maybe.jpg": "proposed", "passport.jpg": "confirmed",
    }  # fmt: skip
    files = {name: face["file"] for name, face in faces.items() if face["file"]}
    assert files.keys() == {"seen.jpg", "passport.jpg"}, "a proposed name may be somebody else's photo"
    assert set(archive.namelist()) == {"README.txt", "data.json", *files.values()}
    assert files["passport.jpg"].startswith("enrolled/")
    assert len(data["private_links"]) == 1
    assert "Анна" in archive.read("README.txt").decode()


def test_no_descriptor_is_in_it(export):
    text = export()[0].read("data.json").decode()
    assert "descriptor" not in text
    assert "landmarks" not in text


def test_a_photo_whose_file_is_lost_is_told_of_without_it(export, ann):
    default_storage.delete(ann.faces.get(photo__original_name="seen.jpg").photo.file.name)
    archive, data = export()
    assert {face["name"] for face in data["faces"] if face["file"]} == {"passport.jpg"}
    assert len(archive.namelist()) == 3


def test_managers_have_it_and_it_stands_in_the_history(ann, studio, export):
    export()
    page = member(studio, Role.MANAGER).get(reverse("admin:galleries_person_history", args=[ann.pk]))
    assert "data.json" in page.content.decode()
    assert member(studio).post(address(ann)).status_code == 403
    assert member(StudioFactory(), Role.OWNER).post(address(ann)).status_code == 404
    button = f'action="{address(ann)}"'
    change = reverse("admin:galleries_person_change", args=[ann.pk])
    assert button in member(studio, Role.MANAGER).get(change).content.decode()
    assert button not in member(studio).get(change).content.decode()


def test_an_app_has_it_too(ann, studio, client_of):
    api = client_of(studio, scopes=[Scope.ADMIN])
    response = api.get(f"/api/v1/people/{ann.pk}/export/", HTTP_ACCEPT="application/zip, */*;q=0.1")
    assert response["Content-Type"] == "application/zip"
    assert len(opened(response)[1]["faces"]) == 3
