"""Naming and confirming faces in a real browser: by keyboard, and with a colleague at it in another browser."""

import pytest
from django.core.asgi import get_asgi_application
from django.core.files.base import ContentFile
from django.urls import reverse

from facepass import asgi
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    descriptor,
)
from facepass.testing.pages.browser import in_thread, until, wait_until_true
from facepass.testing.pages.photo_pages import open_page, shoot
from facepass.testing.pictures.fake import picture_of
from galleries.faces import decisions
from galleries.matching import probe
from galleries.models import FaceCluster, FaceDecision, GalleryImage, Person, PhotoFace
from galleries.models.photo import PhotoState
from recognition.engines import registry
from recognition.engines.fake import FakeEngine


@pytest.fixture(autouse=True)
def engine():
    with registry.use_engine(FakeEngine()):
        yield


@pytest.fixture
def gallery():
    return GalleryFactory()


@pytest.fixture
def group(gallery):
    def make(faces, *, seed, **fields):
        return in_thread(lambda: made(faces, seed, fields))

    def made(faces, seed, fields):
        found = ClusterFactory(studio=gallery.studio, gallery=gallery, **fields)
        for _ in range(faces):
            photo = PhotoFactory(gallery=gallery, state=PhotoState.PROCESSED, stored=False)
            FaceFactory(photo=photo, cluster=found, insightface_descriptor=descriptor(seed), **fields)
        found.refresh_from_db()
        return found

    return make


@pytest.fixture
def sign_in(gallery, browser):
    """Pages of different members of the studio, each in a browser of its own."""
    return lambda **options: browser(in_thread(lambda: MembershipFactory(studio=gallery.studio).user), **options)


def known(gallery, name, *, seed):
    person = PersonFactory(studio=gallery.studio, real_name=name)
    FaceFactory(person=person, verified=True, insightface_descriptor=descriptor(seed))
    return person


def doubts():
    """Faces of which the model is more and more certain; the id of the least certain one."""
    ids = list(PhotoFace.objects.order_by("pk").values_list("pk", flat=True))
    for place, pk in enumerate(ids):
        PhotoFace.objects.filter(pk=pk).update(recognition_confidence=0.5 + place / 10)
    return ids[0]


def names():
    return sorted(str(person) for person in Person.objects.filter(faces__verified=True).distinct())


def test_a_group_is_named_by_its_name_and_enter_and_the_next_one_is_current(sign_in, serve, gallery, group):
    group(3, seed=1), group(2, seed=2)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    page.keyboard.type("Bob")
    page.keyboard.press("Enter")
    until(names, ["Ann", "Bob"])
    page.wait_for_selector(".fp-empty")
    page.keyboard.press("u")
    page.wait_for_selector(".fp-current")
    until(names, ["Ann"])
    assert page.locator(".fp-history .fp-undone").count() == 1


def test_enter_names_one_group_and_takes_no_suggestion_for_the_next(sign_in, serve, gallery, group):
    in_thread(lambda: known(gallery, "Ann", seed=2))
    group(3, seed=1), group(2, seed=2)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("[data-person]")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("Bob")
    page.keyboard.press("Enter")
    page.wait_for_selector(".fp-current [data-person]")
    page.wait_for_selector("[data-groups][aria-busy=false]")
    assert in_thread(FaceDecision.objects.count) == 1


def test_the_first_suggestion_is_one_key(sign_in, serve, gallery, group):
    in_thread(lambda: known(gallery, "Ann", seed=1))
    one = group(3, seed=1)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.wait_for_selector("[data-person]")
    page.keyboard.press("Enter")
    until(lambda: str(FaceCluster.objects.get(pk=one.pk)), "Ann")


def test_a_known_person_is_chosen_from_the_list(sign_in, serve, gallery, group):
    annabel = in_thread(lambda: PersonFactory(studio=gallery.studio, real_name="Annabel Lee"))
    one = group(3, seed=1)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.type("anna")
    page.wait_for_selector('[role="option"]:has-text("Annabel Lee")')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(lambda: FaceCluster.objects.get(pk=one.pk).person_id, annabel.pk)
    assert in_thread(Person.objects.count) == 1


def test_faces_are_split_off_and_a_group_is_hidden_by_letters(sign_in, serve, gallery, group):
    one = group(4, seed=1)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    for key in ("Escape", "ArrowRight", "Space", "ArrowRight", "Space", "s"):
        page.keyboard.press(key)
    until(lambda: sorted(FaceCluster.objects.shown().values_list("size", flat=True)), [2, 2])
    wait_until_true(page, "document.querySelectorAll('[data-card]').length === 2")
    for key, kind in (("h", "hide"), ("r", "reject")):
        page.keyboard.press(key)
        until(lambda: FaceCluster.objects.filter(rejected=True).count(), 1)
        until(lambda kind=kind: FaceDecision.objects.standing().filter(kind=kind).count(), 1)
        page.keyboard.press("u")
        wait_until_true(page, "document.querySelectorAll('[data-card]').length === 2")
    page.keyboard.press("u")
    until(lambda: list(FaceCluster.objects.shown().values_list("pk", flat=True)), [one.pk])


