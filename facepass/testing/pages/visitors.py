"""Fixtures for the pages of guests: a session with Ann alone, Bob alone and both, and guests who have agreed."""

import io
import json
import re
import zipfile
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from facepass.testing.factories import GalleryFactory, PhotoFactory, SessionFactory
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from sessions_app.guest.domain.privacy import consent
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


def join(client, session, name, people=None):
    """Let somebody else join the device, and search. Return what stands for them in addresses: CODE/KEY."""
    answer = client.post(f"/s/{session.code}/consent/", {"agree": "on", "new": "1", "name": name})
    door = urlsplit(answer["Location"]).path.removeprefix("/s/").rstrip("/")
    if people:
        client.post(f"/s/{door}/", {"selfie": selfie(people)})
    return door


def shown_at(client, door, **query):
    """The photos on `/s/DOOR/`, in order, by id."""
    return re.findall(r'<li data-photo="([0-9a-f-]+)"', text(client.get(f"/s/{door}/", query)))


def ids(*photos):
    return [str(photo.pk) for photo in photos]


def addresses(response, variant):
    return re.findall(rf'"(/(?:found|shared)/[^"/]+/[^"/]+/{variant}\?[^" ]+)"', text(response))


def browsed(client, session):
    return set(re.findall(r'<li data-photo="([0-9a-f-]+)"', text(client.get(f"/s/{session.code}/browse/"))))


def names_in_zip(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response))).namelist()


def data_of(client, session):
    """The photos in the file with all that is kept of the guest, rows and pictures."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.post(f"/s/{session.code}/data/"))))
    rows = json.loads(archive.read("data.json"))["photos_found"]
    assert {row["file"] for row in rows} == set(archive.namelist()) - {"data.json", "README.txt"}
    return {row["photo"] for row in rows}


def seen(client, session):
    """What a guest and whoever holds the guest's link get, by way."""
    everything = {"all": "1"}
    page = client.get(f"/s/{session.code}/photos/")
    return {
        "page": set(shown(client, session)),
        "favourites": set(shown(client, session, show="favourites")),
        "headline": re.search(r"You are in \d+ photos?", text(page))[0],
        "zip": len(names_in_zip(client.post(f"/s/{session.code}/photos/zip/", everything))),
        "data": data_of(client, session),
        "browsing": browsed(client, session),
        "link": set(re.findall(r'<li data-photo="([0-9a-f-]+)"', text(Client().get(client.shared)))),
        "link's zip": len(names_in_zip(Client().post(client.shared))),
        "list of links": re.search(r"(\d) photos? ·", text(client.get(f"/s/{session.code}/shares/")))[1],
        "progress": client.get(f"/s/{session.code}/progress/").json()["total"],
    }
