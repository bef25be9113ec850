"""To be left out of an event that asks for a living person: nobody is taken out by a picture that somebody else has."""

import pytest

from facepass.testing.pages.guest_browser import button
from facepass.testing.pages.guests import with_rules
from facepass.testing.pages.visitors import device, selfie, text
from galleries.models import LivenessChallenge, PhotoFace
from recognition.liveness import active
from sessions_app.guest.domain import guest_search
from sessions_app.models import Guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def challenged(session, photos):
    with_rules(session, challenge=True)
    return session


@pytest.fixture
def frames_pass(monkeypatch):
    """What frames show is judged by the tests of `recognition.liveness.active`: here it is their number alone."""

    def judge(_steps, frames, _scores):
        return [] if len(frames) == active.STEPS + 2 else ["steps_not_done"]

    monkeypatch.setattr(active, "find_liveness_problems", judge)


def url(session):
    return f"/s/{session.code}/leave-out/"


def token_for(client, session):
    return client.post(f"/s/{session.code}/challenge/").context["challenge"].token


def leave(client, session, told="", *, frames=active.STEPS + 1, people=("ann",)):
    pictures = [selfie(list(people)) for _number in range(frames)]
    sent = {"selfie": selfie(list(people)), "frames": pictures, "challenge": told, "agreed": "on"}
    return client.post(url(session), sent)


def test_a_picture_of_somebody_is_not_enough(challenged, frames_pass):
    stranger = device(challenged)
    answer = stranger.post(url(challenged), {"selfie": selfie(["ann"]), "agreed": "on"})
    assert answer.status_code == 403
    assert "First show that it is you" in text(answer)
    assert PhotoFace.objects.count() == 4
    assert Guest.objects.filter(pk=stranger.guest.pk).exists()


def test_who_does_what_is_asked_before_the_camera_is_left_out(challenged, frames_pass):
    guest = device(challenged)
    page = text(guest.get(url(challenged)))
    assert "show first that it is really you" in page
    answer = leave(guest, challenged, token_for(guest, challenged))
    assert "Your face was deleted from 2 photos" in text(answer)
    assert PhotoFace.objects.count() == 2
    assert not Guest.objects.filter(pk=guest.guest.pk).exists()


@pytest.mark.parametrize("wrong", ["too few frames", "of another guest", "used", "made up"])
def test_no_other_proof_will_do(wrong, challenged, frames_pass):
    guest, other = device(challenged), device(challenged)
    told = {"made up": "nonsense", "of another guest": token_for(other, challenged)}.get(wrong)
    told = told or token_for(guest, challenged)
    if wrong == "used":
        LivenessChallenge.objects.use(LivenessChallenge.objects.latest("expires_at").pk)
    answer = leave(guest, challenged, told, frames=3 if wrong == "too few frames" else active.STEPS + 1)
    assert answer.status_code in (403, 409)
    assert PhotoFace.objects.count() == 4


def test_frames_of_oneself_and_a_picture_of_somebody_else_do_not_pass(challenged):
    guest = device(challenged)
    pictures = [selfie(["bob"]) for _number in range(active.STEPS + 1)]
    sent = {"selfie": selfie(["ann"]), "frames": pictures, "challenge": token_for(guest, challenged), "agreed": "on"}
    assert guest.post(url(challenged), sent).status_code == 403
    assert PhotoFace.objects.count() == 4


def test_the_steps_are_done_with_pictures_where_there_is_no_script(challenged, frames_pass):
    guest = device(challenged)
    steps = guest.post(url(challenged), {"begin": "1"})
    assert text(steps).count('name="frames"') == active.STEPS + 1
    assert 'name="selfie"' in text(steps)
    answer = leave(guest, challenged, steps.context["challenge"].token)
    assert "Your face was deleted from 2 photos" in text(answer)


def test_where_the_bar_is_raised_the_page_takes_the_challenge_too(session, photos, frames_pass, monkeypatch):
    guest = device(session)
    monkeypatch.setattr(guest_search, "is_bar_raised", lambda *_args, **_kwargs: True)
    assert guest.post(url(session), {"selfie": selfie(["ann"]), "agreed": "on"}).status_code == 403
    assert "Your face was deleted from 2 photos" in text(leave(guest, session, token_for(guest, session)))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_camera_leads_through_the_steps_and_then_the_form_is_complete(visit, launch_party, monkeypatch):
    monkeypatch.setattr(active, "find_liveness_problems", lambda *_args: [])
    with_rules(launch_party, challenge=True)
    page = visit()
    page.goto(page.url.partition("#")[0] + "leave-out/")
    button(page, "Take a selfie").click()
    button(page, "Begin").click()
    page.locator(".booth[data-state=shot]").wait_for(timeout=120_000)
    page.get_by_label("I am the person in the selfie").check()
    button(page, "Leave me out").click()
    page.locator("[data-left-out]").get_by_text("Your face was deleted from 2 photos").wait_for()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_a_camera_the_page_leads_to_the_steps_with_pictures(visit, launch_party):
    with_rules(launch_party, challenge=True)
    page = visit(allowed=False)
    page.goto(page.url.partition("#")[0] + "leave-out/")
    button(page, "Take a selfie").click()
    page.get_by_role("alert").get_by_text("The camera is switched off").wait_for()
    button(page, "Begin").click()
    page.get_by_text("Take one picture for each step").wait_for()
    assert page.locator("input[name=frames]").count() == active.STEPS + 1
