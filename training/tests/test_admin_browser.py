"""The training page in a real browser: started with a click, followed while it runs, taken back after a question."""

import os

import pytest
from django.urls import reverse

from facepass import asgi
from facepass.testing.factories import GalleryFactory, MembershipFactory
from facepass.testing.pages.browser import in_thread
from facepass.testing.trainings import crowd, unknown_face
from galleries import tasks
from galleries.models import Job, TemplateSet
from training.models import FaceTrainingSession

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def page(browser, gallery):
    return browser(MembershipFactory(studio=gallery.studio).user)


@pytest.fixture
def studio(gallery):
    crowd(gallery.studio)
    unknown_face(gallery.studio, 1)
    return gallery.studio


def shoot(page, name):
    """For whoever wants to look: FACEPASS_SCREENSHOTS names a folder."""
    if folder := os.environ.get("FACEPASS_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/training-{name}.png", full_page=True)


def run_the_job():
    session = FaceTrainingSession.objects.get()
    tasks.run_job(str(session.job_id))


def run_names_job():
    tasks.run_job(str(Job.objects.unfinished().get().pk))


def test_a_training_from_the_start_to_taking_it_back(studio, page, serve):
    server = serve(asgi.application)
    page.goto(server.address + reverse("admin:training_facetrainingsession_changelist"))
    shoot(page, "before")
    page.get_by_role("button", name="Start a training").click()
    page.wait_for_selector("[data-training]")
    shoot(page, "running")
    in_thread(run_the_job)
    page.wait_for_selector("[data-training]", state="detached")
    shoot(page, "history")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_selector("text=Accuracy")
    shoot(page, "result")
    assert "1 of 1 names" in page.locator("[data-changes]").inner_text()
    page.get_by_role("link", name="See the names that would change").click()
    shoot(page, "names")
    page.get_by_role("button", name="Change these names").click()
    page.wait_for_selector("[data-training]")
    in_thread(run_names_job)
    page.wait_for_selector("[data-training]", state="detached")
    assert "Names changed: 1." in page.locator("[data-changes]").inner_text()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("link", name="Roll back to the previous version").click()
    shoot(page, "question")
    page.get_by_role("button", name="Roll back to the previous version").click()
    page.wait_for_selector("text=Use this version")
    found = []
    in_thread(lambda: found.append(TemplateSet.objects.get().active))
    assert found == [False]


def test_a_threshold_is_tried(studio, page, serve):
    server = serve(asgi.application)
    page.goto(server.address + reverse("admin:training_settings"))
    page.locator("input[name=assign]").fill("0.95")
    page.get_by_role("button", name="Preview the changes").click()
    page.wait_for_selector("[data-tried]")
    shoot(page, "settings")
    assert "1 of 1 names would be given differently" in page.locator("[data-tried]").inner_text()
