"""A new event: who may make one, and what becomes of the form."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facepass.models import Role
from facepass.testing.factories import MembershipFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import member
from sessions_app.models import PhotoSession
from sessions_app.pixora import gateway

pytestmark = pytest.mark.django_db

NEW = "/admin/sessions_app/photosession/new/"
FORM = {"name": "Summer wedding", "day": "2026-08-29"}


@pytest.fixture
def staff(studio):
    return member(studio, Role.MANAGER)


def errors(answer):
    return answer.context["form"].errors


def test_an_event_has_its_name_day_and_studio_and_is_closed_unless_somebody_opens_it(staff, studio):
    answer = staff.post(NEW, FORM)
    event = PhotoSession.objects.get()
    assert answer.url == reverse("admin:sessions_app_photosession_event", args=[event.pk])
    assert (event.name, event.studio, event.facepass_enabled) == ("Summer wedding", studio, False)
    assert timezone.localdate(event.scheduled_at) == date(2026, 8, 29)
    assert LogEntry.objects.get().object_id == str(event.pk)
    staff.post(NEW, {**FORM, "is_open": "on"})
    assert PhotoSession.objects.filter(facepass_enabled=True).count() == 1


def test_the_form_says_what_open_means_and_offers_today(staff, settings):
    page = staff.get(NEW)
    content = page.content.decode()
    assert f'value="{timezone.localdate():%Y-%m-%d}"' in content
    assert "may then search for themselves by a selfie" in content
    assert settings.TIME_ZONE in content
    assert "studio" not in page.context["form"].fields


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"day": "no day"}, "day"), ({"day": "0001-01-01"}, "day")],
)
def test_what_can_not_be_kept_is_refused_with_its_field(fields, wrong, staff):
    assert list(errors(staff.post(NEW, {**FORM, **fields}))) == [wrong]
    assert not PhotoSession.objects.exists()


def test_who_works_for_several_studios_chooses_one_of_their_own(studio):
    user = MembershipFactory(studio=studio, role=Role.MANAGER).user
    second, foreign = StudioFactory(), StudioFactory()
    user.memberships.create(studio=second, role=Role.PHOTOGRAPHER)
    user.memberships.create(studio=foreign, role=Role.VIEWER)
    client = Client()
    client.force_login(user)
    assert list(errors(client.post(NEW, {**FORM, "studio": foreign.pk}))) == ["studio"]
    client.post(NEW, {**FORM, "studio": second.pk})
    assert PhotoSession.objects.get().studio == second


@pytest.mark.parametrize("role", Role)
def test_editors_make_events_and_others_do_not(role, studio, fake_engine):
    client = member(studio, role)
    is_editor = role in {Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER}
    assert client.get(NEW).status_code == (200 if is_editor else 403)
    assert client.post(NEW, FORM).status_code == (302 if is_editor else 403)
    assert (f'href="{NEW}"' in client.get(reverse("admin:index")).content.decode()) == is_editor


def test_a_visitor_signs_in_and_who_has_no_studio_is_refused(client):
    assert client.get(NEW).status_code == 302
    client.force_login(UserFactory())
    assert client.get(NEW).status_code == 403


def test_where_pixora_keeps_the_events_they_are_made_there(staff, monkeypatch, fake_engine):
    monkeypatch.setattr(gateway, "is_configured", lambda: True)
    assert staff.get(NEW).status_code == 404
    assert NEW not in staff.get(reverse("admin:index")).content.decode()
