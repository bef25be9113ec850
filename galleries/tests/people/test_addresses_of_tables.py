"""What the tables say of pictures are addresses that another program can use with its key (docs/moving.md)."""

from urllib.parse import urlsplit

import pytest

from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory
from galleries.models import GalleryImage, Person
from galleries.people import avatars
from galleries.photos import analysis

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@pytest.fixture
def addresses(studio):
    """`image_url` and `avatar_url` as the tables have them."""
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), people=["ann"], size=(800, 600))
    analysis.analyse_photo(GalleryImage.objects.claim_next())
    person = PersonFactory(studio=studio)
    photo.faces.update(person=person)
    avatars.set_avatar(person, photo.faces.get())
    return [GalleryImage.objects.get(pk=photo.pk).image_url, Person.objects.get(pk=person.pk).avatar_url]


def test_with_a_key_of_the_studio_they_give_the_pictures(api, addresses):
    answers = [api.get(address) for address in addresses]
    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [(200, "image/jpeg")] * 2


def test_nobody_else_gets_them(stranger, client, addresses):
    for address in addresses:
        assert [stranger.get(address).status_code, client.get(address).status_code] == [404, 404]


def test_the_api_says_the_whole_address_of_a_persons_picture_and_takes_it_back(api, addresses, settings):
    person, (_photo, path) = Person.objects.get(), addresses
    row = f"/api/v1/people/{person.pk}/"
    for public, whole in (
        (settings.PUBLIC_URL, f"http://testserver{path}"),
        ("https://f.example", f"https://f.example{path}"),
    ):
        settings.PUBLIC_URL = public
        said = api.get(row).json()["avatar_url"]
        assert said == whole
        assert api.get("/api/v1/people/").json()["results"][0]["avatar_url"] == whole
        assert api.patch(row, {"avatar_url": said}, format="json").json()["avatar_url"] == whole
        assert Person.objects.get().avatar_url == path
    for other in ("https://elsewhere.example/me.jpg", "https://f.example.org/me.jpg", ""):
        assert api.patch(row, {"avatar_url": other}, format="json").json()["avatar_url"] == other
        assert Person.objects.get().avatar_url == other


def test_the_api_signs_the_photos_address_for_who_has_no_key(api, client, addresses):
    photo_id = addresses[0].split("/")[2]
    signed = urlsplit(api.get(f"/api/v1/images/{photo_id}").json()["image_url"])
    assert signed.path == addresses[0]
    assert client.get(f"{signed.path}?{signed.query}").status_code == 200
