"""What the tests of guests' pages share: a session with photos, and what its page says."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from sessions_app.models import GuestRules


@pytest.fixture
def english():
    """A request leaves its language behind in the thread that the tests share with it."""
    with translation.override("en"):
        yield


@pytest.fixture
def party(db, fake_engine, english):
    """A session with Ann alone, Bob alone, and both; analysed."""
    session = SessionFactory(name="Summer party")
    gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
    for people in (["ann#1"], ["bob"], ["bob", "ann"]):
        PhotoFactory(gallery=gallery, people=people, size=(800, 600))
    tasks.analyse_gallery(str(gallery.pk))
    return session


def with_rules(session, *, pin="", **fields):
    rules, _made = GuestRules.objects.get_or_create(session=session)
    for name, value in fields.items():
        setattr(rules, name, value)
    rules.set_pin(pin)
    rules.save()
    return rules


def address(session, part=""):
    return f"/s/{session.code}/{part}"


def agree(client, session, **more):
    """The guest's consent, once: the cookie stays with the client."""
    return client.post(address(session, "consent/"), {"agree": "on", **more})


def search(client, session, people, **more):
    picture = SimpleUploadedFile("me.jpg", picture_of(people))
    return client.post(address(session), {"selfie": picture, **more})


def text(response):
    return unescape(response.content.decode())
