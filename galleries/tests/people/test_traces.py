"""A person who is gone for good: no table, file or log tells of them, and no undo or repetition brings them back."""

from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from facepass.core.trash import entries, erased_subjects, purge
from facepass.models import ErasedSubject, Role, TrashEntry, User
from facepass.testing.factories import ClusterFactory, FaceFactory, MembershipFactory, PersonFactory
from facepass.testing.pictures.fake import picture_of
from galleries.faces import decisions
from galleries.models import FaceDecision, GalleryImage, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake_engine")]

# Words that nothing else in the database says.
NAME, EMAIL, NUMBER = "Zinaida Quellwasser", "zinaida@quellwasser.example", "crm-77123"
OTHER, OTHER_EMAIL = "Zina Qu.", "zina@qu.example"
WORDS = (NAME, EMAIL, NUMBER, OTHER, OTHER_EMAIL)


@pytest.fixture(autouse=True)
def own_list():
    """The file of what was erased, from its beginning: rows of other tests are rolled back, and lines are not."""
    erased_subjects.list_path().unlink(missing_ok=True)
    yield
    erased_subjects.list_path().unlink(missing_ok=True)


def told_in_tables():
    """Return the tables that say one of the words, in text or in bytes."""
    found = set()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{name}" t')
            rows = [row[0] for row in cursor.fetchall()]
            found |= {name for row in rows for word in WORDS if word in row or word.encode().hex() in row}
    return found


def told_in_files():
    files = [path for path in Path(django_settings.HOME).rglob("*") if path.is_file() and "pgdata" not in path.parts]
    return [str(path) for path in files for word in WORDS if word.encode() in path.read_bytes()]


def delete_for_good(person):
    [entry] = entries.move_to_trash("person", [person], by=None)
    purge.purge(entry.pk)


@pytest.fixture
def known(api, staff, studio, gallery, django_capture_on_commit_callbacks):
    """Somebody of whom every table tells that can: made by a repeated request, changed, merged, named, in an event."""
    body = {"full_name": NAME, "email": EMAIL, "external_id": NUMBER}
    made = api.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="once")
    assert made.status_code == 201, made.content
    person = Person.objects.get(pk=made.json()["id"])
    group = ClusterFactory(studio=studio, gallery=gallery, person=person)
    face = FaceFactory(photo__gallery=gallery, cluster=group, person=person)
    page = reverse("admin:galleries_person_change", args=[person.pk])
    staff.post(page, {"real_name": NAME, "email": EMAIL, "external_id": NUMBER, "metadata": "{}"})
    twin = PersonFactory(studio=studio, real_name=OTHER, email=OTHER_EMAIL)
    decisions.unite(person, twin, by=_user(staff))
    return person, group, face


