"""The contact sheet of proposed names in a browser: how many keys it takes, and that nothing is confirmed unseen."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from facepass import asgi
from facepass.testing.factories import (
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    ModelVersionFactory,
    PersonFactory,
    PhotoFactory,
    descriptor,
    near,
)
from facepass.testing.pages.browser import in_thread, until, wait_until_true
from facepass.testing.pages.naming import ON_SCREEN, at_rest
from facepass.testing.pages.photo_pages import SHOTS, open_page, shoot
from facepass.testing.pictures.fake import picture_of
from galleries.models import FaceDecision, PhotoFace
from galleries.models.photo import PhotoState
from galleries.photos import media_files
from recognition.engines import registry
from recognition.engines.fake import FakeEngine

# How many proposed faces each person has: 1,301 of 90 people, as uneven as guests of an event are.
SIZES = [48 - 3 * place // 2 if place < 30 else 9 - place // 20 for place in range(89)]
NAMES, MOST_KEYS = 1301, 120
WRONG = 13


@pytest.fixture(autouse=True)
def engine():
    with registry.use_engine(FakeEngine()):
        yield


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def sign_in(gallery, browser):
    return lambda **options: browser(in_thread(lambda: MembershipFactory(studio=gallery.studio).user), **options)


def new_photo(gallery):
    photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False)
    default_storage.save(media_files.storage_name(photo, "preview"), ContentFile(picture_of(["ann"], size=(320, 240))))
    return photo


def propose(gallery, sizes, *, wrong=0):
    """Propose people of these sizes, each with a confirmed face; return the ids of the `wrong` faces."""
    photos, version = [new_photo(gallery) for _ in range(14)], ModelVersionFactory()
    faces = []
    for seed, size in enumerate(sizes):
        person = PersonFactory(studio=gallery.studio)
        for place in range(size + 1):
            looks = near(descriptor(seed), seed=10_000 + seed, cosine=0.9)
            shared = {"person": person, "model_version": version, "insightface_descriptor": looks, "gallery": gallery}
            given = {"verified": place == size, "recognition_confidence": 0.7, "face_category": "known"}
            faces.append(FaceFactory.build(photo=photos[place % len(photos)], **shared, **given))
    strays = [face for face in faces if not face.verified][:: len(faces) // wrong][:wrong] if wrong else []
    for face in strays:
        face.insightface_descriptor = descriptor(99_999)
    PhotoFace.objects.bulk_create(faces)
    return {str(face.pk) for face in strays}


def confirmed():
    rows = FaceDecision.objects.filter(kind="confirm").values_list("before", flat=True)
    return {face for before in rows for face in before["faces"]}


def test_1301_names_take_at_most_120_keys_and_clicks_and_none_is_confirmed_unseen(sign_in, serve, gallery):
    sizes = [*SIZES, NAMES - sum(SIZES)]
    wrong = in_thread(lambda: propose(gallery, sizes, wrong=WRONG))
    page = sign_in(viewport={"width": 1366, "height": 768})
    open_page(page, serve(asgi.application), "photoface_verify", query=f"?of={gallery.pk}")
    page.wait_for_selector(f'[data-left="{NAMES}"]')
    seen, counts = set(), Counter()
    while not page.locator(".fp-empty").count():
        at_rest(page)
        shoot(page, f"contact-sheet-{counts['keys']}")
        on_screen = set(page.evaluate(ON_SCREEN))
        seen |= on_screen
        for face in on_screen & wrong:
            # Marked, so that somebody who looks sees it.
            assert "fp-unlike" in page.locator(f'[data-face="{face}"]').get_attribute("class")
            page.locator(f'[data-face="{face}"]').click()
            counts["clicks"] += 1
        page.keyboard.press("a")
        counts["keys"] += 1
        assert counts.total() <= MOST_KEYS, counts
        page.wait_for_selector("[data-contact-sheet][aria-busy=false]")
    assert in_thread(lambda: PhotoFace.objects.proposed().count()) == 0
    assert len(in_thread(confirmed)) == NAMES - WRONG
    assert in_thread(confirmed) <= seen, "every one of them was on the screen before"
    denied = in_thread(lambda: set(map(str, PhotoFace.objects.filter(person=None).values_list("pk", flat=True))))
    assert denied == wrong
    note(f"{NAMES} names of {len(sizes)} people: {counts['keys']} keys, {counts['clicks']} clicks")


def note(figures):
    if SHOTS:
        (Path(SHOTS) / "contact-sheet.txt").write_text(figures)


def test_a_key_confirms_of_one_person_what_was_on_the_screen_and_goes_on(sign_in, serve, gallery):
    in_thread(lambda: propose(gallery, [80, 2]))
    page = sign_in(viewport={"width": 820, "height": 700})
    open_page(page, serve(asgi.application), "photoface_verify")
    at_rest(page)
    on_screen = set(page.evaluate(ON_SCREEN))
    assert 0 < len(on_screen) < 80
    assert page.locator(".fp-current [data-count]").inner_text() == f"{len(on_screen)} / 80"
    page.keyboard.press("Enter")
    until(confirmed, on_screen)
    at_rest(page)
    page.keyboard.press("s")
    page.wait_for_selector('[data-left]:has-text("1 skipped")')
    at_rest(page)
    page.keyboard.press("y")
    until(lambda: len(confirmed()), len(on_screen) + 2)
    page.keyboard.press("u")
    wait_until_true(page, "document.querySelectorAll('.fp-current [data-face]').length === 2")


def test_a_face_is_crossed_out_by_keys_too_and_a_picture_that_does_not_load_is_not_confirmed(sign_in, serve, gallery):
    in_thread(lambda: propose(gallery, [3]))
    blank = in_thread(lambda: blank_face(gallery))
    page = sign_in(viewport={"width": 1366, "height": 768})
    open_page(page, serve(asgi.application), "photoface_verify")
    at_rest(page)
    crossed = page.locator("[data-face]").first.get_attribute("data-face")
    for key in ("ArrowRight", "Space", "Enter"):
        page.keyboard.press(key)
    until(lambda: [str(pk) for pk in PhotoFace.objects.filter(person=None).values_list("pk", flat=True)], [crossed])
    until(lambda: len(confirmed()), 2)
    page.wait_for_selector('[data-left="1"]')
    page.keyboard.press("a")
    page.wait_for_selector("[data-notice].fp-bad")
    assert in_thread(lambda: PhotoFace.objects.get(pk=blank).verified) is False


def blank_face(gallery):
    """A proposed face of the same person whose photo has no picture to show."""
    person = PhotoFace.objects.filter(verified=True).get().person
    return FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), person=person, face_category="known").pk
