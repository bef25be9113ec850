"""`bucket`: S3 over HTTP, as the storage of every file while the test runs."""

import pytest
import requests
from django.conf import settings as django_settings

from facepass.settings import s3_storage

BUCKET = "photos"


@pytest.fixture
def bucket(settings, monkeypatch):
    # Two seconds, which most runs of a few tests can do without.
    import boto3
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    requests.post(f"{endpoint}/moto-api/reset", timeout=300)
    s3 = boto3.resource("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=BUCKET)
    update = {"s3_bucket": BUCKET, "s3_endpoint_url": endpoint}
    settings.ENV = django_settings.ENV.model_copy(update=update)
    settings.STORAGES = {**settings.STORAGES, "default": s3_storage(BUCKET, endpoint=endpoint)}
    yield s3.Bucket(BUCKET)
    server.stop()


def keys(bucket) -> list[str]:
    return sorted(row.key.rpartition("/")[2] for row in bucket.objects.all())
