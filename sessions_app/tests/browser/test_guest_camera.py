"""What a page's camera sends: frames for live hints, and the frames of a challenge."""

from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from facepass.testing.pages.guests import address, agree, search, text, with_rules
from facepass.testing.pictures.fake import picture_of
from galleries.matching import liveness
from galleries.models import LivenessChallenge
from recognition.liveness import active
from recognition.types import Box, DetectedFace
from sessions_app.guest.domain import selfie_advice


def frame(people, **how):
    return SimpleUploadedFile("frame.jpg", picture_of(people, **how))


def look(client, session, people=("ann",), **how):
    return client.post(address(session, "look/"), {"selfie": frame(people, **how)})


# live hints


@pytest.mark.parametrize(
    ("people", "side", "hint"),
    [([], 0, "no-face"), (["ann"], 300, ""), (["ann"], 40, "far"), (["ann", "bob"], 250, "several")],
)
def test_a_frame_is_answered_with_what_to_change(client, party, people, side, hint):
    agree(client, party)
    assert look(client, party, people, **({"side": side} if side else {})).json() == {"hint": hint}


def test_a_face_that_fills_the_picture_is_too_near():
    face = DetectedFace(Box(0, 0, 90, 98), np.zeros((5, 2), np.float32), 0.9)
    assert selfie_advice.hint_for_faces(np.zeros((100, 120, 3), np.uint8), [face]) == "near"


def test_frames_want_the_consent_the_pin_and_an_open_session(client, party):
    refused = look(client, party)
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "consent_required"
    with_rules(party, pin="2468")
    assert look(client, party).json()["error"]["code"] == "pin_required"
    with_rules(party, expires_at=timezone.now())
    assert look(client, party).json()["error"]["code"] == "session_expired"
    assert client.post("/s/nosuchco/look/").status_code == 404
    assert client.get(address(party, "look/")).status_code == 405


def test_frames_need_the_token_of_the_page(party):
    client = Client(enforce_csrf_checks=True)
    assert look(client, party).status_code == 403


def test_frames_are_looked_at_about_once_a_second(client, party, settings):
    settings.RATE_LIMITS = {"guest_look": (1, 2)}
    agree(client, party)
    assert [look(client, party).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(("data", "status"), [(b"", 415), (b"no picture", 415), (bytes(300_000), 413)])
def test_what_is_no_frame_is_refused(client, party, data, status):
    agree(client, party)
    sent = {"selfie": SimpleUploadedFile("frame.jpg", data)}
    assert client.post(address(party, "look/"), sent).status_code == status


def test_no_descriptor_is_made_of_a_frame(client, party, monkeypatch):
    agree(client, party)
    monkeypatch.setattr("recognition.engines.fake.FakeEngine.embed", lambda *_args: pytest.fail("it was described"))
    assert look(client, party).status_code == 200


# the challenge


@pytest.fixture
def challenged(party):
    with_rules(party, challenge=True)
    return party


@pytest.fixture
def asked(challenged, client, monkeypatch):
    """A guest who has a challenge; what the frames show is judged by the tests of `recognition.liveness.active`."""
    agree(client, challenged)
    monkeypatch.setattr(
        active, "find_liveness_problems", lambda steps, frames, _scores: [] if len(frames) == 5 else ["steps_not_done"]
    )
    return token(client, challenged)


def token(client, session):
    page = client.post(address(session, "challenge/"))
    return page.context["challenge"].token


def answer(client, session, told, *, frames=4, people=("ann",)):
    pictures = [frame(people) for _number in range(frames)]
    return search(client, session, list(people), challenge=told, frames=pictures)


def test_a_search_wants_the_challenge_first(client, challenged):
    agree(client, challenged)
    response = search(client, challenged, ["ann"])
    assert response.status_code == 403
    assert "First show that it is you" in text(response)
    assert "data-searched" not in text(response)


def test_the_frames_and_the_selfie_are_judged_together_and_then_searched_with(client, challenged, asked):
    assert "You are in 2 photos" in text(answer(client, challenged, asked))


def test_the_steps_are_on_the_page_also_without_scripts(client, challenged):
    agree(client, challenged)
    response = client.post(address(challenged, "challenge/"))
    assert len(response.context["challenge"].steps) == active.STEPS
    assert text(response).count('name="frames"') == active.STEPS + 1
    assert 'name="selfie"' in text(response)


def test_a_challenge_is_good_once(client, challenged, asked):
    answer(client, challenged, asked)
    response = answer(client, challenged, asked)
    assert response.status_code == 409
    assert "Begin again" in text(response)


def test_a_challenge_is_good_for_two_minutes(client, challenged, asked):
    LivenessChallenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert answer(client, challenged, asked).status_code == 409


def test_the_challenge_of_another_guest_is_none(challenged, asked):
    other = Client()
    agree(other, challenged)
    response = answer(other, challenged, asked)
    assert response.status_code == 403
    assert "First show that it is you" in text(response)
    assert LivenessChallenge.objects.get().used_at is None


@pytest.mark.parametrize("made_up", ["", "x", "W10:1:x", "eyJhIjoxfQ:1vL:x"])
def test_a_token_that_was_made_up_is_none(client, challenged, asked, made_up):
    assert answer(client, challenged, made_up).status_code == 403


@pytest.mark.parametrize("frames", [0, 2, liveness.MAX_FRAMES])
def test_too_few_and_too_many_frames_are_refused(client, challenged, asked, frames):
    assert answer(client, challenged, asked, frames=frames).status_code == 403
    assert LivenessChallenge.objects.get().used_at is None


def test_what_does_not_live_is_not_searched_with(client, challenged, asked):
    response = answer(client, challenged, asked, frames=3)
    assert response.status_code == 403
    assert "We could not confirm that it is you" in text(response)
    assert "data-searched" not in text(response)


def test_a_selfie_of_somebody_else_does_not_pass(client, challenged):
    """By the real judgement: still pictures of one person, and another one's selfie."""
    agree(client, challenged)
    pictures = [frame(["bob"]) for _number in range(4)]
    response = search(client, challenged, ["ann"], challenge=token(client, challenged), frames=pictures)
    assert response.status_code == 403
    assert "data-searched" not in text(response)


def test_without_consent_there_is_no_challenge(client, challenged):
    assert client.post(address(challenged, "challenge/")).status_code == 403
    assert not LivenessChallenge.objects.exists()


def test_a_session_without_a_challenge_takes_the_selfie_alone(client, party):
    agree(client, party)
    assert "You are in 2 photos" in text(search(client, party, ["ann"]))
