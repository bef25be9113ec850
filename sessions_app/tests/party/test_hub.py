"""The page that leads to several events of a studio: what it shows, whose it is, and who may change it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.core.access import rate_limits
from facepass.core.errors import FacePassError
from facepass.core.trash import entries
from facepass.models import Role
from facepass.testing.factories import MembershipFactory, SessionFactory
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import text
from sessions_app import hubs
from sessions_app.models import Guest, Hub, HubEntry, PhotoSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

CONTACT = "hello@ann.example"


@pytest.fixture
def session(session):
    session.studio.contact, session.studio.colour = CONTACT, "#336699"
    session.studio.save()
    PhotoSession.objects.filter(pk=session.pk).update(scheduled_at=timezone.now())
    return session


@pytest.fixture
def second(session):
    return SessionFactory(studio=session.studio, name="Second day", scheduled_at=timezone.now() + timedelta(days=1))


@pytest.fixture
def hub(session, second):
    hub = hubs.start_hub(session, name="Wedding weekend")
    hubs.join_hub(second, hub.pk)
    return hub


def path_of(hub):
    return f"/e/{hub.code}/"


def shown(hub):
    """The codes of the events that the page leads to, in order; each opens."""
    page = text(Client().get(path_of(hub)))
    return re.findall(r'href="/s/([^/"]+)/"', page)


# --- what it shows


def test_it_leads_to_each_event_by_name_and_day(hub, session, second):
    page = text(Client().get(path_of(hub)))
    assert shown(hub) == [session.code, second.code]
    for word in ("Wedding weekend", session.name, "Second day", session.studio.name, CONTACT):
        assert word in page
    assert page.count("<time") == 2
    assert f'href="/s/{session.code}/brand.css' in page
    for code in shown(hub):
        assert Client().get(f"/s/{code}/").status_code == 200


def test_it_speaks_the_language_of_who_opens_it_and_takes_capitals(hub):
    answer = Client().get(path_of(hub).upper().replace("/E/", "/e/"), headers={"accept-language": "ru"})
    assert answer.status_code == 200
    assert "Выберите мероприятие" in text(answer)


def test_it_shows_no_photo_and_names_nobody(hub, session, photos):
    Guest.objects.create(session=session, notice="x", language="en")
    page = text(Client().get(path_of(hub)))
    assert not re.search(r"/(found|photos|shared)/", page)
    assert str(photos[0].pk) not in page
    assert "<script" not in page


def test_what_guests_may_not_search_is_left_out_and_what_has_ended_says_so(hub, session, second):
    with_rules(second, expires_at=timezone.now())
    assert ">Closed<" in text(Client().get(path_of(hub)))
    assert shown(hub) == [session.code, second.code]
    PhotoSession.objects.filter(pk=second.pk).update(facepass_enabled=False)
    assert shown(hub) == [session.code]
    PhotoSession.objects.update(facepass_enabled=False)
    answer = Client().get(path_of(hub))
    assert (answer.status_code, shown(hub)) == (200, [])
    assert "None of these events is open to guests at the moment." in text(answer)
    assert CONTACT in text(answer)


def test_a_pin_is_asked_for_by_the_event_and_not_by_the_page(hub, session):
    with_rules(session, pin="2468")
    assert session.code in shown(hub)


def test_what_was_deleted_in_pixora_is_not_there(hub, session, second):
    second.mark_gone()
    assert shown(hub) == [session.code]


# --- doors


@pytest.mark.parametrize("code", ["nothing2", "x", "a" * 40, "<b>"])
def test_an_unknown_code_is_a_page_where_another_can_be_typed(db, code):
    answer = Client().get(f"/e/{code}/")
    assert answer.status_code == 404
    assert 'name="code"' in text(answer)
    assert not re.search(r'href="/(admin|docs|")', text(answer))


def test_who_tries_many_codes_is_held_back(hub, monkeypatch):
    monkeypatch.setattr(rate_limits, "quota_wait_seconds", lambda _kind, _name: 7)
    answer = Client().get("/e/nothing2/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


def test_an_event_of_its_own_is_on_no_page(session):
    assert not Hub.objects.exists()
    assert Client().get(f"/e/{session.code}/").status_code == 404


@pytest.mark.parametrize("error", [RuntimeError("secret"), OperationalError("secret"), FacePassError("x", "y")])
def test_an_error_is_a_page_of_the_studio(hub, session, monkeypatch, error):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr("sessions_app.guest.domain.party.hub.find_page_of_visitor", fail)
    page = text(Client(raise_request_exception=False).get(path_of(hub)))
    assert "secret" not in page
    assert not re.search(r'href="/(admin|docs|")', page)
    if not isinstance(error, FacePassError):
        assert session.studio.name in page
        assert CONTACT in page


def test_it_takes_no_form(hub, session):
    answer = Client().post(path_of(hub))
    assert answer.status_code == 405
    assert session.studio.name in text(answer)


# --- whose it is


def test_no_event_of_another_studio_can_be_put_there(hub):
    stranger = SessionFactory(name="Elsewhere")
    client = signed_in(stranger, Role.OWNER)
    assert client.post(change_path(stranger), {"hub": str(hub.pk)}).status_code == 404
    HubEntry.objects.create(hub=hub, session=stranger)
    assert "Elsewhere" not in text(Client().get(path_of(hub))), "not even where the row is there"


def test_a_deleted_event_leaves_the_page_and_a_restored_one_comes_back(hub, session, second):
    (entry,) = entries.move_to_trash("event", [second], by=None)
    assert shown(hub) == [session.code]
    entries.restore(entry.pk)
    assert shown(hub) == [session.code, second.code]
    (entry,) = entries.move_to_trash("event", [second], by=None)
    hubs.leave_hub(session)
    assert not Hub.objects.exists()
    entries.restore(entry.pk)
    assert PhotoSession.objects.filter(pk=second.pk).exists()
    assert not HubEntry.objects.exists()


def test_the_last_event_that_is_deleted_leaves_an_address_that_opens_nothing(hub, session, second):
    session.delete()
    second.delete()
    assert Client().get(path_of(hub)).status_code == 404


def test_with_the_last_event_taken_off_the_page_ends_and_the_next_has_another_address(hub, session, second):
    hubs.leave_hub(session)
    assert shown(hub) == [second.code]
    hubs.leave_hub(second)
    assert Client().get(path_of(hub)).status_code == 404
    assert hubs.start_hub(session, name="Again").code != hub.code


def test_an_event_that_moves_to_another_page_leaves_the_first(hub, session, second):
    other = hubs.start_hub(second, name="Other")
    assert (shown(hub), shown(other)) == ([session.code], [second.code])
    hubs.join_hub(session, other.pk)
    assert not Hub.objects.filter(pk=hub.pk).exists()


# --- staff


def signed_in(session, role):
    client = Client()
    client.force_login(MembershipFactory(**({"studio": session.studio} if role else {}), role=role or Role.OWNER).user)
    return client


def change_path(session):
    return reverse("admin:sessions_app_photosession_hub", args=[session.pk])


def code_path(session, name):
    return reverse("admin:sessions_app_photosession_hub_code", args=[session.pk, name])


EDITING = dict.fromkeys((Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER), 302)
ANSWERS = {**EDITING, Role.VERIFIER: 403, Role.VIEWER: 403, None: 404}


@pytest.mark.parametrize(("role", "status"), ANSWERS.items())
def test_editors_change_it_and_others_do_not(session, second, role, status):
    client, may = signed_in(session, role), status == 302
    assert client.post(change_path(session), {"name": "Weekend"}).status_code == status
    assert Hub.objects.filter(name="Weekend", studio=session.studio).exists() == may
    hub = hubs.start_hub(session, name="Mine")
    assert client.post(change_path(second), {"hub": str(hub.pk)}).status_code == status
    assert HubEntry.objects.filter(session=second, hub=hub).exists() == may
    assert client.get(code_path(session, "qr.svg")).status_code == (200 if may else status)
    assert client.post(change_path(session), {"taken_off": "yes"}).status_code == status
    assert HubEntry.objects.filter(session=session).exists() != may


@pytest.mark.parametrize("form", [{}, {"name": "  "}, {"hub": "x"}, {"name": "n" * 201}, {"name": "a\0b"}])
def test_what_names_no_page_is_refused_with_a_word(session, form):
    answer = signed_in(session, Role.OWNER).post(change_path(session), form, follow=True)
    assert "Choose a page, or name a new one." in text(answer)
    assert not Hub.objects.exists()


def test_a_page_that_is_gone_is_not_found(session):
    answer = signed_in(session, Role.OWNER).post(change_path(session), {"hub": str(uuid.uuid4())})
    assert answer.status_code == 404


def test_the_page_of_the_event_says_where_it_is_to_who_may_change_it(session, second):
    owner, event = signed_in(session, Role.OWNER), reverse("admin:sessions_app_photosession_event", args=[session.pk])
    hub = hubs.start_hub(second, name="Wedding weekend")
    hubs.start_hub(SessionFactory(), name="A stranger's")
    page = text(owner.get(event))
    assert f'<option value="{hub.pk}">Wedding weekend' in page
    assert "A stranger" not in page
    hubs.join_hub(session, hub.pk)
    page = text(owner.get(event))
    assert hubs.build_url(hub) in page
    assert reverse("admin:sessions_app_photosession_event", args=[second.pk]) in page
    assert hub.code not in text(signed_in(session, Role.VIEWER).get(event))


def test_its_code_can_be_printed(hub, session, second):
    owner = signed_in(session, Role.OWNER)
    for name, start in (("qr.svg", b"<?xml"), ("qr.png", b"\x89PNG")):
        answer = owner.get(code_path(session, name))
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"].startswith("attachment")
    assert owner.get(code_path(session, "card.pdf")).status_code == 404
    hubs.leave_hub(second)
    assert owner.get(code_path(second, "qr.svg")).status_code == 404
