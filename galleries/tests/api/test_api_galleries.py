"""/api/v1/galleries/… and the photos' files."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from facepass.testing.factories import (
    PASSWORD,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
)
from facepass.testing.pictures.costly import jpeg_of_scans
from facepass.testing.pictures.fake import picture_of
from galleries.models import Gallery, GalleryImage
from galleries.photos import analysis, media_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

URL = "/api/v1/galleries/"


def file(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_a_gallery_is_made_in_the_studio_of_the_key(api, studio):
    session = str(SessionFactory(studio=studio).pk)
    answer = api.post(URL, {"title": "Party", "shoot_date": "2026-11-20", "session_id": session})
    assert answer.status_code == 201
    gallery = Gallery.objects.get(pk=answer.json()["id"])
    assert (gallery.studio, gallery.title, str(gallery.session_id)) == (studio, "Party", session)


def test_a_session_that_is_unknown_or_another_studios_is_refused_alike(api, studio):
    gallery = GalleryFactory(studio=studio)
    answers = []
    for pk in (uuid.uuid4(), SessionFactory().pk):
        answers += [api.post(URL, {"title": "Party", "session_id": str(pk)})]
        answers += [api.patch(f"{URL}{gallery.pk}", {"session_id": str(pk)})]
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {(404, "session_not_found")}
    assert len({str(answer.json()["error"]) for answer in answers}) == 1
    assert [row.session_id for row in Gallery.objects.all()] == [None]


def test_a_gallery_changes_its_session_and_leaves_it(api, studio):
    gallery, session = GalleryFactory(studio=studio), SessionFactory(studio=studio)
    for pk in (session.pk, None):
        answer = api.patch(f"{URL}{gallery.pk}", {"session_id": pk and str(pk)}, format="json")
        gallery.refresh_from_db()
        assert (answer.status_code, gallery.session_id) == (200, pk)


def test_a_gallery_whose_session_is_gone_is_still_changed(api, studio):
    gallery = GalleryFactory(studio=studio, session_id=uuid.uuid4())
    body = {"title": "Party", "session_id": str(gallery.session_id)}
    assert api.patch(f"{URL}{gallery.pk}", body).status_code == 200


def test_lists_are_pages_with_counts(api, studio):
    GalleryFactory(studio=studio)
    face = FaceFactory(photo__gallery=GalleryFactory(studio=studio, title="with a face"))
    answer = api.get(URL).json()
    assert set(answer) == {"count", "next", "previous", "results"}
    assert answer["count"] == 2
    assert [(g["photo_count"], g["face_count"]) for g in answer["results"] if g["id"] == str(face.gallery_id)] == [
        (1, 1)
    ]


def test_a_list_takes_as_many_queries_for_many_galleries_as_for_one(api, studio, django_assert_num_queries):
    for _number in range(5):
        GalleryFactory(studio=studio)
    api.get(URL)
    with django_assert_num_queries(3):  # the key, the count, the page
        api.get(URL)


def test_an_upload_says_what_became_of_each_file(api, studio):
    gallery, data = GalleryFactory(studio=studio), picture_of(["ann"])
    files = [file(data, "a.jpg"), file(data, "again.jpg"), file(b"hello", "notes.jpg")]
    files.append(file(jpeg_of_scans(64, extra=60), "scans.jpg"))
    answer = api.post(f"{URL}{gallery.pk}/images", {"files": files}, format="multipart")
    assert answer.status_code == 202
    body = answer.json()
    [photo] = gallery.photos.all()
    assert body["accepted"] == [{"id": str(photo.pk), "filename": "a.jpg"}]
    assert body["duplicates"] == [{"id": str(photo.pk), "filename": "again.jpg"}]
    refused = [("notes.jpg", "not_an_image"), ("scans.jpg", "image_too_complex")]
    assert [(r["filename"], r["code"]) for r in body["rejected"]] == refused


def test_an_upload_without_files_is_400(api, studio):
    answer = api.post(f"{URL}{GalleryFactory(studio=studio).pk}/images", {}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


def test_progress_counts_states_and_faces(api, studio):
    gallery = GalleryFactory(studio=studio)
    PhotoFactory(gallery=gallery)
    PhotoFactory(gallery=gallery, people=["ann", "bob"])
    photo = gallery.photos.get(faces=None, original_name=gallery.photos.last().original_name)
    analysis.analyse_photo(GalleryImage.objects.filter(pk=photo.pk).claim_next())
    progress = api.get(f"{URL}{gallery.pk}/progress").json()
    assert (progress["total"], progress["pending"], progress["processed"], progress["failed"]) == (2, 1, 1, 0)
    assert progress["faces"] == 2
    assert set(progress) >= {"processing", "photos_per_second", "eta_seconds"}


@pytest.mark.parametrize("path", ["", "/", "/images", "/images/", "/progress", "/progress/"])
def test_every_path_answers_with_and_without_slash_and_is_404_to_a_stranger(api, stranger, studio, path):
    gallery = GalleryFactory(studio=studio)
    assert api.get(f"{URL}{gallery.pk}{path}").status_code == 200
    answer = stranger.get(f"{URL}{gallery.pk}{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_stranger_can_neither_upload_nor_change_nor_delete(stranger, studio):
    gallery = GalleryFactory(studio=studio)
    upload = {"files": [file(picture_of(["ann"]), "a.jpg")]}
    assert stranger.post(f"{URL}{gallery.pk}/images", upload, format="multipart").status_code == 404
    assert stranger.patch(f"{URL}{gallery.pk}", {"title": "mine"}).status_code == 404
    assert stranger.delete(f"{URL}{gallery.pk}").status_code == 404
    assert gallery.photos.count() == 0


def test_without_a_key_it_is_401_and_without_the_scope_403(client, client_of, studio):
    assert client.get(URL).status_code == 401
    assert client.get(URL)["WWW-Authenticate"] == "Bearer"
    reader = client_of(studio, scopes=["read"])
    assert reader.get(URL).status_code == 200
    answer = reader.post(URL, {"title": "no"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")


def test_photos_list_carries_addresses_that_work_for_an_hour_without_a_key(api, studio, client):
    photo = PhotoFactory(gallery__studio=studio, people=["ann"])
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    [row] = api.get(f"{URL}{photo.gallery_id}/images").json()["results"]
    assert row["face_count"] == 1
    for address in (row["thumbnail_url"], row["image_url"]):
        assert client.get(address).status_code == 200
        assert client.get(address.replace("signature=", "signature=x")).status_code == 404


def test_a_signature_opens_one_file_only(client):
    one, two = PhotoFactory(), PhotoFactory()
    signature = media_files.signed_path(one, "original").partition("?")[2]
    assert client.get(f"{media_files.photo_path(one, 'original')}?{signature}").status_code == 200
    assert client.get(f"{media_files.photo_path(two, 'original')}?{signature}").status_code == 404
    assert client.get(f"{media_files.photo_path(one, 'preview')}?{signature}").status_code == 404


def test_members_of_the_studio_fetch_files_with_their_session_and_others_do_not(client):
    photo = PhotoFactory()
    outsider = MembershipFactory().user
    insider = MembershipFactory(studio=photo.gallery.studio).user
    for user, status in ((outsider, 404), (insider, 200)):
        client.login(username=user.username, password=PASSWORD)
        assert client.get(photo.image_url).status_code == status


def test_a_download_is_named_as_the_photo_was(client):
    photo = PhotoFactory(original_name="Anna & Böb.jpg")
    answer = client.get(f"{media_files.signed_path(photo, 'original')}&download")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "B%C3%B6b.jpg" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_deleted_photo_is_gone_with_its_faces(api, studio):
    face = FaceFactory(photo__gallery=GalleryFactory(studio=studio))
    assert api.delete(f"/api/v1/images/{face.photo_id}").status_code == 204
    assert api.get(f"/api/v1/images/{face.photo_id}").status_code == 404
    assert not GalleryImage.objects.exists()


def test_a_member_of_two_studios_is_asked_for_a_key(client):
    member = MembershipFactory(role="owner")
    MembershipFactory(user=member.user, studio=StudioFactory(), role="owner")
    client.login(username=member.user.username, password=PASSWORD)
    answer = client.post(URL, {"title": "where?"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "studio_ambiguous")


def test_a_descriptor_never_leaves(api, studio):
    face = FaceFactory(photo__gallery=GalleryFactory(studio=studio))
    for path in (f"{URL}{face.gallery_id}", f"{URL}{face.gallery_id}/images", f"/api/v1/images/{face.photo_id}"):
        assert "descriptor" not in api.get(path).content.decode()
