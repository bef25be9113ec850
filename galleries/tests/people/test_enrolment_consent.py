"""Who agreed that a picture enrols somebody: from the API and the person's page, shown by both, and gone with it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from facepass.core.trash import entries
from facepass.testing.factories import PersonFactory
from facepass.testing.pages.staff import address, member
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import EnrolmentConsent, GalleryImage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
CONSENT = {"consent_by": "Ann Archer", "consent_notice": "2026-11", "consent_at": "2026-10-01T10:00:00Z"}


@pytest.fixture
def person(studio):
    return PersonFactory(studio=studio)


def picture(seed=1):
    return SimpleUploadedFile("a.jpg", picture_of(["ann"], size=(800, 600), seed=seed), content_type="image/jpeg")


def enrol(api, person, seed=1, **fields):
    body = {"person_id": str(person.pk), "file": picture(seed), **fields}
    return api.post("/api/v1/faces/upload/", body, format="multipart")


def face_of(api, answer):
    tasks.analyse_gallery(str(GalleryImage.objects.get(pk=answer.json()["face_id"]).gallery_id))
    return api.get(f"/api/v1/faces/{answer.json()['face_id']}/").json()


def test_the_api_keeps_the_consent_and_says_where_there_is_none(api, person):
    told = face_of(api, enrol(api, person, **CONSENT))["consent"]
    assert (told["given_by"], told["notice"]) == ("Ann Archer", "2026-11")
    assert EnrolmentConsent.objects.get().given_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert face_of(api, enrol(api, person, seed=2))["consent"] is None
    listed = api.get(f"/api/v1/faces/user/{person.pk}/").json()["results"]
    assert sorted(bool(face["consent"]) for face in listed) == [False, True]


def test_it_was_given_now_unless_it_says_when_and_is_not_lost_when_the_picture_comes_again(api, person):
    enrol(api, person, consent_by="Ann", consent_notice="paper form 3")
    assert timezone.now() - EnrolmentConsent.objects.get().given_at < timedelta(hours=1)
    enrol(api, person)
    assert EnrolmentConsent.objects.get().given_by == "Ann"


@pytest.mark.parametrize(
    "fields",
    [
        {"consent_by": "Ann"},
        {"consent_notice": "2026-11"},
        {"consent_at": "2026-10-01T10:00:00Z"},
        {**CONSENT, "consent_at": "2999-01-01T00:00:00Z"},
        {**CONSENT, "consent_by": "x" * 201},
    ],
    ids=["nobody", "no notice", "a date alone", "in the future", "too long"],
)
def test_half_a_consent_is_refused_and_nothing_is_stored(fields, api, person):
    answer = enrol(api, person, **fields)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert not GalleryImage.objects.exists()


def test_the_page_of_the_person_keeps_it_and_shows_it(person, studio):
    client = member(studio)
    form = {"file": picture(), "consent_by": "Her mother", "consent_notice": "2026-11", "consent_at": "2026-10-01"}
    assert client.post(address(person, "enrol"), form).status_code == 200
    client.post(address(person, "enrol"), {"file": picture(2), "sure": "1", "consent_by": "", "consent_at": ""})
    page = client.get(address(person, "change")).content.decode()
    assert "Consent: Her mother" in page
    assert "No consent recorded" in page
    assert client.post(address(person, "enrol"), {**form, "file": picture(3), "consent_at": "soon"}).status_code == 400


def test_it_goes_and_comes_back_with_the_picture(api, person):
    enrol(api, person, **CONSENT)
    (entry,) = entries.move_to_trash("person", [person], by=None)
    assert not EnrolmentConsent.objects.exists()
    entries.restore(entry.pk)
    assert EnrolmentConsent.objects.get().given_by == "Ann Archer"
