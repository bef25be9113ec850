"""The privacy notice, and taking the consent back: what a page says first, what goes, and the minute to undo it."""

import hashlib

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from facepass.testing.factories import StudioFactory
from facepass.testing.pages.guests import agree, with_rules
from facepass.testing.pages.visitors import addresses, device, ids, search, selfie, shown, text
from sessions_app.guest.domain import links
from sessions_app.guest.domain.alerts import confirm_alert, run_alerts
from sessions_app.guest.domain.privacy import consent, privacy_notice, withdrawal
from sessions_app.models import Alert, FoundPhoto, Guest, NoticeText, PhotoSession, ReturnLink, ShareLink
from sessions_app.models.guest import UNDO_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def busy(ann, session, photos):
    """Ann with one of everything."""
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/link/")
    data = {"address": "ann@example.org", "agreed": "on", "selfie": selfie(["ann"])}
    ann.post(f"/s/{session.code}/alerts/", data)
    return ann


KEPT = (FoundPhoto, ShareLink, ReturnLink, Alert)


def counts():
    return [model.objects.count() for model in KEPT]


def withdraw(client, session):
    """The path of the page that follows."""
    return client.post(f"/s/{session.code}/withdraw/")["Location"]


def a_minute_passes():
    Guest.objects.filter(withdrawn_at__isnull=False).update(withdrawn_at=timezone.now() - UNDO_LIFETIME)


# --- taking it back


def test_the_page_says_what_goes_and_does_nothing(busy, session):
    page = text(busy.get(f"/s/{session.code}/withdraw/"))
    assert "the list of 2 photos that were found for you" in page
    assert "1 mark as a favourite" in page
    assert "1 shared link, which then opens nothing" in page
    assert "1 private link to your photos" in page
    assert "with your address and the description of your face" in page
    assert counts() == [2, 1, 1, 1]
    assert not Guest.objects.get().withdrawn_at


def test_withdrawn_nothing_of_it_opens_any_more(busy, session):
    tile = addresses(busy.get(f"/s/{session.code}/photos/"), "preview")[0]
    share = ShareLink.objects.get()
    shared = f"/shared/{links.sign_id('share', share.pk)}/"
    token = ReturnLink.issue(busy.guest)
    same_browser = Client()
    for name, cookie in busy.cookies.items():
        same_browser.cookies[name] = cookie.value
    withdraw(busy, session)
    for client in (busy, same_browser):
        assert client.get(tile).status_code == 404
        assert client.get(f"/s/{session.code}/photos/").status_code == 302
        assert search(client, session, ["ann"]).status_code == 403
    assert Client().get(shared).status_code == 404
    assert Client().get(f"/my/{token}/").status_code == 404
    assert confirm_alert(busy.guest.pk) is None
    mail.outbox.clear()
    run_alerts()
    assert not mail.outbox


def test_within_the_minute_it_is_undone_and_everything_is_as_it_was(busy, session):
    tile = addresses(busy.get(f"/s/{session.code}/photos/"), "preview")[0]
    before = (
        counts(),
        shown(busy, session),
        busy.get(f"/s/{session.code}/photos/", {"show": "favourites"}).content.count(b"<li"),
    )
    path = withdraw(busy, session)
    assert "Until then you can change your mind" in text(busy.get(path))
    withdrawal.delete_withdrawn()
    assert busy.post(path)["Location"] == f"/s/{session.code}/photos/"
    a_minute_passes()
    withdrawal.delete_withdrawn()
    after = (
        counts(),
        shown(busy, session),
        busy.get(f"/s/{session.code}/photos/", {"show": "favourites"}).content.count(b"<li"),
    )
    assert after == before
    assert busy.get(tile).status_code == 200


def test_after_the_minute_everything_is_deleted_but_the_record(busy, session):
    path = withdraw(busy, session)
    a_minute_passes()
    withdrawal.delete_withdrawn()
    assert counts() == [0, 0, 0, 0]
    guest = Guest.objects.get()
    assert guest.withdrawn_at
    assert guest.emptied_at
    assert "can no longer be undone" in text(busy.get(path))
    assert "can no longer be undone" in text(busy.post(path, follow=True))
    assert Guest.objects.get().withdrawn_at


def test_who_is_late_undoes_nothing_even_where_no_worker_came_by(busy, session):
    path = withdraw(busy, session)
    a_minute_passes()
    busy.post(path)
    assert Guest.objects.get().withdrawn_at
    withdrawal.delete_withdrawn()
    assert counts() == [0, 0, 0, 0]


def test_it_can_be_taken_back_while_the_session_is_closed_or_asks_for_another_pin(busy, session):
    with_rules(session, pin="9876", expires_at=timezone.now())
    PhotoSession.objects.update(facepass_enabled=False)
    assert "the list of 2 photos" in text(busy.get(f"/s/{session.code}/withdraw/"))
    assert "Forget me" in text(busy.get(f"/s/{session.code}/forget/"))
    withdraw(busy, session)
    assert Guest.objects.get().withdrawn_at


