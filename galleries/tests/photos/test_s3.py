"""Files in an S3 bucket, over HTTP: ingest, analysis, signed links, deletion."""

import pytest
import requests
from django.core.files.base import ContentFile

from facepass.testing.factories import GalleryFactory, MembershipFactory
from facepass.testing.pictures.fake import picture_of
from facepass.testing.stand_ins.s3 import keys
from galleries.models import GalleryImage
from galleries.photos import analysis, ingest, media_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


def test_a_photo_lives_in_the_bucket_from_upload_to_deletion(bucket, client, django_capture_on_commit_callbacks):
    data = picture_of(["ann"])
    [photo] = ingest.add_photos(GalleryFactory(), [ContentFile(data, name="a.jpg")], by=None).accepted
    assert keys(bucket) == ["original.jpg"]

    analysis.analyse_photo(GalleryImage.objects.claim_next())
    assert keys(bucket) == ["original.jpg", "preview.jpg", "thumbnail.jpg"]
    assert photo.faces.count() == 1

    preview = client.get(media_files.signed_path(photo, "preview"))
    assert requests.get(preview["Location"], timeout=300).headers["Content-Type"] == "image/jpeg"
    client.force_login(MembershipFactory(studio=photo.gallery.studio).user)
    answer = client.get(media_files.photo_path(photo, "original"))
    assert answer.status_code == 302
    assert requests.get(answer["Location"], timeout=300).content == data

    with django_capture_on_commit_callbacks(execute=True):
        GalleryImage.objects.all().delete()
    assert keys(bucket) == []


def test_a_refused_row_leaves_no_object_behind(bucket, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no disk")

    monkeypatch.setattr(GalleryImage, "save", fail)
    with pytest.raises(RuntimeError):
        ingest.add_photos(GalleryFactory(), [ContentFile(picture_of(["ann"]), name="a.jpg")], by=None)
    assert keys(bucket) == []
