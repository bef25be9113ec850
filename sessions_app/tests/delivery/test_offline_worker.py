"""The script that keeps what guests have seen: where it is served, and what answers tell it."""

import pytest
from django.test import Client

from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def named(response):
    return response.get("X-Guest"), response.get("X-Guests")


def test_the_worker_belongs_to_one_session_and_is_never_stale(client, session):
    response = client.get(f"/s/{session.code}/worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "no-store" in response["Cache-Control"]
    assert b"addEventListener" in response.content
    assert client.get("/s/nothing/worker.js").status_code == 404


def test_answers_name_the_guest_whose_they_are_and_who_is_on_the_device(session, photos):
    ann = device(session)
    me = str(ann.guest.pk)
    for part in ("", "photos/", "search/"):
        assert named(ann.get(f"/s/{session.code}/{part}", follow=True)) == (me, me)


def test_strangers_closed_sessions_and_who_left_are_named_nothing(session, photos):
    ann = device(session)
    assert named(Client().get(f"/s/{session.code}/")) == (None, None)
    with_rules(session, pin="2468")
    assert named(ann.get(f"/s/{session.code}/")) == (None, None)
    with_rules(session)
    ann.post(f"/s/{session.code}/done/")
    assert named(ann.get(f"/s/{session.code}/")) == (None, None)