def _user(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_the_scan_finds_what_is_there(known):
    assert told_in_tables() >= {"people", "kept_answers", "face_decisions"}


def test_nothing_tells_of_a_person_who_is_gone_for_good(known):
    person, _group, _face = known
    delete_for_good(person)
    assert told_in_tables() == set()
    assert told_in_files() == []


def test_the_admin_s_log_does_not_tell_whom_it_deleted(
    known, studio, client, settings, django_capture_on_commit_callbacks
):
    settings.TRASH_DAYS = 0
    person, _group, _face = known
    client.force_login(MembershipFactory(studio=studio, role=Role.OWNER).user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:galleries_person_delete", args=[person.pk]), {"post": "yes"})
    assert not Person.objects.filter(pk=person.pk).exists()
    assert told_in_tables() == set()


def test_a_decision_in_the_trash_tells_nothing_either(known, studio):
    person, group, _face = known
    [with_gallery] = entries.move_to_trash("gallery", [group.gallery], by=None)
    delete_for_good(person)
    assert told_in_tables() == set()
    entries.restore(with_gallery.pk)
    assert told_in_tables() == set()


def test_undoing_a_union_brings_nobody_back(known, studio, staff):
    person, _group, _face = known
    union = FaceDecision.objects.filter(before__has_key="people").latest("made_at")
    [entry] = entries.move_to_trash("person", [person], by=None)
    decisions.undo(union, by=_user(staff))
    assert not Person.objects.filter(studio=studio, real_name__in=[NAME, OTHER]).exists()
    purge.purge(entry.pk)
    assert told_in_tables() == set()


def test_who_was_united_with_somebody_further_on_goes_too(known, studio, staff):
    person, _group, _face = known
    last = PersonFactory(studio=studio)
    decisions.unite(last, person, by=_user(staff))
    delete_for_good(last)
    assert told_in_tables() == set()


def test_who_was_taken_for_them_and_is_somebody_else_stays(known, studio, staff):
    person, _group, _face = known
    decisions.undo(FaceDecision.objects.filter(before__has_key="people").latest("made_at"), by=_user(staff))
    other = Person.objects.get(real_name=OTHER)
    delete_for_good(person)
    assert Person.objects.filter(pk=other.pk, email=OTHER_EMAIL).exists()
    assert ErasedSubject.objects.count() == 1


def test_a_repeated_request_does_not_make_them_again(known, api):
    person, _group, _face = known
    delete_for_good(person)
    body = {"full_name": NAME, "email": EMAIL, "external_id": NUMBER}
    again = api.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="once")
    assert (again.status_code, again["Idempotent-Replayed"]) == (404, "true")
    assert told_in_tables() == set()


def test_pictures_of_the_enrolment_are_gone_from_the_storage(api, studio):
    person = PersonFactory(studio=studio)
    files = {"user_id": str(person.pk), "file": SimpleUploadedFile("a.jpg", picture_of(["ann"]))}
    assert api.post("/api/v1/faces/upload/", files, format="multipart").status_code == 202
    names = [photo.file.name for photo in GalleryImage.objects.filter(subject=person)]
    assert all(default_storage.exists(name) for name in names)
    assert names
    delete_for_good(person)
    assert not any(default_storage.exists(name) for name in names)


def test_what_is_erased_is_listed_in_a_chain_that_shows_every_change(known, django_capture_on_commit_callbacks):
    person, _group, _face = known
    with django_capture_on_commit_callbacks(execute=True):
        delete_for_good(person)
        delete_for_good(PersonFactory())
    rows = list(ErasedSubject.objects.order_by("pk"))
    listed = erased_subjects.read_file(erased_subjects.list_path())
    assert erased_subjects.digest_of_subject("galleries.Person", str(person.pk)) in {row.subject for row in rows}
    assert [row.digest for row in listed] == [row.digest for row in rows]
    assert erased_subjects.find_break(rows) is None
    for changed in (rows[1:], [rows[0], *rows[2:]], rows[::-1]):
        assert erased_subjects.find_break(changed) is not None
    rows[0].subject = "somebody else"
    assert erased_subjects.find_break(rows) == erased_subjects.ChainBreak(1)
    assert erased_subjects.list_path().stat().st_mode & 0o077 == 0


def test_a_back_up_that_brings_somebody_back_is_gone_through_again(known, capsys, django_capture_on_commit_callbacks):
    person, _group, _face = known
    with django_capture_on_commit_callbacks(execute=True):
        delete_for_good(person)
    ErasedSubject.objects.all().delete()  # a restored database has none of it
    PersonFactory(pk=person.pk, studio=person.studio, real_name=NAME, email=EMAIL)
    call_command("erasures", "apply")
    assert "galleries.Person: 1 erased again" in capsys.readouterr().out
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not TrashEntry.objects.exists()
    assert told_in_tables() == set()


def test_a_list_that_was_changed_is_not_applied(known, django_capture_on_commit_callbacks):
    person, _group, _face = known
    with django_capture_on_commit_callbacks(execute=True):
        delete_for_good(person)
    path = erased_subjects.list_path()
    own, other = (erased_subjects.digest_of_subject("galleries.Person", str(p.pk)) for p in (person, PersonFactory()))
    path.write_text(path.read_text().replace(own, other))
    with pytest.raises(CommandError, match="was changed: line"):
        call_command("erasures", "apply")
