"""What happens to a guest, a session or a photo while a search runs, and what is left of the search then.

The engine, or the search, does the other thing in the middle: as another request would, on its own connection.
"""

import threading
from contextlib import contextmanager

import pytest
from django.core import mail
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from facepass.models import OutboxEvent
from facepass.testing.database import until_somebody_waits_for_this_connection
from facepass.testing.factories import PhotoFactory
from facepass.testing.pages.visitors import device, ids, search, selfie, shown, text
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries import tasks
from galleries.matching import search as searching
from galleries.models import GalleryImage, PhotoFace
from galleries.models.face import FaceCategory
from recognition.engines.fake import FakeEngine
from sessions_app.guest.domain import alerts
from sessions_app.guest.domain.privacy import consent, erasure, withdrawal
from sessions_app.guest.views import guest_view
from sessions_app.models import Alert, FoundPhoto, Guest, GuestRules, ReturnLink, SessionDay, ShareLink
from sessions_app.models.guest import UNDO_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@contextmanager
def meanwhile(do):
    """`do` happens once, while the engine looks at the next picture."""
    described, happened = FakeEngine.embed, []

    def embed(self, *arguments, **options):
        if not happened:
            happened.append(True)
            do()
        return described(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeEngine, "embed", embed)
        yield
    assert happened, "the search was not interrupted"


# --- what may happen


def forget(session, guest):
    erasure.forget_guest(Guest.objects.select_related("session").get(pk=guest.pk), hidden=False)


def withdraw(session, guest):
    withdrawal.withdraw_consent(guest)


def a_minute_passes():
    Guest.objects.update(withdrawn_at=F("withdrawn_at") - UNDO_LIFETIME)


def forget_in_another_tab(session, guest):
    tab = device(session)
    tab.cookies.update(guest.tab.cookies)
    assert tab.post(f"/s/{session.code}/forget/").status_code == 302


def close(session, guest):
    session.facepass_enabled = False
    session.save()


def expire(session, guest):
    GuestRules.objects.update_or_create(session=session, defaults={"expires_at": timezone.now()})


def set_a_pin(session, guest):
    rules = GuestRules(session=session)
    rules.set_pin("2468")
    rules.save()


def delete_the_session(session, guest):
    session.delete()


LEAVING = {"forget": forget, "withdraw": withdraw, "forget_in_another_tab": forget_in_another_tab}
CLOSING = {"close": close, "expire": expire, "set_a_pin": set_a_pin, "delete_the_session": delete_the_session}
EVENTS = {**LEAVING, **CLOSING}
# What the page says then.
WORDS = {
    **dict.fromkeys(LEAVING, "Nothing was kept"),
    "close": "Search by face is not enabled",
    "expire": "This page was open until",
    "set_a_pin": "Enter the PIN",
    "delete_the_session": "Search by face is not enabled",
}
STATUS = {**dict.fromkeys(EVENTS, 403), "expire": 410}


# --- what takes long


def own_search(client, session):
    return search(client, session, ["ann"])


def friend(client, session):
    data = {"selfie": selfie(["bob"]), "agreed": "on", "combine": "any"}
    return client.post(f"/s/{session.code}/friend/", data)


def alert(client, session):
    data = {"selfie": selfie(["ann"]), "agreed": "on", "address": "ann@example.org"}
    return client.post(f"/s/{session.code}/alerts/", data)


WORK = {"own_search": own_search, "friend": friend, "alert": alert}


@pytest.fixture
def guest_device(session, photos):
    client = device(session)
    client.guest.tab = client
    return client


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("work", WORK)
def test_nothing_is_kept_of_work_that_was_overtaken_and_the_answer_is_kind(session, guest_device, work, event):
    with meanwhile(lambda: EVENTS[event](session, guest_device.guest)):
        answer = WORK[work](guest_device, session)
    assert answer.status_code == STATUS[event]
    assert WORDS[event] in text(answer)
    assert not FoundPhoto.objects.exists()
    assert not Alert.objects.exists()
    assert not OutboxEvent.objects.filter(type="guest.search_completed").exists()
    assert not SessionDay.objects.filter(searches__gt=0).exists()
    assert not mail.outbox


@pytest.mark.parametrize("event", LEAVING)
@pytest.mark.parametrize("work", WORK)
def test_who_left_meanwhile_may_agree_once_more(session, guest_device, work, event):
    with meanwhile(lambda: LEAVING[event](session, guest_device.guest)):
        page = text(WORK[work](guest_device, session))
    assert 'data-code="consent_withdrawn"' in page
    assert 'id="consent"' in page, "the form to agree again is not there"
    guest_device.post(f"/s/{session.code}/consent/", {"agree": "on"})
    assert own_search(guest_device, session).status_code == 200
    assert FoundPhoto.objects.count() == 2


def photo_deleted(photos):
    photos[0].delete()


def face_erased(photos):
    PhotoFace.objects.filter(photo=photos[0]).delete()


def face_rejected(photos):
    PhotoFace.objects.filter(photo=photos[0]).update(face_category=FaceCategory.IGNORED)


@contextmanager
def after_the_comparison(do):
    """`do` happens once, when the faces were compared and nothing is written yet."""
    compared, happened = searching.search_photos, []

    def find(*arguments, **options):
        found = compared(*arguments, **options)
        if not happened:
            happened.append(True)
            do()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "search_photos", find)
        yield
    assert happened, "nothing was compared"


