"""From a folder of photos to confirmed names, in the browser, with a real engine and an event whose truth is known."""

import json
import subprocess
import sys

import pytest
from django.urls import reverse

from facepass import asgi
from facepass.testing.event import MAKE_EVENT, NEEDS_EVENT, PEOPLE, add, readable, who_is_who
from facepass.testing.factories import GalleryFactory, MembershipFactory
from facepass.testing.pages.browser import in_thread, until
from facepass.testing.pages.photo_pages import open_grid, open_page, open_photo, row, shoot, summary
from galleries import tasks
from galleries.faces import grouping
from galleries.models import GalleryImage, Occasion, Person, PersonTemplate, PhotoFace
from galleries.models.face import FaceCategory
from galleries.photos import analysis
from recognition.engines import registry
from training.models import FaceTrainingSession

pytestmark = NEEDS_EVENT

EARLY, LATE = 9, 5


@pytest.fixture
def folder(tmp_path):
    """`early` and `late`, and `truth.json`."""
    size = ("--photos", str(EARLY + LATE), "--people", "6", "--strangers", "1", "--size", "1500x1000")
    subprocess.run([sys.executable, MAKE_EVENT, PEOPLE, tmp_path, *size], check=True, capture_output=True)
    for number, path in enumerate(sorted((tmp_path / "photos").iterdir())):
        part = tmp_path / ("early" if number < EARLY else "late")
        part.mkdir(exist_ok=True)
        path.rename(part / path.name)
    return tmp_path


def work_through(gallery):
    """What the workers do."""
    while photo := GalleryImage.objects.claim_next():
        analysis.analyse_photo(photo)
    return grouping.group_faces(Occasion.for_gallery(gallery))


def most_seen(names):
    """A guest, and two faces of theirs in different photos."""
    seen = {}
    for pk, name in names.items():
        seen.setdefault(name, []).append(PhotoFace.objects.select_related("photo").get(pk=pk))
    seen.pop(None, None)
    name = max(seen, key=lambda name: len({face.photo_id for face in seen[name]}))
    first = seen[name][0]
    return name, first, next(face for face in seen[name] if face.photo_id != first.photo_id)


def name_of(face):
    return PhotoFace.objects.get(pk=face.pk).person.real_name


def test_photos_are_uploaded_named_and_confirmed(folder, browser, serve, insightface_engine):
    gallery = GalleryFactory(title="The event")
    user = MembershipFactory(studio=gallery.studio).user
    truth = json.loads((folder / "truth.json").read_text())["photos"]
    server = serve(asgi.application)
    page = browser(user, viewport={"width": 1280, "height": 800})
    open_grid(page, server, gallery)
    page.set_input_files("[data-folder]", str(folder / "early"))
    summary(page, f"Done: {EARLY} added")
    with registry.use_engine(insightface_engine):
        in_thread(work_through, gallery)
        page.wait_for_selector(f'[data-filter="unnamed"] [data-count]:text-is("{EARLY}")')
        shoot(page, "journey-grid")

        name, first, second = in_thread(lambda: most_seen(who_is_who(gallery, truth)))
        open_photo(page, server, first.photo)
        assert page.locator(".fp-row[data-face]").count() == first.photo.faces.count()
        page.click(f'.fp-row[data-face="{first.pk}"]')
        page.keyboard.type(readable(name))
        page.wait_for_selector(f'[role=option]:has-text("{readable(name)}")')
        page.keyboard.press("Enter")
        row(page, first, "verified")
        shoot(page, "journey-photo")

        open_photo(page, server, second.photo)
        page.click(f'.fp-row[data-face="{second.pk}"]')
        page.wait_for_selector(f'[role=option]:has-text("{readable(name)}")')
        page.keyboard.press("Shift+Enter")
        row(page, second, "verified")
        assert in_thread(name_of, second) == readable(name), "the engine offered who it is"

        group = in_thread(lambda: PhotoFace.objects.filter(cluster__faces=second))
        until(lambda: group.exclude(person__real_name=readable(name), verified=True).count(), 0)

        open_grid(page, server, gallery)
        page.set_input_files("[data-folder]", str(folder / "late"))
        summary(page, f"Done: {LATE} added")
        in_thread(work_through, gallery)
        waiting = in_thread(lambda: PhotoFace.objects.proposed().count())
        assert waiting, "faces that joined the group that was named"
        page.goto(f"{server.address}{reverse('admin:galleries_photoface_verify')}?of={gallery.pk}")
        page.wait_for_selector(f'[data-left="{waiting}"]')
        shoot(page, "journey-verify")
        page.wait_for_selector(f'[data-foot] [data-count]:text-is("{waiting}")')
        page.keyboard.press("a")
        until(lambda: PhotoFace.objects.proposed().count(), 0)
        right = in_thread(lambda: who_is_who(gallery, truth))
        named = in_thread(lambda: list(PhotoFace.objects.filter(verified=True).values_list("pk", flat=True)))
        assert {right[str(pk)] for pk in named} == {name}


def named_event(gallery, folder):
    """Everything that comes before; its guests, the one most seen first."""
    truth = json.loads((folder / "truth.json").read_text())["photos"]
    for path in sorted(path for path in folder.glob("*/*.jpg") if path.name in truth):
        add(gallery, path)
    work_through(gallery)
    for pk, name in who_is_who(gallery, truth).items():
        if name:
            person, _made = Person.objects.get_or_create(studio=gallery.studio, real_name=readable(name))
            known = {"person": person, "verified": True, "face_category": FaceCategory.KNOWN}
            PhotoFace.objects.filter(pk=pk).update(**known)
    return sorted(Person.objects.filter(studio=gallery.studio), key=lambda person: -person.faces.count())


def test_a_picture_of_somebody_else_is_noticed_and_a_training_learns_the_guests(
    folder,
    browser,
    serve,
    insightface_engine,
):
    gallery = GalleryFactory(title="The event")
    user = MembershipFactory(studio=gallery.studio).user
    server = serve(asgi.application)
    with registry.use_engine(insightface_engine):
        one, other, *_rest = in_thread(named_event, gallery, folder)
        page = browser(user, viewport={"width": 1280, "height": 900})
        open_page(page, server, "person_change", one.pk)
        shoot(page, "journey-person")
        picture = sorted(PEOPLE.glob(f"{other.real_name.replace(' ', '_')}_*.jpg"))[-1]
        page.set_input_files("[data-enrol]", str(picture))
        page.wait_for_selector(f'[data-conflict-text]:has-text("{other.real_name}")')
        page.locator("[data-conflict-drop]").click()
        until(lambda: GalleryImage.objects.filter(subject=one).count(), 0)

        page.goto(server.address + reverse("admin:training_facetrainingsession_changelist"))
        page.get_by_role("button", name="Start a training").click()
        page.wait_for_selector("[data-training]")
        in_thread(lambda: tasks.run_job(str(FaceTrainingSession.objects.get().job_id)))
        page.wait_for_selector("[data-training]", state="detached")
        page.locator("#result_list tbody a").first.click()
        page.get_by_text(", completed").first.wait_for()
        shoot(page, "journey-training")
        learnt = in_thread(lambda: PersonTemplate.objects.values("person").distinct().count())
        assert learnt > 2, "of six; who is in few photos, or held out, is not learnt"
