"""Uploading one file to a request, and past the server into a bucket."""

import hashlib
from datetime import timedelta

import pytest
import requests
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_q.models import OrmQ

from facepass.models import Role, TrashEntry
from facepass.testing.factories import GalleryFactory, PhotoFactory, StudioFactory
from facepass.testing.pages.staff import address, member, post
from facepass.testing.pictures.fake import picture_of
from facepass.testing.stand_ins.s3 import keys
from galleries.models import GalleryImage
from galleries.models.photo import PhotoState
from galleries.photos import direct_uploads

pytestmark = pytest.mark.django_db

PICTURE = picture_of([], size=(200, 150))


def send(client, where, data=PICTURE, name="a.jpg"):
    return client.post(address(where, "upload_file"), {"file": SimpleUploadedFile(name, data)})


def test_each_file_has_its_own_outcome(staff, gallery):
    first = send(staff, gallery).json()
    assert first == {"outcome": "accepted", "photo": str(GalleryImage.objects.get().pk)}
    assert send(staff, gallery, name="again.jpg").json() == {"outcome": "duplicate", "photo": first["photo"]}
    refused = send(staff, gallery, b"no picture", "c.jpg").json()
    assert (refused["outcome"], refused["code"]) == ("refused", "not_an_image")
    assert refused["message"]
    assert OrmQ.objects.count() == 1
    assert LogEntry.objects.get().object_id == first["photo"]


@pytest.mark.parametrize(
    ("sent", "kept"), [("/card 1\\ceremony/", "card 1/ceremony"), ("", ""), ("x" * 300, "x" * 255)]
)
def test_a_photo_keeps_the_folder_that_it_lay_in(sent, kept, staff, gallery):
    staff.post(address(gallery, "upload_file"), {"file": SimpleUploadedFile("a.jpg", PICTURE), "folder": sent})
    assert GalleryImage.objects.get().folder == kept


@pytest.mark.parametrize(
    ("folder", "tags"),
    [
        ("wedding/card 1\\The  ceremony/", "The ceremony"),
        ("ann, ben\x07", "ann ben"),
        ("wedding/" + "x" * 300, "x" * 100),
        ("wedding/,", ""),
        ("", ""),
    ],
)
def test_the_innermost_folder_is_the_tag_where_that_was_chosen(folder, tags, staff, gallery):
    fields = {"file": SimpleUploadedFile("a.jpg", PICTURE), "folder": folder}
    staff.post(address(gallery, "upload_file"), {**fields, "tagged": "1"})
    assert GalleryImage.objects.get().tags == tags


def test_a_photo_has_no_tag_where_none_was_chosen(staff, gallery):
    staff.post(address(gallery, "upload_file"), {"file": SimpleUploadedFile("a.jpg", PICTURE), "folder": "card 1"})
    assert GalleryImage.objects.get().tags == ""


def test_what_is_there_is_known_by_its_content(staff, gallery):
    send(staff, gallery)
    digest, other = hashlib.sha256(PICTURE).hexdigest(), "0" * 64
    found = post(staff, gallery, "upload_there", sha256=[digest, other]).json()["there"]
    assert found == {digest: str(GalleryImage.objects.get().pk)}
    assert post(staff, GalleryFactory(studio=gallery.studio), "upload_there", sha256=[digest]).json()["there"] == {}


@pytest.mark.parametrize("body", [{}, {"sha256": "x"}, {"sha256": [1]}, {"sha256": ["0"] * 1001}])
def test_questions_that_are_none_are_a_400(body, staff, gallery):
    assert post(staff, gallery, "upload_there", **body).status_code == 400


def test_no_file_is_a_400(staff, gallery):
    assert staff.post(address(gallery, "upload_file"), {}).status_code == 400


@pytest.mark.parametrize("name", ["upload_there", "upload_file", "upload_place", "upload_arrived"])
def test_a_stranger_is_a_404_and_a_verifier_a_403(name, studio, gallery):
    assert post(member(StudioFactory()), gallery, name).status_code == 404
    assert post(member(studio, Role.VERIFIER), gallery, name).status_code == 403
    assert Client().post(address(gallery, name)).status_code == 302
    assert not gallery.photos.exists()


def test_without_a_bucket_there_is_no_place(staff, gallery):
    assert post(staff, gallery, "upload_place", size=10).status_code == 400
    assert post(staff, gallery, "upload_arrived", id=str(gallery.pk)).status_code == 400
    assert "upload_place" not in staff.get(address(gallery, "photos")).content.decode()


def put(client, where, data=PICTURE):
    place = post(client, where, "upload_place", size=len(data)).json()
    assert requests.put(place["url"], data=data, timeout=300).status_code == 200
    return place["id"]


def waiting(bucket):
    return [row.key for row in bucket.objects.filter(Prefix="incoming/")]


def test_a_file_goes_into_the_bucket_and_is_taken_in_from_there(bucket, staff, gallery):
    pk = put(staff, gallery)
    assert len(waiting(bucket)) == 1
    answer = post(staff, gallery, "upload_arrived", id=pk, name="a.jpg", folder="card 1").json()
    photo = GalleryImage.objects.get()
    assert answer == {"outcome": "accepted", "photo": str(photo.pk)}
    assert (photo.original_name, photo.folder) == ("a.jpg", "card 1")
    assert photo.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert keys(bucket) == ["original.jpg"]


