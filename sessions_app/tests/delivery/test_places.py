"""No way by which a guest gets a file gives away where, with what or by whom it was taken, unless the studio says so.

Every way is walked with a file of every format under every rule, from a folder and from a bucket.
"""

import io
import re
import zipfile
from urllib.parse import urlsplit

import pytest
import requests
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from facepass.models import Role
from facepass.testing.factories import MembershipFactory, PersonFactory, PhotoFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import addresses, device, ids, text
from facepass.testing.pictures.leaky import FORMATS, has_leak, leaky_file
from galleries import tasks
from galleries.models import Person, PhotoFace
from galleries.people import private_links
from galleries.photos import media_files
from sessions_app.guest.domain import links
from sessions_app.guest.domain.photo_tiles import sign_address
from sessions_app.models import FoundPhoto, ShareLink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
VARIANTS = ("thumbnail", "preview", "original")
RULES = ("stripped", "preview", "webp", "none")


@pytest.fixture
def leaky(session, party_gallery):
    """A photo of each format; HEIC shows nobody, so all of them are the guest's by a row."""
    rows = []
    for seed, form in enumerate(FORMATS):
        data = leaky_file(form, ["ann"], seed=seed)
        size = (96, 64) if form == "heic" else (800, 600)
        file = ContentFile(data, name=f"original.{form.replace('jpeg', 'jpg')}")
        name = f"IMG_{seed}.{form.upper()}"
        rows.append(PhotoFactory(gallery=party_gallery, data=data, file=file, size=size, original_name=name))
    tasks.analyse_gallery(str(party_gallery.pk))
    return rows


@pytest.fixture
def guest(session, leaky):
    client = device(session)
    FoundPhoto.objects.bulk_create(
        FoundPhoto(guest=client.guest, photo=photo, rank=rank) for rank, photo in enumerate(leaky)
    )
    return client


def fetch(client, address) -> bytes:
    """What a browser gets there; it follows a redirect to the bucket."""
    response = client.get(address)
    if response.status_code == 302:
        response = requests.get(response["Location"], timeout=300)
        return response.content if response.ok else b""
    return b"".join(response) if response.status_code == 200 else b""


def unzip(response) -> list[bytes]:
    if response.status_code != 200:
        return []
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    return [archive.read(name) for name in archive.namelist() if not name.endswith((".json", ".txt"))]


def own_tiles(guest, session):
    page = guest.get(f"/s/{session.code}/photos/")
    return [fetch(guest, address) for variant in VARIANTS for address in addresses(page, variant)]


def own_addresses_with_the_variant_guessed(guest, session):
    """Nobody can sign such an address; where it works, it gives what the rule says."""
    rows = FoundPhoto.objects.select_related("photo")
    return [fetch(guest, sign_address("guest", guest.guest.pk, row.photo, "original")) for row in rows]


def own_zip(guest, session):
    return unzip(guest.post(f"/s/{session.code}/photos/zip/", {"all": "1"}))


def own_data(guest, session):
    return unzip(guest.post(f"/s/{session.code}/data/"))


def share(guest, session):
    guest.post(f"/s/{session.code}/photos/share/", {"photo": ids(*(row.photo for row in FoundPhoto.objects.all()))})
    return f"/shared/{links.sign_id('share', ShareLink.objects.get().pk)}/"


def shared_tiles(guest, session):
    page = Client().get(share(guest, session))
    return [fetch(Client(), address) for variant in VARIANTS for address in addresses(page, variant)]


def shared_zip(guest, session):
    return unzip(Client().post(share(guest, session)))


def all_photos(guest, session):
    page = guest.get(f"/s/{session.code}/browse/")
    return [fetch(guest, address) for variant in VARIANTS for address in addresses(page, variant)]


def signed_addresses_of_partners(guest, session):
    """What a partner's app shows its own guests: `image_url` of a search."""
    rows = FoundPhoto.objects.select_related("photo")
    return [fetch(Client(), media_files.signed_path(row.photo, variant)) for row in rows for variant in VARIANTS]


