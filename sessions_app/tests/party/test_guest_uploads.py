"""Photos that guests give: who may, what is taken, that nobody sees it before staff approve it, and when it goes."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from facepass.core import virus_scan
from facepass.core.errors import FacePassError
from facepass.core.requests import body_gate
from facepass.core.trash import entries, purge
from facepass.models import Role, TrashEntry, TrashRow
from facepass.testing.factories import MembershipFactory, SessionFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, search, selfie, shown, text
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.models import Gallery, GalleryImage, PhotoFace
from sessions_app import slideshows
from sessions_app.guest.domain.party import giving
from sessions_app.guest.domain.privacy import erasure, withdrawal
from sessions_app.models import Guest, GuestUpload
from sessions_app.models.guest import UNDO_LIFETIME
from sessions_app.session_search import search_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def giving_event(session, photos):
    """The event takes photos of guests."""
    with_rules(session, uploads=True, browsing=True)
    return session


def picture(people=("ann",), name="mine.jpg", **more):
    return SimpleUploadedFile(name, picture_of(list(people), **more), content_type="image/jpeg")


def give(client, session, *files, **fields):
    return client.post(f"/s/{session.code}/give/", {"photos": files, "may_share": "on", **fields})


def staff_of(session, role=Role.PHOTOGRAPHER):
    client = Client()
    client.force_login(MembershipFactory(studio=session.studio, role=role).user)
    return client


def given_path(session, *more):
    return reverse(f"admin:sessions_app_photosession_given{'_picture' if more else ''}", args=[session.pk, *more])


def decide(client, session, *, do, rows=()):
    fields = {"upload": [str(row.pk) for row in rows]}
    return client.post(given_path(session), {"do": do, **fields})


def stored(row):
    return default_storage.exists(row.file.name)


def withdraw_for_good(guest):
    withdrawal.withdraw_consent(guest)
    Guest.objects.filter(pk=guest.pk).update(withdrawn_at=timezone.now() - UNDO_LIFETIME)
    withdrawal.delete_withdrawn()


# --- who may


def test_it_is_off_until_staff_switch_it_on(ann, session):
    assert ann.get(f"/s/{session.code}/give/").status_code == 404
    assert give(ann, session, picture()).status_code == 404
    assert "/give/" not in text(ann.get(f"/s/{session.code}/photos/"))
    assert "Photos that you send" not in text(Client().get(f"/s/{session.code}/notice/"))
    assert not GuestUpload.objects.exists()


def test_guests_who_agreed_may_and_the_pages_and_the_notice_say_so(ann, giving_event):
    assert f"/s/{giving_event.code}/give/" in text(ann.get(f"/s/{giving_event.code}/photos/"))
    assert "Photos that you send" in text(Client().get(f"/s/{giving_event.code}/notice/"))
    assert ann.get(f"/s/{giving_event.code}/give/").status_code == 200
    stranger = Client()
    assert stranger.get(f"/s/{giving_event.code}/give/").status_code == 302
    assert give(stranger, giving_event, picture()).status_code != 200
    browsing = Client()
    browsing.post(f"/s/{giving_event.code}/browse/")
    assert give(browsing, giving_event, picture()).status_code == 403
    assert not GuestUpload.objects.exists()


def test_large_forms_are_received_from_them_only_and_selfies_stay_in_memory(ann, session, photos):
    def kept(client, path):
        request = RequestFactory().post(path)
        request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
        return body_gate._decide(request).kept

    path = f"/s/{session.code}/give/"
    assert kept(ann, path) == body_gate.SMALL_BYTES
    with_rules(session, uploads=True)
    assert kept(ann, path) == body_gate.given_photos_limit()
    assert kept(Client(), path) == body_gate.SMALL_BYTES
    assert kept(ann, f"/s/{session.code}/") == body_gate.SELFIE_BYTES
    for selfies in ("/s/abc/", "/s/abc/friend/", "/s/abc/12345678/", "/s/give/", "/s/abc/give/more/"):
        assert body_gate.SELFIE_PATHS.match(selfies)
    for photos_of_guests in (path, path.rstrip("/"), "/s/abc/12345678/give/"):
        assert not body_gate.SELFIE_PATHS.match(photos_of_guests)


# --- what is taken


def test_each_file_is_taken_or_refused_with_its_reason(ann, giving_event):
    film = SimpleUploadedFile("notes.txt", b"no picture at all")
    page = text(give(ann, giving_event, picture(), picture(["bob"], name="two.jpg"), film))
    assert "2 photos were taken" in page
    assert "1 file was not taken" in page
    assert "notes.txt" in page
    assert sorted(GuestUpload.objects.values_list("original_name", flat=True)) == ["mine.jpg", "two.jpg"]
    assert all(stored(row) for row in GuestUpload.objects.all())
    assert "1 photo is here already" in text(give(ann, giving_event, picture()))
    assert GuestUpload.objects.count() == 2


def test_nothing_is_taken_without_the_tick_or_without_a_file(ann, giving_event):
    assert "first confirm" in text(ann.post(f"/s/{giving_event.code}/give/", {"photos": [picture()]}))
    assert ann.post(f"/s/{giving_event.code}/give/", {"may_share": "on"}).status_code == 400
    assert not GuestUpload.objects.exists()


def test_a_virus_scanner_is_asked_as_for_any_upload(ann, giving_event, monkeypatch):
    def refuse(_file):
        raise FacePassError("infected_file", "A virus scanner found something.", status=422)

    monkeypatch.setattr(virus_scan, "require_clean", refuse)
    assert "A virus scanner found something." in text(give(ann, giving_event, picture()))
    assert not GuestUpload.objects.exists()


@pytest.mark.parametrize("limit", ["MOST_OF_GUEST", "MOST_OF_EVENT"])
def test_no_more_than_so_many_wait(ann, giving_event, monkeypatch, limit):
    monkeypatch.setattr(giving, limit, 1)
    page = text(give(ann, giving_event, picture(), picture(["bob"], name="two.jpg")))
    assert "1 photo was taken" in page
    assert "1 file was not taken" in page
    assert GuestUpload.objects.count() == 1
    assert len(default_storage.listdir("given")[0]) >= 1


def test_who_withdraws_while_it_is_sent_leaves_nothing(ann, giving_event, monkeypatch):
    check = giving.ingest.check_file

    def check_and_withdraw(file):
        withdrawal.withdraw_consent(ann.guest)
        return check(file)

    monkeypatch.setattr(giving.ingest, "check_file", check_and_withdraw)
    assert give(ann, giving_event, picture()).status_code == 403
    assert not GuestUpload.objects.exists()


# --- nobody sees it before


def ways_to_see(session, client, owner):
    """What guests, a partner and staff have of the event, by way."""
    for gallery in Gallery.objects.filter(session_id=session.pk):
        tasks.analyse_gallery(str(gallery.pk))
    other = device(session)
    search(other, session, ["ann"])
    found = search_session(session, [selfie(["ann"])])
    event = owner.get(reverse("admin:sessions_app_photosession_event", args=[session.pk]))
    return {
        "rows": GalleryImage.objects.count(),
        "faces": PhotoFace.objects.count(),
        "search": len(shown(other, session)),
        "own page": len(shown(client, session)),
        "browsing": text(client.get(f"/s/{session.code}/browse/")).count("<li data-photo="),
        "progress": client.get(f"/s/{session.code}/progress/").json()["total"],
        "partner": len(found.matches) + len(found.possible),
        "galleries": Gallery.objects.count(),
        "event's page": event.context["figures"].photos,
    }


def test_no_way_shows_finds_or_counts_it_before_it_is_approved_and_all_do_after(ann, giving_event):
    owner = staff_of(giving_event)
    before = ways_to_see(giving_event, ann, owner)
    give(ann, giving_event, picture())
    assert ways_to_see(giving_event, ann, owner) == before
    show = slideshows.open_slideshow(giving_event)
    assert "<img" not in text(Client().get(slideshows.build_url(show)))
    (upload,) = GuestUpload.objects.all()
    assert Client().get(f"/media/{upload.file.name}").status_code == 404
    decide(owner, giving_event, do="approve", rows=[upload])
    after = ways_to_see(giving_event, ann, owner)
    grown = {"own page": 0, "galleries": 1}
    assert after == {way: number + grown.get(way, 1) for way, number in before.items()}


# --- staff


@pytest.mark.parametrize("role", Role)
def test_editors_decide_and_others_see_nothing_of_it(ann, giving_event, role):
    give(ann, giving_event, picture())
    (upload,) = GuestUpload.objects.all()
    client, allowed = staff_of(giving_event, role), role in (Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER)
    event = text(client.get(reverse("admin:sessions_app_photosession_event", args=[giving_event.pk])))
    assert ("1 photo from guests waits" in event) == allowed
    status = 200 if allowed else 403
    assert client.get(given_path(giving_event)).status_code == status
    assert client.get(given_path(giving_event, upload.pk)).status_code == status
    assert decide(client, giving_event, do="approve", rows=[upload]).status_code == (302 if allowed else 403)
    assert GuestUpload.objects.exists() != allowed


def test_a_stranger_gets_a_404_and_decides_about_nothing(ann, giving_event):
    give(ann, giving_event, picture())
    (upload,) = GuestUpload.objects.all()
    other = SessionFactory()
    stranger = staff_of(other, Role.OWNER)
    assert stranger.get(given_path(giving_event)).status_code == 404
    assert stranger.get(given_path(giving_event, upload.pk)).status_code == 404
    assert stranger.get(given_path(other, upload.pk)).status_code == 404
    for do in ("approve", "refuse"):
        assert decide(stranger, giving_event, do=do, rows=[upload]).status_code == 404
        decide(stranger, other, do=do, rows=[upload])
    assert GuestUpload.objects.exists()
    assert not TrashEntry.objects.exists()


def test_approved_they_are_in_one_gallery_as_any_photo_and_the_file_that_waited_is_gone(
    ann, giving_event, django_capture_on_commit_callbacks
):
    owner = staff_of(giving_event)
    give(ann, giving_event, picture())
    give(ann, giving_event, picture(["bob"], name="two.jpg"))
    rows = list(GuestUpload.objects.all())
    picture_shown = owner.get(given_path(giving_event, rows[0].pk))
    assert picture_shown["Content-Type"] == "image/jpeg"
    with django_capture_on_commit_callbacks(execute=True):
        for language in ("ru", "en"):
            fields = {"do": "approve", "upload": [rows.pop().pk]}
            owner.post(given_path(giving_event), fields, headers={"Accept-Language": language})
    gallery = Gallery.objects.filter(session_id=giving_event.pk).latest("created_at")
    assert sorted(gallery.photos.values_list("original_name", flat=True)) == ["mine.jpg", "two.jpg"]
    assert not GuestUpload.objects.exists()
    assert Gallery.objects.filter(session_id=giving_event.pk).count() == 2


def test_all_of_the_page_are_decided_about_at_once(ann, giving_event):
    give(ann, giving_event, picture(), picture(["bob"], name="two.jpg"))
    keys = [str(row.pk) for row in GuestUpload.objects.all()]
    page = staff_of(giving_event).post(given_path(giving_event), {"do": "approve", "all": "yes", "shown": keys})
    assert page["Location"].endswith("/event/")
    assert not GuestUpload.objects.exists()


def test_refused_ones_are_in_the_trash_and_come_back_to_wait(ann, giving_event):
    give(ann, giving_event, picture())
    before = list(GuestUpload.objects.values())
    decide(staff_of(giving_event), giving_event, do="refuse", rows=GuestUpload.objects.all())
    assert not GuestUpload.objects.exists()
    entries.restore(TrashEntry.objects.get().pk)
    assert list(GuestUpload.objects.values()) == before
    assert not GalleryImage.objects.filter(original_name="mine.jpg").exists()


def test_after_their_days_in_the_trash_the_files_are_gone(ann, giving_event):
    give(ann, giving_event, picture())
    (upload,) = GuestUpload.objects.all()
    decide(staff_of(giving_event), giving_event, do="refuse", rows=[upload])
    assert stored(upload)
    TrashEntry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    purge.purge_due()
    assert not stored(upload)
    assert not TrashRow.objects.exists()


# --- the guest leaves


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("leave", [withdraw_for_good, lambda guest: erasure.forget_guest(guest, hidden=False)])
def test_what_waits_or_was_refused_goes_with_its_guest_and_what_was_approved_stays(
    ann, giving_event, refused, leave, django_capture_on_commit_callbacks
):
    owner = staff_of(giving_event)
    give(ann, giving_event, picture(), picture(["bob"], name="approved.jpg"))
    decide(owner, giving_event, do="approve", rows=GuestUpload.objects.filter(original_name="approved.jpg"))
    (upload,) = GuestUpload.objects.all()
    if refused:
        decide(owner, giving_event, do="refuse", rows=[upload])
    with django_capture_on_commit_callbacks(execute=True):
        leave(ann.guest)
    assert not GuestUpload.objects.exists()
    assert not TrashRow.objects.exists()
    assert not TrashEntry.objects.exists()
    assert not stored(upload)
    assert GalleryImage.objects.filter(original_name="approved.jpg").exists()


def test_from_the_withdrawal_on_staff_see_and_approve_it_no_more_and_an_undo_brings_it_back(ann, giving_event):
    owner = staff_of(giving_event)
    give(ann, giving_event, picture())
    (upload,) = GuestUpload.objects.all()
    assert "1 photo that you sent" in text(ann.get(f"/s/{giving_event.code}/withdraw/"))
    assert "1 photo that you sent" in text(ann.get(f"/s/{giving_event.code}/forget/"))
    withdrawal.withdraw_consent(ann.guest)
    decide(owner, giving_event, do="approve", rows=[upload])
    assert owner.get(given_path(giving_event, upload.pk)).status_code == 404
    assert GuestUpload.objects.exists()
    withdrawal.undo_withdrawal(ann.guest.pk)
    assert owner.get(given_path(giving_event, upload.pk)).status_code == 200


def test_the_receipt_counts_what_waited(ann, giving_event):
    give(ann, giving_event, picture())
    receipt = erasure.forget_guest(ann.guest, hidden=False)
    assert receipt.uploads == 1
    assert "not yet approved: 1" in text(Client().get(f"/forgotten/{receipt.token}/?text"))


def test_it_goes_with_its_event_and_comes_back(ann, giving_event):
    give(ann, giving_event, picture())
    (upload,) = GuestUpload.objects.all()
    (entry,) = entries.move_to_trash("event", [giving_event], by=None)
    assert not GuestUpload.objects.exists()
    entries.restore(entry.pk)
    assert GuestUpload.objects.get() == upload
    (entry,) = entries.move_to_trash("event", [giving_event], by=None)
    purge.purge(entry.pk)
    assert not stored(upload)
