"""Fixtures for the pages of guests: a session with Ann alone, Bob alone and both, and guests who have agreed."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from sessions_app.guest.domain import consent
from sessions_app.guest.views import cookies
from sessions_app.models import Guest


@pytest.fixture
def session(fake_engine, settings):
    settings.EMAIL_HOST = "mail.example.com"
    return SessionFactory(name="Summer party")


@pytest.fixture
def party_gallery(session):
    return GalleryFactory(studio=session.studio, session_id=session.pk)


@pytest.fixture
def photos(party_gallery):
    """Ann alone, Bob alone, both; analysed and grouped."""
    everyone = (["ann#1"], ["bob"], ["bob", "ann"])
    rows = [PhotoFactory(gallery=party_gallery, people=people, size=(800, 600)) for people in everyone]
    tasks.analyse_gallery(str(party_gallery.pk))
    return rows


@pytest.fixture
def ann(session, photos):
    """Ann's device after her search: she is in the first and the last photo."""
    client = device(session)
    search(client, session, ["ann"])
    return client


def device(session, **fields):
    """The client of a new guest, whose row is `client.guest`."""
    client = Client()
    client.guest = Guest.objects.create(session=session, notice=consent.NOTICE, language="en", **fields)
    response = HttpResponse()
    cookies.remember_guest(response, client.guest)
    client.cookies.update(response.cookies)
    return client


def selfie(people, **picture):
    return SimpleUploadedFile("me.jpg", picture_of(people, **picture))


def search(client, session, people):
    return client.post(f"/s/{session.code}/", {"selfie": selfie(people)})


def text(response):
    return unescape(response.content.decode())


def shown(client, session, **query):
    """The photos on the guest's page, in order, by id."""
    page = text(client.get(f"/s/{session.code}/photos/", query))
    return re.findall(r'<li data-photo="([0-9a-f-]+)"', page)


def ids(*photos):
    return [str(photo.pk) for photo in photos]


def addresses(response, variant):
    return re.findall(rf'"(/(?:found|shared)/[^"/]+/[^"/]+/{variant}\?[^" ]+)"', text(response))
