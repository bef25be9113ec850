"""Files in an S3 bucket, over HTTP: ingest, analysis, signed links, deletion."""

import boto3
import pytest
import requests
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from moto.server import ThreadedMotoServer

from facepass.settings import s3_storage
from galleries import analysis, ingest, media
from galleries.models import GalleryImage
from galleries.tests.factories import GalleryFactory
from recognition.tests.fake_pictures import picture_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

BUCKET = "photos"


@pytest.fixture
def bucket(settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    requests.post(f"{endpoint}/moto-api/reset", timeout=10)
    s3 = boto3.resource("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=BUCKET)
    update = {"s3_bucket": BUCKET, "s3_endpoint_url": endpoint}
    settings.ENV = django_settings.ENV.model_copy(update=update)
    settings.STORAGES = {**settings.STORAGES, "default": s3_storage(BUCKET, endpoint=endpoint)}
    yield s3.Bucket(BUCKET)
    server.stop()


def keys(bucket) -> list[str]:
    return sorted(row.key.rpartition("/")[2] for row in bucket.objects.all())


def test_a_photo_lives_in_the_bucket_from_upload_to_deletion(bucket, client, django_capture_on_commit_callbacks):
    data = picture_of(["ann"])
    [photo] = ingest.add_photos(GalleryFactory(), [ContentFile(data, name="a.jpg")]).accepted
    assert keys(bucket) == ["original.jpg"]

    analysis.analyse(GalleryImage.objects.claim_next())
    assert keys(bucket) == ["original.jpg", "preview.jpg", "thumbnail.jpg"]
    assert photo.faces.count() == 1

    answer = client.get(media.signed_path(photo, "original"))
    assert answer.status_code == 302
    assert requests.get(answer["Location"], timeout=10).content == data

    with django_capture_on_commit_callbacks(execute=True):
        GalleryImage.objects.all().delete()
    assert keys(bucket) == []


def test_a_refused_row_leaves_no_object_behind(bucket, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no disk")

    monkeypatch.setattr(GalleryImage, "save", fail)
    with pytest.raises(RuntimeError):
        ingest.add_photos(GalleryFactory(), [ContentFile(picture_of(["ann"]), name="a.jpg")])
    assert keys(bucket) == []
