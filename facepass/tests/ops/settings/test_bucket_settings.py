"""What `.env` says of the bucket and of the database reaches whoever asks them."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from facepass.console import content_policy
from facepass.core.storage.bucket import BucketStorage, client_config
from facepass.core.storage.bucket_address import browser_origin
from facepass.core.storage.bucket_sessions import open_session
from facepass.env import Environment
from facepass.ops.backup import database
from facepass.settings import databases
from facepass.testing.factories import GalleryFactory
from galleries.photos import direct_uploads

PUBLIC = "https://files.example.com"
ENDPOINT = "http://minio:9000"


@pytest.fixture
def reached_by_another_address(bucket, settings):
    """The bucket, whose signed links lead to an address that only browsers have."""
    there = settings.STORAGES["default"]
    options = {**there["OPTIONS"], "public_endpoint_url": PUBLIC}
    settings.STORAGES = {**settings.STORAGES, "default": {**there, "OPTIONS": options}}
    settings.ENV = settings.ENV.model_copy(update={"s3_public_endpoint_url": PUBLIC})
    return bucket


def test_signed_links_lead_where_browsers_reach_the_bucket_and_we_go_our_own_way(reached_by_another_address):
    name = default_storage.save("photos/a.jpg", ContentFile(b"photo"))
    link = urlsplit(default_storage.url(name, parameters={"ResponseContentType": "image/jpeg"}))
    assert (link.scheme, link.netloc, link.path) == ("https", "files.example.com", "/photos/photos/a.jpg")
    assert parse_qs(link.query)["response-content-type"] == ["image/jpeg"]
    with default_storage.open(name) as file:
        assert file.read() == b"photo"


@pytest.mark.django_db
def test_browsers_send_files_there_too_and_the_pages_allow_it(reached_by_another_address):
    target = direct_uploads.create_upload_target(GalleryFactory(), size=10)
    assert target.url.startswith(f"{PUBLIC}/photos/incoming/")
    assert content_policy._needed_by_uploads() == {"connect-src": [PUBLIC]}


def test_without_another_address_links_are_those_of_the_bucket(bucket):
    name = default_storage.save("photos/a.jpg", ContentFile(b"photo"))
    assert requests.get(default_storage.url(name), timeout=300).content == b"photo"


@pytest.mark.parametrize(
    ("set_values", "origin"),
    [
        ({}, "https://*.amazonaws.com"),
        ({"s3_endpoint_url": ENDPOINT}, ENDPOINT),
        ({"s3_endpoint_url": ENDPOINT, "s3_public_endpoint_url": PUBLIC}, PUBLIC),
        ({"s3_public_endpoint_url": PUBLIC, "s3_addressing_style": "virtual"}, "https://photos.files.example.com"),
    ],
)
def test_the_pages_allow_the_origin_that_links_have(set_values, origin):
    env = Environment(s3_bucket="photos", **set_values)
    assert browser_origin(env) == origin
    if env.s3_endpoint_url or env.s3_public_endpoint_url:
        assert _signed(env).startswith(f"{origin}/")


def _signed(env):
    config = client_config(signature_version="s3v4", s3={"addressing_style": env.s3_addressing_style})
    keys = {"access_key": "a", "secret_key": "b", "region_name": "us-east-1"}
    storage = BucketStorage(
        bucket_name="photos", endpoint_url=env.s3_endpoint_url or None, client_config=config,
        public_endpoint_url=env.s3_public_endpoint_url, querystring_auth=True, **keys,
    )  # fmt: skip
    return storage.url("photos/a.jpg")


@pytest.mark.django_db
def test_a_backup_reaches_a_database_at_a_socket(monkeypatch):
    """Its folder stands among the options; an empty host beside it means the one that libpq was built with."""
    found = databases._database_at("postgresql://ann:secret@/facepass?host=/run/postgresql&port=5433")
    monkeypatch.setattr(connection, "settings_dict", {**connection.settings_dict, **found})
    assert database._parameters() == {
        "host": "/run/postgresql", "port": "5433", "user": "ann", "password": "secret", "dbname": "facepass",
    }  # fmt: skip
    assert database._parameters("other")["dbname"] == "other"


def test_sessions_share_what_is_known_of_services_and_no_keys():
    one, other = (open_session(aws_access_key_id=name, aws_secret_access_key="s") for name in ("a", "b"))
    loaders = [session.resource("s3", region_name="us-east-1") and session._loader for session in (one, other)]
    assert loaders[0] is loaders[1]
    assert len(loaders[0].search_paths) == len(set(loaders[0].search_paths))
    assert [session.get_credentials().access_key for session in (one, other)] == ["a", "b"]