def test_a_file_from_the_bucket_has_its_folder_as_tag_too(bucket, staff, gallery):
    for tagged, tag in [(True, "card 1"), (False, "")]:
        GalleryImage.objects.all().delete()
        pk = put(staff, gallery)
        post(staff, gallery, "upload_arrived", id=pk, name="a.jpg", folder="day/card 1", tagged=tagged)
        assert GalleryImage.objects.get().tags == tag


def test_what_is_no_picture_or_there_already_is_named_and_removed(bucket, staff, gallery):
    post(staff, gallery, "upload_arrived", id=put(staff, gallery), name="a.jpg")
    again = post(staff, gallery, "upload_arrived", id=put(staff, gallery), name="b.jpg").json()
    refused = post(staff, gallery, "upload_arrived", id=put(staff, gallery, b"no picture"), name="c.jpg").json()
    assert (again["outcome"], refused["outcome"], refused["code"]) == ("duplicate", "refused", "not_an_image")
    assert waiting(bucket) == []
    assert gallery.photos.count() == 1


def test_asking_twice_takes_it_in_once(bucket, staff, gallery):
    pk = put(staff, gallery)
    post(staff, gallery, "upload_arrived", id=pk, name="a.jpg")
    answer = post(staff, gallery, "upload_arrived", id=pk, name="a.jpg")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "upload_missing")
    assert gallery.photos.count() == 1


def test_a_place_is_of_one_gallery(bucket, staff, gallery):
    pk = put(staff, gallery)
    other = GalleryFactory(studio=gallery.studio)
    assert post(staff, other, "upload_arrived", id=pk, name="a.jpg").status_code == 404


def test_the_address_is_for_that_size_only(bucket, staff, gallery):
    url = post(staff, gallery, "upload_place", size=10).json()["url"]
    assert "content-length" in url.partition("X-Amz-SignedHeaders=")[2].partition("&")[0]


def test_too_large_a_file_gets_no_place(bucket, staff, gallery, settings):
    answer = post(staff, gallery, "upload_place", size=settings.MAX_UPLOAD_BYTES + 1)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "image_too_large")


def test_the_page_may_send_to_the_bucket(bucket, staff, gallery, settings):
    policy = staff.get(address(gallery, "photos"))["Content-Security-Policy"]
    (connect,) = [part for part in policy.split(";") if part.strip().startswith("connect-src")]
    assert settings.ENV.s3_endpoint_url in connect


def test_what_nobody_asked_about_is_swept_away(bucket, staff, gallery, monkeypatch):
    put(staff, gallery)
    default_storage.save("photos/kept.jpg", ContentFile(b"x"))
    assert direct_uploads.sweep() == 0
    monkeypatch.setattr(direct_uploads, "KEEP_FOR", timedelta(seconds=-5))
    assert direct_uploads.sweep() == 1
    assert [row.key for row in bucket.objects.all()] == ["photos/kept.jpg"]


def test_without_a_bucket_there_is_nothing_to_sweep():
    assert direct_uploads.sweep() == 0


# A file in the place of a photo that failed.


@pytest.fixture
def failed(gallery):
    return PhotoFactory(gallery=gallery, state=PhotoState.FAILED, folder="card 1", hidden_from_guests=True, seed=7)


def replace(client, photo, data=PICTURE, name="again.jpg"):
    return client.post(address(photo, "replace"), {"file": SimpleUploadedFile(name, data)})


def test_another_file_takes_the_place_of_a_failed_photo(staff, gallery, failed):
    answer = replace(staff, failed).json()
    (photo,) = gallery.photos.all()
    assert answer["photo"] == str(photo.pk)
    assert (photo.original_name, photo.folder, photo.hidden_from_guests) == ("again.jpg", "card 1", True)
    assert photo.state == PhotoState.PENDING
    assert OrmQ.objects.count() == 1
    assert TrashEntry.objects.get().label == failed.original_name


def test_one_that_is_there_already_stands_in_for_it(staff, gallery, failed):
    twin = send(staff, gallery).json()["photo"]
    assert replace(staff, failed).json()["photo"] == twin
    assert gallery.photos.count() == 1


def test_what_is_refused_leaves_it_as_it_is(staff, gallery, failed):
    with failed.file.open() as file:
        same = file.read()
    for data, message in ((b"no picture", "not a picture"), (same, "same file")):
        answer = replace(staff, failed, data)
        assert answer.status_code in {400, 415}
        assert message in answer.json()["error"]["message"]
    assert staff.post(address(failed, "replace")).status_code == 400
    assert gallery.photos.get() == failed


def test_only_a_failed_photo_is_replaced_and_only_by_who_may(staff, studio, gallery, failed):
    done = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED)
    assert replace(staff, done).status_code == 400
    for client, status in ((member(studio, Role.VERIFIER), 403), (member(StudioFactory()), 404), (Client(), 302)):
        assert replace(client, failed).status_code == status
    assert gallery.photos.count() == 2