def test_the_way_back_is_for_that_guest_and_that_purpose(busy, session):
    path = withdraw(busy, session)
    token = path.rstrip("/").rpartition("/")[2]
    assert busy.get(path.replace(token, token[::-1])).status_code == 404
    assert busy.get(path.replace(token, links.sign_id("share", busy.guest.pk))).status_code == 404


def test_who_agreed_to_nothing_has_nothing_to_take_back(client, session, photos):
    with_rules(session, browsing=True)
    client.post(f"/s/{session.code}/browse/")
    assert client.get(f"/s/{session.code}/withdraw/")["Location"] == f"/s/{session.code}/"
    assert withdraw(client, session) == f"/s/{session.code}/"
    assert not Guest.objects.get().withdrawn_at


# --- the notice


def test_the_notice_says_who_is_responsible_and_where_to_complain(session, client):
    studio = session.studio
    studio.controller, studio.privacy_contact = "Ann's Photos Ltd, 1 High Street, York", "privacy@ann.example"
    studio.supervisory_authority = "ICO, https://ico.org.uk"
    studio.data_processors = "Example Hosting Ltd, Ireland"
    studio.save()
    page = text(client.get(f"/s/{session.code}/notice/"))
    for words in (
        studio.controller,
        "mailto:privacy@ann.example",
        "https://ico.org.uk",
        studio.data_processors,
        "Your rights",
        "What for",
        "90",
    ):
        assert words in page


def test_a_studio_that_has_filled_in_nothing_has_a_notice_all_the_same(session, client):
    page = text(client.get(f"/s/{session.code}/notice/"))
    assert session.studio.name in page
    assert "Ask the photographer at the event." in page
    assert "the data protection authority of the country where you live" in page


@pytest.mark.parametrize("close", ["disabled", "expired", "pin"])
def test_it_can_be_read_at_any_time(session, client, close):
    PhotoSession.objects.update(facepass_enabled=close != "disabled")
    with_rules(session, pin="1234" if close == "pin" else "", expires_at=timezone.now() if close == "expired" else None)
    assert client.get(f"/s/{session.code}/notice/").status_code == 200
    assert f"/s/{session.code}/notice/" in text(client.get(f"/s/{session.code}/")), "the closed page leads there"


def test_the_text_is_kept_with_the_consent_word_for_word_and_once(session, photos, client):
    for visitor in (client, Client()):
        agree(visitor, session)
    row = NoticeText.objects.get()
    assert {guest.notice_text_id for guest in Guest.objects.all()} == {row.pk}
    assert row.text == privacy_notice.build_notice(session).text
    assert row.digest == hashlib.sha256(row.text.encode()).hexdigest()
    assert (row.version, row.language, row.studio) == (consent.NOTICE, "en", session.studio)
    shown_text = text(Client().get(f"/s/{session.code}/"))
    for line in row.text.partition("\n\n")[0].splitlines():
        assert line.lstrip("-[ x]").strip() in shown_text, "the form shows what is kept"
    assert f'name="digest" value="{row.digest}"' in shown_text


def test_each_language_and_each_studio_has_its_own(session, photos):
    agree(Client(), session)
    agree(Client(headers={"accept-language": "ru"}), session)
    other = PhotoSession.objects.create(studio=StudioFactory(), name="Other", facepass_enabled=True)
    agree(Client(), other)
    assert sorted(NoticeText.objects.values_list("language", flat=True)) == ["en", "en", "ru"]
    with override("ru"):
        assert NoticeText.objects.get(language="ru").text == privacy_notice.build_notice(session).text


def test_who_agreed_to_another_text_can_read_that_one_too(session, photos, client):
    agree(client, session)
    assert "The text that you agreed to" not in text(client.get(f"/s/{session.code}/notice/"))
    session.studio.controller = "Somebody else"
    session.studio.save()
    page = text(client.get(f"/s/{session.code}/notice/"))
    assert "The text that you agreed to" in page
    assert "You agreed on" in page


def test_nobody_agrees_to_a_text_that_they_were_not_shown(session, photos, client):
    digest = privacy_notice.build_notice(session).digest
    session.studio.privacy_contact = "new@example.org"
    session.studio.save()
    refused = agree(client, session, digest=digest)
    assert refused.status_code == 409
    assert "The notice has changed" in text(refused)
    assert not Guest.objects.exists()
    agree(client, session, digest=privacy_notice.build_notice(session).digest)
    assert Guest.objects.exists()


def test_the_notice_names_no_guest_and_is_kept_when_they_are_forgotten(session, photos, client):
    agree(client, session)
    client.post(f"/s/{session.code}/forget/")
    assert not Guest.objects.exists()
    assert NoticeText.objects.count() == 1


def test_a_withdrawal_waits_in_no_memory_but_in_the_row(session, photos):
    """A worker that never saw the request finds it."""
    guest = device(session).guest
    withdrawal.withdraw_consent(guest)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE guests SET withdrawn_at = withdrawn_at - interval '61 seconds'")
    withdrawal.delete_withdrawn()
    guest.refresh_from_db()
    assert guest.emptied_at
