"""Addresses of former programs lead to what took their place."""

import uuid

import pytest
from django.templatetags.static import static
from django.urls import reverse

SESSION = str(uuid.uuid4())


def test_the_former_script_leads_to_the_script_of_the_guests_page(client):
    answer = client.get("/static/js/face-search.js")
    assert (answer.status_code, answer["Location"]) == (302, static("facepass/guest.js"))


@pytest.mark.parametrize("name", ["session_id", "session", "id"])
def test_the_former_page_leads_to_the_guests_page_of_the_session_that_it_names(client, name):
    answer = client.get("/static/session/index.html", {name: SESSION})
    assert (answer.status_code, answer["Location"]) == (302, reverse("session-interface", args=[SESSION]))


@pytest.mark.parametrize("query", ["", "?session_id=", "?session_id=//evil.example", "?session_id=1"])
def test_without_a_session_it_leads_to_the_front_door(client, query):
    assert client.get(f"/static/session/index.html{query}")["Location"] == "/"


@pytest.mark.parametrize("path", ["/static/js/face-search.js", "/static/session/index.html"])
def test_nothing_is_written_there(client, path):
    assert client.post(path).status_code == 405