def test_by_mouse_groups_are_merged_and_faces_split_off_from_a_bar(sign_in, serve, gallery, group):
    one = group(4, seed=1)
    group(3, seed=2), group(2, seed=3)
    page = sign_in(viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True)
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.locator('[data-do="split"]').first.tap()
    page.wait_for_selector('[data-notice]:has-text("Click the faces of this group")')
    assert page.locator("[data-ticked]").is_hidden()
    for place in (1, 2):
        page.locator("[data-mark]").nth(place).tap()
    shoot(page, "groups-ticked")
    page.locator('[data-tick="merge"]').tap()
    until(lambda: sorted(FaceCluster.objects.shown().values_list("size", flat=True)), [4, 5])
    assert page.locator("[data-ticked]").is_hidden()
    wait_until_true(page, "document.querySelectorAll('[data-mark]').length === 2")
    card = page.locator(f'[data-card][data-id="{one.pk}"]')
    card.locator("[data-face]").first.tap()
    assert page.locator('[data-tick="merge"]').is_hidden()
    page.locator('[data-tick="split"]').tap()
    until(lambda: sorted(FaceCluster.objects.shown().values_list("size", flat=True)), [1, 3, 5])
    wait_until_true(page, "document.querySelectorAll('[data-mark]').length === 3")
    for place in (0, 1):
        page.locator("[data-mark]").nth(place).tap()
    page.locator("[data-ticked-name]").fill("Ann")
    page.keyboard.press("Enter")
    until(names, ["Ann"])
    until(lambda: PhotoFace.objects.filter(verified=True).count(), 8)
    page.locator("[data-face]").first.tap()
    page.locator('[data-tick="hide"]').tap()
    until(lambda: PhotoFace.objects.filter(face_category="ignored").count(), 1)
    until(lambda: FaceDecision.objects.filter(kind="hide").count(), 1)


def test_letters_work_with_a_russian_keyboard(sign_in, serve, gallery, group):
    group(2, seed=1)
    page = sign_in(locale="ru-RU")
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.press("Escape")
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'к', code: 'KeyR', bubbles: true}))"
    )
    until(lambda: FaceCluster.objects.filter(rejected=True).count(), 1)


def test_what_is_typed_stays_when_a_colleague_changes_the_same_group(sign_in, serve, gallery, group):
    one = group(4, seed=1)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.type("An")
    in_thread(lambda: decisions.split(list(one.faces.all()[:1]), by=None))
    page.wait_for_selector(".fp-current:has-text('3 faces')")
    page.keyboard.type("n")
    page.keyboard.press("Enter")
    until(lambda: str(FaceCluster.objects.get(pk=one.pk)), "Ann")


def test_the_keys_are_told_on_a_question_mark(sign_in, serve, gallery, group):
    group(2, seed=1)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_of", gallery.pk)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("dialog[open] kbd").count() > 10
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_two_groups_side_by_side_are_the_same_or_not(sign_in, serve, gallery, group):
    for seed in (1, 1, 2, 2):
        group(2, seed=seed)
    page = sign_in()
    open_page(page, serve(asgi.application), "facecluster_pairs", gallery.pk)
    page.keyboard.press("s")
    until(lambda: FaceDecision.objects.filter(kind="merge").count(), 1)
    page.keyboard.press("n")
    page.wait_for_selector(".fp-empty")
    until(lambda: FaceDecision.objects.filter(kind="apart").count(), 1)
    assert in_thread(FaceCluster.objects.shown().count) == 3


def test_proposed_names_are_answered_with_a_key_each(sign_in, serve, gallery, group):
    ann = in_thread(lambda: PersonFactory(studio=gallery.studio, real_name="Ann"))
    group(4, seed=1, person=ann)
    doubtful = in_thread(doubts)
    page = sign_in()
    open_page(page, serve(asgi.application), "photoface_doubts", query=f"?of={gallery.pk}")
    page.keyboard.press("n")
    until(lambda: PhotoFace.objects.get(pk=doubtful).person, None)
    page.keyboard.press("y")
    until(lambda: PhotoFace.objects.filter(verified=True).count(), 1)
    page.keyboard.press("Space")
    page.wait_for_selector('[data-left="2"]:has-text("1 skipped")')
    page.keyboard.press("Enter")
    until(lambda: PhotoFace.objects.filter(verified=True).count(), 2)
    page.keyboard.press("u")
    until(lambda: PhotoFace.objects.filter(verified=True).count(), 1)
    assert in_thread(lambda: PhotoFace.objects.filter(verified=True, recognition_confidence=None).count()) == 0


