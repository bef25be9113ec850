"""Sections of an event that guests see: named galleries, each from its moment on."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from facepass.testing.factories import GalleryFactory, PhotoFactory
from facepass.testing.pages.visitors import ids, search, shown, text
from galleries import tasks
from galleries.models import Gallery
from sessions_app.guest.domain import alerts, sections
from sessions_app.models import Alert, GuestRules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def party(session, photos, party_gallery):
    """A second gallery, in which Ann is too; both have a name for guests."""
    Gallery.objects.filter(pk=party_gallery.pk).update(guest_title="Ceremony")
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk, guest_title="Party", title="card 2 to sort")
    gallery.photo = PhotoFactory(gallery=gallery, people=["ann"], size=(800, 600))
    tasks.analyse_gallery(str(gallery.pk))
    GuestRules.objects.update_or_create(session=session, defaults={"browsing": True})
    return gallery


def offered(client, session, where="photos"):
    page = text(client.get(f"/s/{session.code}/{where}/"))
    return re.findall(r"section=[0-9a-f-]{36}\"[^>]*>([^<]+)</a>", page)


def browsed(client, session, **query):
    return set(re.findall(r'<li data-photo="([0-9a-f-]+)"', text(client.get(f"/s/{session.code}/browse/", query))))


def test_guests_see_the_names_of_sections_and_the_photos_of_one(party, ann, session, photos):
    search(ann, session, ["ann"])
    alone, bob, both = photos
    for where in ("photos", "browse"):
        assert offered(ann, session, where) == ["Ceremony", "Party"]
        assert "to sort" not in text(ann.get(f"/s/{session.code}/{where}/"))
    assert set(shown(ann, session)) == {*ids(alone, both, party.photo)}
    assert shown(ann, session, section=party.pk) == ids(party.photo)
    assert browsed(ann, session, section=party.pk) == {*ids(party.photo)}
    assert browsed(ann, session, section=photos[0].gallery_id) == {*ids(alone, bob, both)}


def test_download_all_is_all_of_the_section_on_show(party, ann, session):
    search(ann, session, ["ann"])
    answer = ann.post(f"/s/{session.code}/photos/zip/", {"all": "1", "section": str(party.pk)})
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer))).namelist() == [party.photo.original_name]
    page = text(ann.get(f"/s/{session.code}/photos/", {"section": party.pk}))
    assert f'name="section" value="{party.pk}"' in page


@pytest.mark.parametrize("section", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_section_that_there_is_none_of_is_everything(section, party, ann, session):
    assert len(browsed(ann, session, section=section)) == 4


def test_one_section_alone_is_not_worth_a_choice(ann, session, photos, party_gallery):
    Gallery.objects.filter(pk=party_gallery.pk).update(guest_title="Ceremony")
    assert offered(ann, session) == []


def test_what_follows_is_announced_and_offers_nothing(party, ann, session):
    Gallery.objects.filter(pk=party.pk).update(shown_from=timezone.now() + timedelta(days=1))
    search(ann, session, ["ann"])
    page = text(ann.get(f"/s/{session.code}/photos/"))
    assert "“Party” follows on" in page
    assert offered(ann, session) == []
    assert shown(ann, session, section=party.pk) == shown(ann, session)
    assert str(party.photo.pk) not in page


def test_a_section_of_another_session_is_none(party, ann, session):
    GalleryFactory(studio=session.studio, guest_title="Elsewhere")
    titles = [section.title for section in sections.load_sections(session).shown]
    assert titles == ["Ceremony", "Party"]


def test_who_asked_for_news_hears_of_a_section_when_it_begins(party, ann, session):
    now = timezone.now()
    alert = Alert(guest=ann.guest, looked_at=now)
    Gallery.objects.filter(pk=party.pk).update(shown_from=now + timedelta(days=1))
    assert not alerts._is_worth_searching(session, alert)
    Gallery.objects.filter(pk=party.pk).update(shown_from=now + timedelta(microseconds=1))
    assert alerts._is_worth_searching(session, alert)
