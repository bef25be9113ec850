"""A photo that staff turn: what is known of it turns too, the uploaded file does not, and people get copies."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from facepass.core.errors import FacePassError
from facepass.models import Role
from facepass.testing.factories import FaceFactory, PersonFactory, PhotoFactory, StudioFactory, UserFactory
from facepass.testing.pages.staff import address, member, post
from facepass.testing.pictures.fake import picture_of
from galleries import tasks
from galleries.exports import name_tags
from galleries.faces import erasure, marking
from galleries.models import GalleryImage, PhotoFace
from galleries.models.photo import GalleryImageQuerySet, PhotoState
from galleries.photos import media_files
from galleries.photos.rotation import shown_files, turning
from recognition.types import Box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "fake_engine")]
WIDE, TALL = (320, 240), (240, 320)


@pytest.fixture
def photo(gallery):
    photo = PhotoFactory(gallery=gallery, people=["ann"])
    tasks.analyse_gallery(str(gallery.pk))
    photo.refresh_from_db()
    return photo


@pytest.fixture
def by():
    return UserFactory(is_superuser=True)


def size_of(data):
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
        return (height, width) if picture.getexif().get(0x0112, 1) >= 5 else (width, height)


def fetch(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content if not response.streaming else b"".join(response)


def turn(client, photo, degrees):
    return post(client, photo, "turn", degrees=degrees)


def test_a_turn_is_seen_at_once_and_the_photo_waits_for_another_analysis(staff, photo):
    PhotoFace.objects.update(insightface_bbox={"x": 40.0, "y": 30.0, "width": 80.0, "height": 100.0})
    erasure.erase_face(FaceFactory(photo=photo, insightface_bbox={"x": 0.0, "y": 0.0, "width": 10.0, "height": 20.0}))
    before, landmark = photo.blur, photo.faces.get().landmarks[0]
    shown = turn(staff, photo, 90).json()["photo"]
    assert (shown["width"], shown["height"], shown["rotation"], shown["state"]) == (*TALL, 90, "pending")
    assert shown["faces"][0]["box"] == {"x": 110.0, "y": 40.0, "width": 100.0, "height": 80.0}
    assert photo.erased_faces.get().box == {"x": 220.0, "y": 0.0, "width": 20.0, "height": 10.0}
    assert photo.faces.get().landmarks[0] == pytest.approx([240 - landmark[1], landmark[0]], abs=0.1)
    assert GalleryImage.objects.get(pk=photo.pk).blur != before
    for variant in ("picture", "full"):
        assert size_of(fetch(staff, shown[variant])) == TALL


def test_every_file_of_it_is_shown_turned_under_an_address_of_its_own_and_the_original_stays(staff, gallery, photo):
    uploaded, before = read(photo.file.name), {shown_address(photo, variant) for variant in variants()}
    turn(staff, photo, 90)
    photo.refresh_from_db()
    addresses = {shown_address(photo, variant) for variant in variants()}
    assert not addresses & before
    assert {size_of(fetch(staff, each)) for each in addresses} == {TALL}
    tasks.analyse_gallery(str(gallery.pk))  # writes some of the same files
    assert {size_of(fetch(staff, each)) for each in addresses} == {TALL}
    assert read(photo.file.name) == uploaded
    turn(staff, photo, 270)
    photo.refresh_from_db()
    assert {shown_address(photo, variant) for variant in variants()} == before
    assert {size_of(fetch(staff, each)) for each in before} == {WIDE}


def variants():
    return ("original", *media_files.SIDES)


def shown_address(photo, variant):
    return media_files.photo_path(photo, variant)


def read(name):
    with default_storage.open(name) as file:
        return file.read()


def test_a_signed_address_shows_it_turned_too(client, photo, by):
    turning.turn_photo(photo, 270, by=by)
    photo.refresh_from_db()
    assert size_of(fetch(client, media_files.signed_path(photo, "preview"))) == TALL


def test_names_and_decisions_outlive_a_turn_that_the_engine_cannot_follow(gallery, photo, by, staff):
    """It sees nobody who lies: the face that was drawn, and the one with a name, stay where they are."""
    ann = PersonFactory(studio=gallery.studio)
    named = photo.faces.get()
    PhotoFace.objects.filter(pk=named.pk).update(person=ann, verified=True, face_category="known")
    drawn, _decision = marking.mark_face(photo, Box(0, 0, 30, 20), by=by)
    for degrees, box in ((90, (220, 0, 20, 30)), (270, (0, 0, 30, 20))):
        turn(staff, photo, degrees)
        tasks.analyse_gallery(str(gallery.pk))
        there = PhotoFace.objects.get(pk=drawn.pk).box
        assert tuple(there.values()) == box
        assert PhotoFace.objects.filter(pk=named.pk, person=ann, verified=True, photo=photo).exists()


@pytest.mark.parametrize(("form", "extension"), [("PNG", ".png"), ("WEBP", ".webp")])
def test_of_other_formats_a_jpeg_is_given(form, extension, gallery, by):
    file = io.BytesIO()
    Image.effect_noise(WIDE, 50).convert("RGB").save(file, form)
    photo = PhotoFactory(gallery=gallery, stored=False, original_name=f"one{extension}", state=PhotoState.PROCESSED)
    photo.file.save(f"original{extension}", ContentFile(file.getvalue()))
    assert photo.shown_name == f"one{extension}"
    turning.turn_photo(photo, 90, by=by)
    photo.refresh_from_db()
    given = shown_files.read_original(photo)
    assert (photo.shown_name, size_of(given), given[:2]) == ("one.jpg", TALL, b"\xff\xd8")


def test_archives_and_exports_hold_it_turned(staff, gallery, photo, by):
    other = PhotoFactory(gallery=gallery, people=["bob"])
    ann = PersonFactory(studio=gallery.studio, real_name="Ann")
    PhotoFace.objects.update(person=ann, verified=True, face_category="known")
    turn(staff, photo, 90)
    chosen = staff.post(address(gallery, "download"), {"photos": f"{photo.pk},{other.pk}"})
    assert "Content-Length" not in chosen
    archive = unzip(chosen)
    assert size_of(archive.read(photo.original_name)) == TALL
    assert archive.read(other.original_name) == read(other.file.name)
    copies = unzip(staff.get(f"/admin/galleries/facecluster/of/{gallery.pk}/export/copies.zip"))
    copy = copies.read(copies.namelist()[0])
    assert size_of(copy) == TALL
    assert name_tags.read_names(copy) == ["Ann"]


def unzip(response):
    return zipfile.ZipFile(io.BytesIO(b"".join(response)))


def test_deleting_it_takes_every_copy(photo, by, django_capture_on_commit_callbacks):
    folder = photo.file.name.rpartition("/")[0]
    for degrees in (90, 90):
        turning.turn_photo(photo, degrees, by=by)
        photo.refresh_from_db()
        shown_files.prepare_file(photo, "original")
        GalleryImage.objects.filter(pk=photo.pk).update(state=PhotoState.PROCESSED)
    assert len(default_storage.listdir(folder)[1]) == 5
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
    assert default_storage.listdir(folder)[1] == []


def test_many_are_turned_and_those_that_wait_stay(staff, gallery, photo):
    waits = PhotoFactory(gallery=gallery)
    foreign = PhotoFactory(state=PhotoState.PROCESSED)
    ids = [str(each.pk) for each in (photo, waits, foreign)]
    said = post(staff, gallery, "act", verb="left", photos=ids).json()
    assert said["said"] == "1 photo was turned. The others stay: they have not been analysed."
    rotations = dict(GalleryImage.objects.values_list("pk", "rotation"))
    assert rotations == {photo.pk: 270, waits.pk: 0, foreign.pk: 0}


def test_too_many_at_once_are_refused(staff, gallery, photo, monkeypatch):
    monkeypatch.setattr(turning, "MOST_TURNED", 0)
    answer = post(staff, gallery, "act", verb="right", photos=[str(photo.pk)])
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "At most 0 photos are turned at once.")


def test_a_photo_at_work_or_failed_is_not_turned(staff, photo):
    for state, status in ((PhotoState.PROCESSING, 409), (PhotoState.PENDING, 409), (PhotoState.FAILED, 400)):
        GalleryImage.objects.filter(pk=photo.pk).update(state=state)
        assert turn(staff, photo, 90).status_code == status
    assert GalleryImage.objects.get(pk=photo.pk).rotation == 0


@pytest.mark.parametrize("degrees", [0, 45, "90", None, 360, [90]])
def test_nonsense_is_a_400(degrees, staff, photo):
    assert turn(staff, photo, degrees).status_code == 400


def test_turning_takes_a_role(studio, photo):
    for client, status in ((member(studio, Role.VERIFIER), 403), (member(StudioFactory()), 404)):
        assert turn(client, photo, 90).status_code == status
    assert 'data-do="right"' not in member(studio, Role.VERIFIER).get(address(photo, "faces")).content.decode()


def test_a_face_is_not_drawn_into_a_photo_that_was_turned_meanwhile(photo, by):
    seen = GalleryImage.objects.get(pk=photo.pk)
    turning.turn_photo(photo, 90, by=by)
    with pytest.raises(FacePassError, match="being analysed"):
        marking.mark_face(seen, Box(0, 0, 30, 20), by=by)


def test_a_photo_that_is_turned_while_it_is_claimed_is_read_again(photo, monkeypatch):
    GalleryImage.objects.requeue()
    first = GalleryImageQuerySet.first

    def first_and_then_turned(rows):
        row = first(rows)
        GalleryImage.objects.update(rotation=90)
        return row

    monkeypatch.setattr(GalleryImageQuerySet, "first", first_and_then_turned)
    assert GalleryImage.objects.all().claim_next().rotation == 90


def test_a_smaller_picture_is_analysed_as_it_was_turned(gallery, by):
    """Ann stands upright only after the turn; before it the engine takes her for somebody else."""
    upright = Image.open(io.BytesIO(picture_of(["ann"], size=WIDE)))
    file = io.BytesIO()
    upright.rotate(90, expand=True).save(file, "JPEG", quality=95)
    photo = PhotoFactory(gallery=gallery, size=TALL, data=file.getvalue())
    twin = PhotoFactory(gallery=gallery, people=["ann"])
    tasks.analyse_gallery(str(gallery.pk))
    assert photo.faces.get().cluster_id is None
    photo.refresh_from_db()
    turning.turn_photo(photo, 90, by=by)
    tasks.analyse_gallery(str(gallery.pk))
    assert photo.faces.get().cluster_id == twin.faces.get().cluster_id is not None