def test_two_people_are_merged_after_a_look_and_part_again(sign_in, serve, gallery):
    ann = in_thread(lambda: known(gallery, "Ann", seed=1))
    in_thread(lambda: known(gallery, "Anna-Maria", seed=2))
    page = sign_in()
    open_page(page, serve(asgi.application), "person_change", ann.pk)
    page.locator("[data-other]").click()
    page.keyboard.type("maria")
    page.wait_for_selector('[role="option"]')
    page.keyboard.press("Enter")
    page.locator(".fp-moves").wait_for()
    page.locator(".fp-answer .fp-main").click()
    until(lambda: list(Person.objects.values_list("real_name", flat=True)), ["Ann"])
    page.locator(".fp-history [data-undo]").click()
    until(Person.objects.count, 2)
    page.locator("[data-best]").click()
    until(lambda: bool(Person.objects.get(pk=ann.pk).avatar_url), True)


def test_a_picture_that_looks_like_somebody_else_is_asked_about(sign_in, serve, gallery):
    ann, bob = in_thread(lambda: known(gallery, "Ann", seed=1)), in_thread(lambda: known(gallery, "Bob", seed=2))
    picture = picture_of(["bob"], size=(320, 240), seed=1)
    like_the_picture = {"insightface_descriptor": in_thread(lambda: described(picture))}
    in_thread(lambda: PhotoFace.objects.filter(person=bob).update(**like_the_picture))
    page = sign_in()
    open_page(page, serve(asgi.application), "person_change", ann.pk)
    page.set_viewport_size({"width": 1366, "height": 768})
    for answer, kept in (("drop", 0), ("sure", 1)):
        page.set_input_files("[data-enrol]", {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": picture})
        page.wait_for_selector('[data-conflict-text]:has-text("Bob")')
        assert page.locator("[data-other]").input_value() == "", "the file's name is nobody's name"
        page.locator(f"[data-conflict-{answer}]").click()
        until(lambda: GalleryImage.objects.filter(subject=ann).count(), kept)


def test_what_a_decision_said_goes_when_it_is_undone_and_no_bar_covers_a_notice(sign_in, serve, gallery):
    ann, bob = in_thread(lambda: known(gallery, "Ann", seed=1)), in_thread(lambda: known(gallery, "Bob", seed=2))
    page = sign_in(viewport={"width": 1366, "height": 768})
    page.goto(
        serve(asgi.application).address + reverse("admin:galleries_person_merge", args=[ann.pk]) + f"?other={bob.pk}"
    )
    page.locator(".fp-answer .fp-main").click()
    page.wait_for_selector('[data-message]:has-text("Bob is Ann now.")')
    page.locator(".fp-history [data-undo]").click()
    page.wait_for_selector("[data-message]", state="detached")
    notice = page.locator("[data-notice]:visible").bounding_box()
    assert notice["y"] + notice["height"] <= page.locator("#submit-row").bounding_box()["y"]


def described(picture):
    return probe.describe_subject(probe.read_picture(ContentFile(picture, name="face.jpg"))).descriptor


def test_what_one_does_the_other_sees(sign_in, serve, gallery, group):
    group(3, seed=1), group(2, seed=2)
    server = serve(asgi.application)
    mine, theirs = sign_in(), sign_in()
    for page in (mine, theirs):
        open_page(page, server, "facecluster_of", gallery.pk)
    theirs.locator("[data-name]").nth(1).click()
    theirs.keyboard.type("Bo")
    seen = "document.querySelectorAll('[data-card]').length === {}"
    mine.keyboard.type("Ann")
    mine.keyboard.press("Enter")
    wait_until_true(theirs, seen.format(1))
    mine.keyboard.press("Escape")
    mine.keyboard.press("u")
    wait_until_true(theirs, seen.format(2))
    assert theirs.evaluate("document.activeElement.value") == "Bo", "what is being typed stays"
    assert theirs.locator('[data-state="live"]').count() == 1, "the socket told it, not the question every two seconds"


def test_a_lost_connection_shows_and_heals(sign_in, serve, gallery, group):
    group(3, seed=1)
    page = sign_in()
    server = serve(asgi.application)
    open_page(page, server, "facecluster_of", gallery.pk)
    server.stop()
    page.wait_for_selector('[data-state="lost"]')
    in_thread(lambda: FaceCluster.objects.update(rejected=True))
    serve(asgi.application, port=server.port)
    page.wait_for_selector('[data-state="live"]')
    page.wait_for_selector(".fp-empty")


def test_without_a_socket_the_page_asks(sign_in, serve, gallery, group):
    group(3, seed=1)
    page = sign_in()
    server = serve(get_asgi_application())
    page.goto(server.address + reverse("admin:galleries_facecluster_of", args=[gallery.pk]))
    page.wait_for_selector('[data-state="polling"]')
    in_thread(lambda: FaceCluster.objects.update(rejected=True))
    page.wait_for_selector(".fp-empty")