@pytest.mark.parametrize("gone", [photo_deleted, face_erased, face_rejected])
def test_a_photo_or_face_that_is_gone_meanwhile_is_not_found(session, photos, gone):
    ann = device(session)
    with after_the_comparison(lambda: gone(photos)):
        assert search(ann, session, ["ann"]).status_code == 200
    assert shown(ann, session) == ids(photos[2])


@pytest.mark.parametrize("gone", [photo_deleted, face_erased, face_rejected])
def test_nor_for_a_partner(session, photos, client_of, gone):
    api = client_of(session.studio)
    with after_the_comparison(lambda: gone(photos)):
        answer = api.post(
            "/api/v1/faces/search-session", {"session_id": str(session.pk), "file": selfie(["ann"])}, format="multipart"
        )
    assert [match["photo_id"] for match in answer.json()["matches"]] == ids(photos[2])


# --- the wish for news


@pytest.fixture
def wish(ann, session):
    """Ann has asked and confirmed, and a photo of her has come since."""
    alert(ann, session)
    row = Alert.objects.get()
    alerts.confirm_alert(row.pk)
    mail.outbox.clear()
    photo = PhotoFactory(gallery=GalleryImage.objects.first().gallery, people=["ann"])
    tasks.analyse_gallery(str(photo.gallery_id))
    return row


@pytest.mark.parametrize("event", [forget, withdraw, close, expire, delete_the_session])
def test_no_news_are_kept_or_sent_for_who_left_during_the_look(session, wish, event):
    before = FoundPhoto.objects.count()
    with after_the_comparison(lambda: event(session, wish.guest)):
        alerts.run_alerts()
    assert not mail.outbox
    assert FoundPhoto.objects.count() <= before
    assert not ReturnLink.objects.exists()


@pytest.mark.parametrize("event", [forget, withdraw, close, expire, delete_the_session])
def test_nor_where_they_leave_between_the_look_and_the_message(session, wish, event, monkeypatch):
    send_news = alerts.send_news

    def send_later(alert):
        event(session, alert.guest)
        send_news(alert)

    monkeypatch.setattr(alerts, "send_news", send_later)
    alerts.run_alerts()
    assert not mail.outbox
    assert not ReturnLink.objects.exists()


def test_a_wish_that_is_stopped_during_the_look_gives_nothing(wish):
    before = FoundPhoto.objects.count()
    with after_the_comparison(lambda: alerts.stop_alert(wish.pk)):
        alerts.run_alerts()
    assert not mail.outbox
    assert FoundPhoto.objects.count() == before


def test_confirming_a_wish_that_has_just_ended_confirms_nothing(wish, monkeypatch):
    alerts.stop_alert(wish.pk)
    assert alerts.confirm_alert(wish.pk) is None


# --- what guests make themselves


MAKING = {"photos/share/": {"show": "all"}, "link/": {}, "forget/": {"hide": "1"}}


@pytest.mark.parametrize("part", MAKING)
def test_links_and_hidings_are_not_made_for_who_has_just_left(ann, session, photos, part, monkeypatch):
    """The page has let them in, and then they leave in another tab."""
    let_in = guest_view.load_guests

    def and_gone(*arguments):
        guests = let_in(*arguments)
        for guest in guests.values():
            withdrawal.withdraw_consent(guest)
        return guests

    monkeypatch.setattr(guest_view, "load_guests", and_gone)
    monkeypatch.setattr("sessions_app.guest.domain.matched_photos.list_found", lambda _guest: [unsaved(photos[0])])
    answer = ann.post(f"/s/{session.code}/{part}", {"photo": ids(photos[0]), **MAKING[part]})
    assert answer.status_code == 403
    assert "Nothing was kept" in text(answer)
    assert not ShareLink.objects.exists()
    assert not ReturnLink.objects.exists()


def unsaved(photo):
    return FoundPhoto(pk=0, photo=photo)


# --- the locks themselves


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [forget, withdraw, delete_the_session])
def test_who_leaves_waits_for_what_is_being_written_and_takes_it_along(session, photos, leave):
    """A real second connection: it leaves while the first is in the middle of writing."""
    client = device(session)
    guest = Guest.objects.select_related("session").get(pk=client.guest.pk)
    others, inside = [], threading.Event()

    def second():
        inside.wait(PATIENCE_SECONDS)
        try:
            leave(session, guest)
        except DatabaseError as error:
            others.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with consent.hold_consent(guest):
        FoundPhoto.objects.create(guest=guest, photo=photos[0], rank=0)
        inside.set()
        until_somebody_waits_for_this_connection()
    thread.join(PATIENCE_SECONDS)
    close_old_connections()
    assert not others
    a_minute_passes()
    withdrawal.delete_withdrawn()
    assert not FoundPhoto.objects.exists()


def test_a_visit_of_somebody_who_was_just_forgotten_is_noted_nowhere(session, photos):
    guest = device(session).guest
    guest.last_seen_at = timezone.now() - 2 * timezone.timedelta(hours=1)
    Guest.objects.filter(pk=guest.pk).delete()
    guest.record_visit()
    assert not Guest.objects.exists()


def test_a_page_without_javascript_shows_the_form_again_with_the_reason(session, photos):
    client = device(session)
    with meanwhile(lambda: withdraw(session, client.guest)):
        page = text(own_search(client, session))
    assert "Agree and take a selfie" in page
    assert Client().get(f"/s/{session.code}/").status_code == 200
