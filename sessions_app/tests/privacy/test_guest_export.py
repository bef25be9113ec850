"""Everything that is kept of a guest, as a file for them: on their page, for their studio, and by the API."""

import io
import json
import re
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from facepass.models import EventType, OutboxEvent, Role, Scope
from facepass.testing.factories import StudioFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.staff import member
from facepass.testing.pages.visitors import ids, selfie, text
from facepass.testing.pictures.fake import picture_of
from recognition.pictures import formats
from sessions_app.guest.domain import links
from sessions_app.guest.domain.privacy import withdrawal
from sessions_app.guest_data.consent_records import keep_records
from sessions_app.models import Alert, ConsentRecord, FoundPhoto, Guest

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("english"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]


def download(client, session):
    response = client.post(f"/s/{session.code}/data/")
    assert response.status_code == 200
    return opened(response)


def opened(response):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("data.json"))


@pytest.fixture
def busy(ann, session, photos):
    """Ann with one of everything."""
    with_rules(session, uploads=True)
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/link/")
    ann.post(f"/s/{session.code}/alerts/", {"address": "ann@example.org", "agreed": "on", "selfie": selfie(["ann"])})
    ann.post(f"/s/{session.code}/forget/", {"hide": "1"})
    given = SimpleUploadedFile("mine.jpg", picture_of(["bob"]))
    assert ann.post(f"/s/{session.code}/give/", {"photos": given, "may_share": "on"}).status_code < 400
    keep_records()
    return ann


def test_it_has_all_that_is_kept_of_the_guest(busy, session, photos):
    archive, data = download(busy, session)
    assert data["visit"]["id"] == str(busy.guest.pk)
    assert data["consent"]["record"] == str(ConsentRecord.objects.get().pk)
    favourites = {row["photo"]: row["favourite"] for row in data["photos_found"]}
    assert favourites == {str(photos[0].pk): True, str(photos[2].pk): False}
    assert data["photos_found"][0]["your_face"].keys() == {"x", "y", "width", "height"}
    assert data["news_by_email"]["address"] == "ann@example.org"
    assert data["hidden_from_others"]["faces"] == 2
    assert (len(data["shared_links"]), len(data["private_links"])) == (1, 1)
    assert data["shared_links"][0]["photos"] == [str(photos[0].pk)]
    assert [row["name"] for row in data["photos_sent"]] == ["mine.jpg"]
    told = {row["file"] for row in [*data["photos_found"], *data["photos_sent"]]}
    assert {"README.txt", "data.json", *told} == set(archive.namelist())


def test_no_descriptor_is_in_it(busy, session):
    archive, _data = download(busy, session)
    everything = b"".join(archive.read(name) for name in archive.namelist())
    alert = Alert.objects.get()
    for face in FoundPhoto.objects.exclude(face=None).values_list("face__insightface_descriptor", flat=True):
        assert str(face[0])[:9].encode() not in everything
    assert bytes(alert.descriptor) not in everything
    assert not re.search(rb'"[a-z_]*descriptor', archive.read("data.json"))


@pytest.mark.parametrize("downloads", ["original", "stripped", "preview", "webp", "none"])
def test_photos_are_as_the_event_gives_them_and_otherwise_as_the_page_shows_them(ann, session, photos, downloads):
    with_rules(session, downloads=downloads, watermark="Proof")
    archive, data = download(ann, session)
    files = [row["file"] for row in data["photos_found"]]
    assert len(files) == 2
    for name in files:
        content = archive.read(name)
        kind = formats.detect_format(content[: formats.HEAD_BYTES])
        assert (kind.extension == ".webp") == (downloads == "webp")
        assert name.endswith(kind.extension)
    first = next(row for row in data["photos_found"] if row["photo"] == str(photos[0].pk))
    original = default_storage.open(photos[0].file.name).read()
    assert (archive.read(first["file"]) == original) == (downloads in ("original", "stripped"))


def test_hidden_and_refused_photos_and_lost_files_are_not_in_it(ann, session, photos):
    photos[0].hidden_from_guests = True
    photos[0].save()
    assert [row["photo"] for row in download(ann, session)[1]["photos_found"]] == [str(photos[2].pk)]
    ann.post(f"/s/{session.code}/photos/refuse/", {"photo": ids(photos[2])})
    FoundPhoto.objects.filter(photo=photos[2]).update(refused_at=ann.guest.consented_at)
    assert download(ann, session)[1]["photos_found"][0]["file"] is None
    FoundPhoto.objects.update(refused_at=None)
    default_storage.delete(photos[2].file.name)
    assert download(ann, session)[1]["photos_found"][0]["file"] is None


