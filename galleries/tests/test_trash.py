"""Galleries, photos and people are deleted with all that belongs to them, and come back as they were."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.utils import timezone

from facepass.core.errors import FacePassError
from facepass.core.trash import entries, moving, purge
from facepass.models import Erasure, Role, TrashEntry, TrashRow
from facepass.testing.factories import (
    ClusterFactory,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    UserFactory,
)
from galleries.faces import decisions
from galleries.models import FaceDecision, Gallery, GalleryImage, Person, PhotoFace
from galleries.people import naming
from galleries.photos import media_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def gallery(studio, fake_engine):
    return GalleryFactory(studio=studio, title="Party")


@pytest.fixture
def faces(gallery):
    """Three faces of one group, each in a photo of its own."""
    group = ClusterFactory(studio=gallery.studio, gallery=gallery)
    return [FaceFactory(photo=PhotoFactory(gallery=gallery), cluster=group, seed=1) for _number in range(3)]


@pytest.fixture
def ann(studio, faces):
    """Ann, who has the group, an enrolment picture, and a face of another gallery."""
    person = PersonFactory(studio=studio, real_name="Ann")
    naming.name_group(faces[0].cluster, person, by=UserFactory())
    enrolment = Gallery.objects.create(studio=studio, title="Enrolment", kind="enrolment")
    FaceFactory(photo=PhotoFactory(gallery=enrolment, subject=person), person=person, verified=True)
    FaceFactory(photo=PhotoFactory(gallery=GalleryFactory(studio=studio)), person=person, face_category="known")
    return person


def columns(rows):
    return [*rows.order_by("pk").values()]


def delete(kind, *roots):
    (entry,) = entries.move_to_trash(kind, roots, by=None)
    return entry


def test_a_deleted_gallery_leaves_no_row_and_people_keep_their_other_faces(gallery, ann):
    entry = delete("gallery", gallery)
    assert not GalleryImage.objects.filter(gallery=gallery.pk).exists()
    assert not FaceDecision.objects.exists()
    assert Person.objects.get() == ann
    assert ann.faces.count() == 2
    assert {name: entry.counts[f"galleries.{name}"] for name in ("Gallery", "GalleryImage", "PhotoFace")} == {
        "Gallery": 1, "GalleryImage": 3, "PhotoFace": 3,
    }  # fmt: skip


def test_a_restored_gallery_has_its_names_and_decisions(gallery, ann):
    before = columns(PhotoFace.objects), columns(FaceDecision.objects)
    entries.restore(delete("gallery", gallery).pk)
    assert (columns(PhotoFace.objects), columns(FaceDecision.objects)) == before
    decisions.undo(FaceDecision.objects.get(), by=UserFactory())
    assert ann.faces.count() == 2


def test_photos_are_deleted_and_restored_together(gallery, faces, ann):
    chosen = [faces[0].photo, faces[1].photo]
    files = [photo.file.name for photo in chosen]
    entry = delete("photo", *chosen)
    assert entry.label == ", ".join(sorted(photo.original_name for photo in chosen))
    assert [*GalleryImage.objects.filter(gallery=gallery)] == [faces[2].photo]
    faces[0].cluster.refresh_from_db()
    assert faces[0].cluster.size == 1
    entries.restore(entry.pk)
    faces[0].cluster.refresh_from_db()
    assert (faces[0].cluster.size, ann.faces.count()) == (3, 5)
    assert all(default_storage.exists(name) for name in files)


def test_a_deleted_person_takes_the_enrolment_along_and_only_the_name_off_other_faces(ann, faces):
    entry = delete("person", ann)
    assert not GalleryImage.objects.filter(gallery__kind="enrolment").exists()
    assert PhotoFace.objects.count() == 4
    assert set(PhotoFace.objects.values_list("person", "verified", "face_category")) == {(None, False, "unknown")}
    assert entry.counts["galleries.PhotoFace.person_id"] == 4


def test_a_restored_person_has_every_name_again(ann, faces):
    before = columns(PhotoFace.objects), columns(Person.objects), columns(FaceDecision.objects)
    entries.restore(delete("person", ann).pk)
    assert (columns(PhotoFace.objects), columns(Person.objects), columns(FaceDecision.objects)) == before


def test_a_face_that_somebody_named_meanwhile_keeps_the_new_name(ann, faces, studio):
    entry = delete("person", ann)
    bob = PersonFactory(studio=studio, real_name="Bob")
    naming.name_faces([faces[0]], bob, by=UserFactory())
    entries.restore(entry.pk)
    faces[0].refresh_from_db()
    faces[1].refresh_from_db()
    assert (faces[0].person, faces[1].person) == (bob, ann)


def test_a_face_that_somebody_names_in_the_midst_of_the_deletion_keeps_the_new_name(ann, faces, studio, monkeypatch):
    bob = PersonFactory(studio=studio, real_name="Bob")
    clear = moving.clear_references

    def overtaken(*arguments, **options):
        PhotoFace.objects.filter(pk=faces[0].pk).update(person=bob, verified=True)
        clear(*arguments, **options)

    monkeypatch.setattr(moving, "clear_references", overtaken)
    delete("person", ann)
    faces[0].refresh_from_db()
    assert (faces[0].person, faces[0].verified) == (bob, True)


def test_of_many_photos_the_first_are_named_and_all_are_counted(gallery):
    photos = [PhotoFactory(gallery=gallery, original_name=f"{number}.jpg") for number in range(9)]
    assert delete("photo", *photos).label == "0.jpg, 1.jpg, 2.jpg, 3.jpg … (9)"


def test_a_gallery_that_comes_back_after_its_person_has_gone_for_good_has_nameless_faces(ann, faces, gallery):
    entry = delete("gallery", gallery)
    purge.purge(delete("person", ann).pk)
    entries.restore(entry.pk)
    assert set(PhotoFace.objects.filter(gallery=gallery).values_list("person", "verified", "face_category")) == {
        (None, False, "unknown")
    }


@pytest.mark.parametrize("person_first", [True, False])
def test_a_person_and_a_gallery_of_theirs_come_back_whole_in_either_order(ann, gallery, person_first):
    before = columns(PhotoFace.objects)
    of_gallery, of_person = delete("gallery", gallery), delete("person", ann)
    for entry in (of_person, of_gallery) if person_first else (of_gallery, of_person):
        entries.restore(entry.pk)
    assert columns(PhotoFace.objects) == before


@pytest.mark.parametrize("gallery_first", [True, False])
def test_a_gallery_of_a_person_in_the_trash_comes_back_whole_in_either_order(ann, gallery, gallery_first):
    before = columns(PhotoFace.objects)
    of_person, of_gallery = delete("person", ann), delete("gallery", gallery)
    for entry in (of_gallery, of_person) if gallery_first else (of_person, of_gallery):
        entries.restore(entry.pk)
    assert columns(PhotoFace.objects) == before


def test_a_photo_whose_gallery_was_deleted_after_it_waits_for_the_gallery(faces, gallery):
    photo, whole = delete("photo", faces[0].photo), delete("gallery", gallery)
    with pytest.raises(FacePassError) as refusal:
        entries.restore(photo.pk)
    assert (refusal.value.code, refusal.value.status) == ("restore_conflict", 409)
    assert TrashEntry.objects.filter(pk=photo.pk).exists()
    entries.restore(whole.pk)
    entries.restore(photo.pk)
    assert PhotoFace.objects.count() == 3


def test_a_person_whose_address_somebody_has_now_is_not_restored(ann, studio):
    entry = delete("person", ann)
    other = PersonFactory(studio=studio, email=ann.email)
    with pytest.raises(FacePassError, match="e-mail address already") as refusal:
        entries.restore(entry.pk)
    assert refusal.value.code == "restore_conflict"
    assert Person.objects.get() == other
    assert TrashRow.objects.filter(entry=entry).exists()


def test_a_photo_that_was_uploaded_again_is_not_restored(faces, gallery):
    entry = delete("photo", faces[0].photo)
    PhotoFactory(gallery=gallery, sha256=faces[0].photo.sha256)
    with pytest.raises(FacePassError, match="uploaded to its gallery again"):
        entries.restore(entry.pk)


def test_a_deletion_of_what_has_just_been_deleted_is_quiet(gallery):
    delete("gallery", gallery)
    assert entries.move_to_trash("gallery", [gallery], by=None) == []


def test_somebody_s_picture_goes_with_its_photo_and_comes_back(ann, faces):
    ann.avatar_url = media_files.face_path(faces[0])
    ann.save()
    entry = delete("photo", faces[0].photo)
    ann.refresh_from_db()
    assert ann.avatar_url == ""
    entries.restore(entry.pk)
    ann.refresh_from_db()
    assert ann.avatar_url == media_files.face_path(faces[0])


def test_what_another_model_described_meanwhile_is_analysed_again_when_it_is_restored(faces):
    entry = delete("photo", faces[0].photo)
    TrashRow.objects.filter(label="galleries.GalleryImage").update(content=_replaced("pending", "processed"))
    version = faces[0].model_version
    version.pk, version.contract_id, version.active = None, "another", True
    type(version).objects.update(active=False)
    version.save(force_insert=True)
    entries.restore(entry.pk)
    assert GalleryImage.objects.get(pk=faces[0].photo_id).state == "pending"


def _replaced(old, new):
    from django.db.models import F, Value
    from django.db.models.functions import Replace

    return Replace(F("content"), Value(old), Value(new))


def test_a_person_who_is_gone_for_good_is_named_in_no_log_no_decision_and_no_receipt(ann, studio, faces):
    user, twin = UserFactory(), PersonFactory(studio=studio, real_name="Ann Again", email=None)
    LogEntry.objects.log_actions(user.pk, [ann], DELETION, change_message=[], single_object=True)
    decisions.unite(ann, twin, by=user)
    purge.purge(delete("person", ann).pk, by=user)
    told = [str(row) for model in (LogEntry, FaceDecision, Erasure) for row in model.objects.values()]
    assert "Ann" not in "".join(told)
    assert Erasure.objects.get().erased_by == user


def test_a_studio_that_is_deleted_takes_its_trash_and_the_files_along(
    faces, gallery, django_capture_on_commit_callbacks
):
    names = [face.photo.file.name for face in faces]
    delete("gallery", gallery)
    with django_capture_on_commit_callbacks(execute=True):
        gallery.studio.delete()
    assert not TrashRow.objects.exists()
    assert not [name for name in names if default_storage.exists(name)]


def test_a_column_that_a_migration_has_added_since_gets_its_default(faces):
    entry = delete("photo", faces[0].photo)
    row = TrashRow.objects.get(label="galleries.PhotoFace")
    known = json.loads(row.content)
    del known["drawn"], known["quality"]
    TrashRow.objects.filter(pk=row.pk).update(content=json.dumps(known))
    entries.restore(entry.pk)
    restored = PhotoFace.objects.get(pk=faces[0].pk)
    assert (restored.drawn, restored.quality) == (False, {})


def test_days_left_are_counted_up(gallery):
    entry = delete("gallery", gallery)
    assert entry.days_left == 7
    entry.due_at = timezone.now() + timedelta(minutes=5)
    assert entry.days_left == 1
    entry.due_at = timezone.now() - timedelta(minutes=5)
    assert entry.days_left == 0


MAY_DELETE = {
    "gallery": {Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER},
    "photo": {Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER},
    "person": {Role.OWNER, Role.MANAGER},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", MAY_DELETE)
def test_who_may_delete_and_restore_what(ann, faces, gallery, role, kind):
    root = {"gallery": gallery, "photo": faces[0].photo, "person": ann}[kind]
    user = MembershipFactory(studio=gallery.studio, role=role).user
    if role in MAY_DELETE[kind]:
        (entry,) = entries.move_to_trash(kind, [root], by=user)
        entries.restore(entry.pk, by=user)
    else:
        with pytest.raises(PermissionDenied):
            entries.move_to_trash(kind, [root], by=user)
        entry = delete(kind, root)
        with pytest.raises(PermissionDenied):
            entries.restore(entry.pk, by=user)
