"""What guests' pages weigh on the wire, and how long browsers keep their scripts and styles."""

import base64
import gzip
import random
import re
from html import unescape
from posixpath import dirname, normpath

import brotli
import pytest

from facepass.testing.factories import GalleryFactory, PhotoFactory
from facepass.testing.pages.visitors import device
from sessions_app.models import FoundPhoto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

YEAR_SECONDS = 365 * 24 * 3600
FIRST_PAGE_BYTES, CAMERA_PAGE_BYTES, LIST_BYTES = 25_000, 32_000, 40_000
STATUS_AND_DATE = "HTTP/1.1 200 OK..date: Sat, 28 Nov 2026 12:00:00 GMT...."
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


class Wire:
    """A browser that counts the bytes of the answers that it fetches, heads and bodies, by their address."""

    def __init__(self, client, encoding):
        self.client, self.encoding, self.sizes = client, encoding, {}

    @property
    def total(self):
        return sum(self.sizes.values())

    def fetch(self, address):
        response = self.client.get(address, headers={"accept-encoding": f"deflate, {self.encoding}"})
        assert response.status_code == 200, address
        body = response.getvalue()
        self.sizes[address] = len(body) + len(STATUS_AND_DATE) + sum(len(f"{k}: {v}..") for k, v in response.items())
        if "Content-Encoding" in response:
            assert response["Content-Encoding"] == self.encoding
            assert "Accept-Encoding" in response["Vary"]
            body = UNPACK[self.encoding](body)
        return response, body.decode(errors="replace")

    def open(self, address):
        """Fetch a page, and what it takes to show and use it: styles, scripts, what these import, and its logo."""
        html = self.fetch(address)[1]
        tags = re.findall(r"<(?:link|script|img)[^>]*>", html)
        links = [re.search(r' (?:href|src)="(/[^"]+)"', tag) for tag in tags if "apple-touch-icon" not in tag]
        waiting = [unescape(link[1]) for link in links if link]
        while waiting:
            each = waiting.pop()
            if each in self.sizes or each.startswith("/found/"):
                continue
            response, content = self.fetch(each)
            if not each.endswith(".webmanifest"):
                assert_kept_for_a_year(each, response)
            if each.endswith(".js"):
                names = re.findall(r'(?:from |import\()"(\.[^"]+)"', content)
                # What shows photos is fetched while they are searched for.
                waiting += [normpath(f"{dirname(each)}/{name}") for name in names if "/viewer." not in name]
        return html


def assert_kept_for_a_year(address, response):
    assert re.search(r"\.[0-9a-f]{12}\.\w+$|\?v=[0-9a-f]{12}$", address), f"{address} does not name its version"
    policy = response["Cache-Control"]
    assert "immutable" in policy
    assert "public" in policy
    assert int(re.search(r"max-age=(\d+)", policy)[1]) >= YEAR_SECONDS


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_first_page_is_small(client, session, photos, encoding):
    session.studio.colour = "#aa3366"
    session.studio.save()
    wire = Wire(client, encoding)
    assert 'id="consent"' in wire.open(f"/s/{session.code}/")
    assert wire.total <= FIRST_PAGE_BYTES, wire.sizes


def test_the_page_with_the_camera_is_small(session, photos):
    wire = Wire(device(session), "br")
    assert 'id="search"' in wire.open(f"/s/{session.code}/")
    assert wire.total <= CAMERA_PAGE_BYTES, wire.sizes


@pytest.fixture
def collector(session):
    """The device of a guest with 120 photos."""
    client, gallery = device(session), GalleryFactory(studio=session.studio, session_id=session.pk)
    for rank in range(120):
        colours = base64.b64encode(random.randbytes(48)).decode()
        photo = PhotoFactory(gallery=gallery, size=(6000, 4000), blur=colours)
        FoundPhoto.objects.create(guest=client.guest, photo=photo, rank=rank)
    return client


def test_a_list_of_120_photos_is_small(collector, session):
    wire = Wire(collector, "br")
    html = wire.fetch(f"/s/{session.code}/photos/")[1]
    assert html.count("<li data-photo=") == 120
    assert wire.total <= LIST_BYTES
