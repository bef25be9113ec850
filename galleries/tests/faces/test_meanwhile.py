"""Keys revoked, roles taken away, galleries and people deleted while an upload is read or a picture described."""

import threading
from contextlib import contextmanager

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from facepass.core.access.tenancy import delete_with_late_inserts, recheck_scope
from facepass.core.trash import entries
from facepass.models import ApiKey, Membership, Role, Scope, User
from facepass.testing.database import until_somebody_waits_for_this_connection
from facepass.testing.factories import (
    PASSWORD,
    FaceFactory,
    GalleryFactory,
    MembershipFactory,
    PersonFactory,
    PhotoFactory,
    SessionFactory,
    descriptor,
)
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import PATIENCE_SECONDS
from galleries.faces import grouping
from galleries.jobs import runner
from galleries.matching import identification
from galleries.models import FaceCluster, Gallery, GalleryImage, Occasion, Person, PhotoFace, Reference
from galleries.models.face import FaceCategory
from galleries.people import records
from galleries.photos import ingest
from recognition.engines.fake import FakeEngine
from recognition.pictures import decoding
from sessions_app.models import PhotoSession, SessionDay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]


@contextmanager
def meanwhile(do):
    """`do` happens once, while the file is looked at or the engine describes its face."""
    inspect, embed, happened = decoding.inspect_picture, FakeEngine.embed, []

    def once():
        if not happened:
            happened.append(True)
            do()

    def inspecting(*arguments, **options):
        found = inspect(*arguments, **options)
        once()
        return found

    def embedding(*arguments, **options):
        found = embed(*arguments, **options)
        once()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "inspect_picture", inspecting)
        patch.setattr(FakeEngine, "embed", embedding)
        yield
    assert happened


def picture(*people, seed=0):
    return SimpleUploadedFile("a.jpg", picture_of(people or ["ann"], seed=seed))


# --- what takes long: the request, and what must not be there afterwards


def upload(api, studio):
    gallery = GalleryFactory(studio=studio)
    return api.post(f"/api/v1/galleries/{gallery.pk}/images", {"files": [picture()]}, format="multipart")


def enrol(api, studio):
    person = PersonFactory(studio=studio)
    return api.post("/api/v1/faces/upload", {"user_id": str(person.pk), "file": picture()}, format="multipart")


def reference(api, studio):
    return api.post("/api/v1/reference", {"image": picture(), "label": "Ann"}, format="multipart")


def search(api, studio):
    session = SessionFactory(studio=studio)
    gallery = GalleryFactory(studio=studio, session_id=session.pk)
    PhotoFactory(gallery=gallery, people=["ann"])
    form = {"session_id": str(session.pk), "file": picture()}
    return api.post("/api/v1/faces/search-session", form, format="multipart")


WRITES = [upload, enrol, reference]


def nothing_was_kept():
    assert not GalleryImage.objects.filter(file__contains="original", original_name="a.jpg").exists()
    assert not Reference.objects.exists()
    assert not PhotoFace.objects.exists()


def revoke():
    ApiKey.objects.update(revoked_at=timezone.now())


def narrow():
    ApiKey.objects.update(scopes=[Scope.READ])


@pytest.fixture
def left_over(settings):
    """The files that a test stored and did not remove again."""
    before = set(settings.MEDIA_ROOT.rglob("*.*"))
    return lambda: [path for path in settings.MEDIA_ROOT.rglob("*.*") if path not in before]


REFUSALS = {revoke: (401, "not_authenticated"), narrow: (403, "permission_denied")}