def signed_addresses_in_a_browser_of_somebody_else(guest, session):
    stranger = MembershipFactory(role=Role.OWNER).user
    client = Client()
    client.force_login(stranger)
    rows = FoundPhoto.objects.select_related("photo")
    return [fetch(client, media_files.signed_path(row.photo, "original")) for row in rows]


def person_page(session):
    person = PersonFactory(studio=session.studio)
    PhotoFace.objects.update(person=person, verified=True)
    link = private_links.create_link(person, days="7", by=MembershipFactory(studio=session.studio).user)
    return urlsplit(private_links.build_url(link)).path


def person_zip(guest, session):
    return unzip(Client().post(person_page(session)))


def person_data_for_them(guest, session):
    """Staff download it, to hand it to the person."""
    person_page(session)
    person, client = Person.objects.get(), Client()
    client.force_login(MembershipFactory(studio=session.studio, role=Role.OWNER).user)
    return unzip(client.post(reverse("admin:galleries_person_data", args=[person.pk])))


def person_tiles(guest, session):
    page = text(Client().get(person_page(session)))
    return [fetch(Client(), address) for address in re.findall(r'"(/photos/[^"]+)"', page)]


# The way, and whether it gives originals where the studio gives them as they were taken.
WAYS = {
    own_tiles: True,
    own_addresses_with_the_variant_guessed: True,
    own_zip: True,
    own_data: True,
    shared_tiles: True,
    shared_zip: True,
    all_photos: True,
    signed_addresses_of_partners: True,
    signed_addresses_in_a_browser_of_somebody_else: True,
    person_zip: True,
    person_data_for_them: True,
    person_tiles: False,
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("way", WAYS)
def test_no_file_says_where_it_was_taken(guest, session, way, rule):
    with_rules(session, downloads=rule, browsing=True)
    files = [file for file in way(guest, session) if file]
    assert [file[:12] for file in files if has_leak(file)] == []
    if rule == "stripped":
        assert len(files) >= 3, "the way gives files"
        for file in files:
            Image.open(io.BytesIO(file)).load()


@pytest.mark.parametrize("way", WAYS)
def test_it_is_what_an_event_without_rules_does(guest, session, way):
    assert not [file for file in way(guest, session) if file and has_leak(file)]


@pytest.mark.parametrize("way", [way for way, gives_originals in WAYS.items() if gives_originals])
def test_where_the_studio_gives_photos_as_they_were_taken_they_are(guest, session, way):
    with_rules(session, downloads="original", browsing=True)
    files = [file for file in way(guest, session) if file]
    assert len([file for file in files if has_leak(file)]) >= 3


@pytest.mark.parametrize(
    "way",
    [
        own_tiles,
        own_zip,
        shared_tiles,
        shared_zip,
        signed_addresses_of_partners,
        person_zip,
        own_data,
        person_data_for_them,
    ],
)
def test_a_bucket_is_never_asked_for_the_file_as_it_was_taken(bucket, guest, session, way):
    files = [file for file in way(guest, session) if file]
    assert len(files) >= 3
    assert not [file[:12] for file in files if has_leak(file)]


def test_staff_and_keys_of_the_studio_have_the_file_as_it_was_taken(guest, session, leaky):
    client = Client()
    client.force_login(MembershipFactory(studio=session.studio, role=Role.VIEWER).user)
    for photo in leaky:
        for address in (media_files.photo_path(photo, "original"), media_files.signed_path(photo, "original")):
            assert has_leak(fetch(client, address))


def test_a_heic_is_given_as_a_jpeg_of_full_size_and_says_so(guest, session, leaky):
    heic = leaky[FORMATS.index("heic")]
    (address,) = [a for a in addresses(guest.get(f"/s/{session.code}/photos/"), "original") if str(heic.pk) in a]
    response = guest.get(address)
    assert 'filename="IMG_3.jpg"' in response["Content-Disposition"]
    assert response["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(response.content)).size == (96, 64)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(guest.post(f"/s/{session.code}/photos/zip/", {"all": "1"}))))
    assert sorted(archive.namelist()) == ["IMG_0.JPEG", "IMG_1.PNG", "IMG_2.WEBP", "IMG_3.jpg"]