def test_of_a_closed_event_guests_have_the_rows_without_the_photos(ann, session):
    session.facepass_enabled = False
    session.save()
    archive, data = download(ann, session)
    assert [row["file"] for row in data["photos_found"]] == [None, None]
    assert "Ask the studio" in archive.read("README.txt").decode()


def test_a_stranger_s_device_has_nobody_s_data(client, ann, session):
    assert client.post(f"/s/{session.code}/data/").status_code == 302
    assert client.get(f"/s/{session.code}/data/").status_code == 302


def test_an_address_that_another_key_sealed_keeps_nothing_else_back(busy, session, settings):
    settings.TEMPLATE_KEY = bytes(32)
    assert download(busy, session)[1]["news_by_email"]["address"] is None


def test_the_pages_offer_it_and_name_the_number(busy, session):
    notice = text(busy.get(f"/s/{session.code}/notice/"))
    assert str(ConsentRecord.objects.get().pk) in notice
    for page in (notice, text(busy.get(f"/s/{session.code}/forget/"))):
        assert f'action="/s/{session.code}/data/"' in page


def test_the_studio_finds_the_guest_by_the_number_of_the_record(busy, session, photos):
    record = ConsentRecord.objects.get()
    manager = member(session.studio, Role.MANAGER)
    listed = text(manager.get(reverse("admin:sessions_app_consentrecord_changelist"), {"q": str(record.pk)}))
    assert str(record.pk) in listed
    page = text(manager.get(reverse("admin:sessions_app_consentrecord_change", args=[record.pk])))
    address = reverse("admin:sessions_app_consentrecord_data", args=[record.pk])
    assert address in page
    assert session.name in page
    _archive, data = opened(manager.get(address))
    assert len(data["photos_found"]) == 2
    photographer, stranger = member(session.studio), member(StudioFactory(), Role.OWNER)
    assert (photographer.get(address).status_code, stranger.get(address).status_code) == (403, 404)


def test_the_studio_forgets_a_guest_who_asks_for_it(busy, session):
    record = ConsentRecord.objects.get()
    address = reverse("admin:sessions_app_consentrecord_forget", args=[record.pk])
    manager, photographer, stranger = (
        member(session.studio, Role.MANAGER), member(session.studio), member(StudioFactory(), Role.OWNER),
    )  # fmt: skip
    assert (photographer.post(address).status_code, stranger.post(address).status_code) == (403, 404)
    assert "Photos found" in text(manager.get(address))
    assert Guest.objects.exists()
    page = text(manager.post(address, follow=True))
    assert not Guest.objects.exists()
    assert OutboxEvent.objects.get(type=EventType.ERASURE_COMPLETED).data["receipt_id"] in page
    assert address not in page
    assert manager.post(address).status_code == 404
    assert ConsentRecord.objects.get().withdrawn_at is not None


def test_an_app_forgets_a_guest_also_one_who_has_withdrawn(ann, session, client_of):
    api = client_of(session.studio, scopes=[Scope.ADMIN])
    keep_records()
    withdrawal.withdraw_consent(ann.guest)
    withdrawn_at = ConsentRecord.objects.get().withdrawn_at
    answer = api.delete(f"/api/v1/guests/{ConsentRecord.objects.get().pk}/")
    assert (answer.status_code, answer.json()["deleted"]["photos"]) == (200, 2)
    assert not Guest.objects.exists()
    assert ConsentRecord.objects.get().withdrawn_at == withdrawn_at
    assert api.delete(f"/api/v1/guests/{ann.guest.pk}/").status_code == 404


def test_an_app_has_it_by_either_number(busy, session, client_of):
    api = client_of(session.studio, scopes=[Scope.ADMIN])
    numbers = [busy.guest.pk, ConsentRecord.objects.get().pk]
    found = [opened(api.get(f"/api/v1/guests/{pk}/export/", HTTP_ACCEPT="application/zip"))[1] for pk in numbers]
    assert [data["visit"]["id"] for data in found] == [str(busy.guest.pk)] * 2


def test_a_link_of_a_withdrawal_gives_no_data(ann, session):
    ann.post(f"/s/{session.code}/withdraw/")
    assert links.sign_id("withdrawal", ann.guest.pk)
    assert ann.post(f"/s/{session.code}/data/").status_code == 302