@pytest.mark.parametrize("work", WRITES)
@pytest.mark.parametrize("event", REFUSALS)
def test_a_key_that_is_revoked_or_narrowed_meanwhile_writes_nothing(api, studio, left_over, work, event):
    with meanwhile(event):
        answer = work(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == REFUSALS[event]
    nothing_was_kept()
    assert left_over() == []


@pytest.mark.parametrize("event", REFUSALS)
def test_a_key_that_is_revoked_or_narrowed_meanwhile_is_told_nothing(api, studio, event):
    with meanwhile(event):
        answer = search(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == REFUSALS[event]
    assert not SessionDay.objects.exists()


def test_of_several_files_those_before_the_revocation_stay(api, studio):
    gallery, seen = GalleryFactory(studio=studio), []
    inspect = decoding.inspect_picture

    def inspecting(stream):
        seen.append(stream)
        if len(seen) == 2:
            revoke()
        return inspect(stream)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "inspect_picture", inspecting)
        files = [picture(seed=number) for number in range(3)]
        answer = api.post(f"/api/v1/galleries/{gallery.pk}/images", {"files": files}, format="multipart")
    assert answer.status_code == 401
    assert GalleryImage.objects.count() == 1


def test_an_upload_to_a_gallery_that_is_deleted_meanwhile_is_404_and_leaves_no_file(api, studio, left_over):
    with meanwhile(lambda: Gallery.objects.get().delete()):
        answer = upload(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert left_over() == []


def test_an_enrolment_of_somebody_who_is_deleted_meanwhile_is_404_and_leaves_no_file(api, studio, left_over):
    with meanwhile(lambda: Person.objects.get().delete()):
        answer = enrol(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    nothing_was_kept()
    assert left_over() == []


def test_a_search_in_a_session_that_is_closed_meanwhile_is_403(api, studio):
    def close():
        PhotoSession.objects.update(facepass_enabled=False)

    with meanwhile(close):
        answer = search(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "facepass_disabled")


def test_a_search_in_a_session_that_is_deleted_meanwhile_is_403(api, studio):
    with meanwhile(lambda: PhotoSession.objects.get().delete()):
        answer = search(api, studio)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "facepass_disabled")


# --- staff


def a_demotion(user):
    Membership.objects.filter(user=user).update(role=Role.VIEWER)


def a_dismissal(user):
    Membership.objects.filter(user=user).delete()


def a_locked_account(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def a_new_password(user):
    user.set_password("another " + PASSWORD)
    user.save()


@pytest.mark.parametrize("event", [a_demotion, a_dismissal, a_locked_account, a_new_password])
def test_staff_who_may_no_longer_upload_do_not(client, studio, event):
    user = MembershipFactory(studio=studio, role=Role.PHOTOGRAPHER).user
    gallery = GalleryFactory(studio=studio)
    client.force_login(user)
    with meanwhile(lambda: event(User.objects.get(pk=user.pk))):
        answer = client.post(f"/admin/galleries/gallery/{gallery.pk}/upload/file/", {"file": picture()})
    assert answer.status_code in (401, 403)
    assert not GalleryImage.objects.exists()


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.PHOTOGRAPHER])
def test_staff_who_may_upload_do(client, studio, role):
    client.force_login(MembershipFactory(studio=studio, role=role).user)
    gallery = GalleryFactory(studio=studio)
    answer = client.post(f"/admin/galleries/gallery/{gallery.pk}/upload/file/", {"file": picture()})
    assert answer.json()["outcome"] == "accepted"


def test_a_verifier_may_still_enrol(client, studio):
    client.force_login(MembershipFactory(studio=studio, role=Role.VERIFIER).user)
    person = PersonFactory(studio=studio)
    answer = client.post(f"/admin/galleries/person/{person.pk}/enrol/", {"file": picture(), "sure": "1"})
    assert answer.status_code == 200, answer.content
    assert GalleryImage.objects.get().subject == person


# --- the rule itself


def test_a_key_of_another_studio_holds_nothing_here(studio):
    key, _token = ApiKey.issue(GalleryFactory().studio, name="app", scopes=Scope.values)
    with pytest.raises(PermissionDenied):
        recheck_scope(key, Scope.READ, studio_id=studio.pk)


def test_a_command_asks_nobody(studio):
    report = ingest.add_photos(GalleryFactory(studio=studio), [picture()], by=None)
    assert len(report.accepted) == 1


# --- whoever deletes, while somebody else is just adding something below


def a_gallery(photo):
    photo.gallery.delete()


def galleries(photo):
    Gallery.objects.filter(pk=photo.gallery_id).delete()


def a_person(photo):
    records.delete_person(photo.subject, by=None)


def a_photo(photo):
    photo.delete()


def a_gallery_to_the_trash(photo):
    entries.move_to_trash("gallery", [photo.gallery], by=None)


DELETIONS = [a_gallery, galleries, a_person, a_photo, a_gallery_to_the_trash]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("delete", DELETIONS)
def test_what_is_added_while_something_is_deleted_goes_with_it(studio, delete):
    """A real second connection deletes, while this one has added a row that nobody else sees yet."""
    photo = PhotoFactory(gallery=GalleryFactory(studio=studio), subject=PersonFactory(studio=studio))
    failed = []

    def second():
        try:
            delete(GalleryImage.objects.get(pk=photo.pk))
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        Gallery.objects.filter(pk=photo.gallery_id).lock_against_deletion()
        Person.objects.filter(pk=photo.subject_id).lock_against_deletion()
        GalleryImage.objects.filter(pk=photo.pk).lock_against_deletion()
        newcomer = FaceFactory(photo=photo)
        if delete is not a_photo:
            newcomer = PhotoFactory(gallery=photo.gallery, subject=photo.subject)
        thread.start()
        until_somebody_waits_for_this_connection()
    thread.join(PATIENCE_SECONDS)
    assert not failed
    assert not type(newcomer).objects.filter(pk=newcomer.pk).exists()
    assert not GalleryImage.objects.filter(pk=photo.pk).exists()


def test_a_deletion_that_waited_for_somebody_who_waited_for_it_is_begun_again(studio):
    tries = []

    def delete():
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return 1, {}

    assert delete_with_late_inserts(delete) == (1, {})
    with pytest.raises(OperationalError, match="disk"):
        delete_with_late_inserts(broken_disk)


def broken_disk():
    raise OperationalError("the disk is full")


# --- workers


def one_person(gallery, number):
    """Faces that are all the same one's."""
    vector = descriptor(1)
    return [
        FaceFactory(photo=PhotoFactory(gallery=gallery, stored=False), insightface_descriptor=vector)
        for _face in range(number)
    ]


def test_a_person_who_is_deleted_while_their_name_is_spread_in_a_group_is_nobodys_name(studio, monkeypatch):
    gallery, ann = GalleryFactory(studio=studio), PersonFactory(studio=studio)
    faces = one_person(gallery, 3)
    grouping.group_faces(Occasion.for_gallery(gallery))
    FaceCluster.objects.update(person=ann)
    similar = grouping.proposal_columns

    def proposing(person_id, **more):
        Person.objects.filter(pk=person_id).delete()
        return similar(person_id, **more)

    monkeypatch.setattr(grouping, "proposal_columns", proposing)
    grouping.group_faces(Occasion.for_gallery(gallery))
    connection.check_constraints()
    assert not PhotoFace.objects.filter(pk__in=[face.pk for face in faces], person__isnull=False).exists()


def test_a_gallery_that_is_deleted_while_its_faces_are_grouped_is_a_quiet_end(studio, monkeypatch):
    gallery = GalleryFactory(studio=studio)
    one_person(gallery, 3)
    merged = grouping.clustering.merge_groups

    def merging(*arguments, **options):
        gallery.delete()
        return merged(*arguments, **options)

    monkeypatch.setattr(grouping.clustering, "merge_groups", merging)
    assert grouping.group_faces(Occasion(studio.pk, gallery_id=gallery.pk)) == grouping.Grouping()
    connection.check_constraints()
    assert not FaceCluster.objects.exists()


def test_a_person_who_is_deleted_while_a_gallery_is_recognised_is_given_to_nobody(studio, monkeypatch):
    gallery, ann = GalleryFactory(studio=studio), PersonFactory(studio=studio)
    known, *unknown = one_person(gallery, 3)
    PhotoFace.objects.filter(pk=known.pk).update(person=ann, verified=True, face_category=FaceCategory.KNOWN)
    identify, asked = identification.identify, []

    def identifying(*arguments, **options):
        found = identify(*arguments, **options)
        asked.append(found.person)
        Person.objects.filter(pk=ann.pk).delete()
        return found

    monkeypatch.setattr(identification, "identify", identifying)
    job = runner.start_job("recognize_gallery", studio=studio, gallery_id=str(gallery.pk))
    runner.run_turn(job.pk)
    job.refresh_from_db()
    connection.check_constraints()
    assert asked[0] == ann
    assert (job.state, job.result["named"]) == ("done", 0)
    assert not PhotoFace.objects.filter(pk__in=[face.pk for face in unknown], person__isnull=False).exists()
