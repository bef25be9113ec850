"""What stands beside a link that a guest passes on, and the size that they choose."""

import io
import re
import zipfile
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, ids, search, text
from sessions_app.models import GuestRules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def messengers(page):
    links = re.findall(r'href="(https://(?:wa\.me|t\.me)/[^"]+)"', page)
    assert len(links) == 2
    return [parse_qs(urlsplit(link).query, strict_parsing=True) for link in links]


def test_a_private_link_goes_by_messenger_code_or_copy(ann, session):
    session.name = "Anna & Ben's day"
    session.save()
    page = text(ann.post(f"/s/{session.code}/link/"))
    address = re.search(r'value="([^"]+/my/[^"]+)"', page)[1]
    whatsapp, telegram = messengers(page)
    assert whatsapp["text"] == [f"My photos from “Anna & Ben's day”, for me alone: {address}"]
    assert telegram == {"url": [address], "text": ["My photos from “Anna & Ben's day”, for me alone:"]}
    assert '<img src="data:image/svg+xml' in page
    assert 'data-action="copy"' in page
    assert "data:" in ann.get(f"/s/{session.code}/link/")["Content-Security-Policy"].partition("img-src")[2]


def test_before_it_is_made_there_is_nothing_to_pass_on(ann, session):
    page = text(ann.get(f"/s/{session.code}/link/"))
    assert "wa.me" not in page
    assert "data:image" not in page


def test_each_shared_link_can_be_sent(ann, session, photos):
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    page = text(ann.get(f"/s/{session.code}/shares/"))
    address = re.search(r'value="([^"]+/shared/[^"]+)"', page)[1]
    whatsapp, telegram = messengers(page)
    assert whatsapp["text"] == [f"Photos from “Summer party”: {address}"]
    assert telegram["url"] == [address]


def test_links_to_messengers_tell_them_nothing_of_the_page(ann, session):
    page = text(ann.post(f"/s/{session.code}/link/"))
    assert len(re.findall(r'<a class="button" href="https://[^>]+ rel="noopener noreferrer">', page)) == 2


def sides(response):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    return [max(Image.open(archive.open(name)).size) for name in archive.namelist()]


@pytest.fixture
def large(session, photos):
    """Ann's first photo as a camera takes it: larger than the smaller copy."""
    picture = Image.new("RGB", (2400, 1600), "teal")
    with photos[0].file.open("wb") as file:
        picture.save(file, "JPEG")
    photos[0].byte_size = photos[0].file.size
    photos[0].save()
    return photos[0]


@pytest.mark.parametrize(("size", "side"), [("small", 800), ("large", 2400), ("", 2400), ("huge", 2400)])
def test_a_zip_has_the_size_that_was_chosen(ann, session, large, size, side):
    form = {"photo": ids(large), "size": size}
    assert sides(ann.post(f"/s/{session.code}/photos/zip/", form)) == [side]


def test_a_shared_zip_too(ann, session, large, client):
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(large)})
    link = re.search(r'value="http://[^/"]+(/shared/[^"]+)"', text(ann.get(f"/s/{session.code}/shares/")))[1]
    assert 'name="size"' in text(client.get(link))
    assert [sides(client.post(link, {"size": size})) for size in ("small", "large")] == [[800], [2400]]


@pytest.mark.parametrize("downloads", ["preview", "none"])
def test_who_may_have_one_size_or_none_is_not_asked(session, photos, large, downloads):
    GuestRules.objects.create(session=session, downloads=downloads)
    guest = device(session)
    search(guest, session, ["ann"])
    assert 'name="size"' not in text(guest.get(f"/s/{session.code}/photos/"))
    response = guest.post(f"/s/{session.code}/photos/zip/", {"photo": ids(large), "size": "large"})
    assert response.status_code == 404 if downloads == "none" else sides(response) == [800]


def open_graph(page):
    return dict(re.findall(r'<meta property="og:([^"]+)" content="([^"]*)">', page))


@pytest.fixture
def shared_link(ann, session, photos):
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    return re.search(r'value="http://[^/"]+(/shared/[^"]+)"', text(ann.get(f"/s/{session.code}/shares/")))[1]


@pytest.mark.parametrize("rules", [{}, {"pin": "2468"}, {"expires_at": timezone.now()}], ids=["open", "pin", "closed"])
def test_a_messenger_shows_the_studio_and_no_guest(client, shared_link, session, rules, settings):
    with_rules(session, **rules)
    for address in (f"/s/{session.code}/", *([] if "expires_at" in rules else [shared_link])):
        tags = open_graph(text(client.get(address)))
        assert (tags["title"], tags["site_name"]) == (session.name, session.studio.name)
        assert re.fullmatch(rf"{settings.PUBLIC_URL}/static/facepass/icons/icon-512\.\w+\.png", tags["image"])
        assert client.get(tags["image"].removeprefix(settings.PUBLIC_URL)).status_code == 200
        assert "/found/" not in str(tags)
        assert "/shared/" not in str(tags)
    session.studio.logo.save("logo.png", ContentFile(b"png"))
    image = open_graph(text(client.get(f"/s/{session.code}/")))["image"]
    assert image.startswith(f"{settings.PUBLIC_URL}/s/{session.code}/logo?v=")
    assert client.get(image.removeprefix(settings.PUBLIC_URL)).content == b"png"
