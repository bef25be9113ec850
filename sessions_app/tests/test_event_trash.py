"""An event is deleted with all that belongs to it, comes back as it was, and is gone for good in the end."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from facepass.core.errors import FacePassError
from facepass.core.trash import entries, purge
from facepass.models import Erasure, OutboxEvent, TrashEntry, TrashRow
from facepass.testing.factories import GalleryFactory, PersonFactory, PhotoFactory, SessionFactory, UserFactory
from facepass.testing.pages.visitors import addresses, device, ids, search, selfie, shown
from galleries import tasks
from galleries.faces import decisions
from galleries.models import FaceCluster, FaceDecision, Gallery, GalleryImage, PhotoFace
from galleries.people import naming
from galleries.photos import analysis, media_files
from sessions_app.guest.domain.privacy import erasure, withdrawal
from sessions_app.models import FoundPhoto, Guest, GuestRules, PhotoSession, SessionDay
from sessions_app.models.guest import UNDO_LIFETIME

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def user():
    return UserFactory(is_superuser=True)


@pytest.fixture
def busy(ann, session, photos, user):
    """The event with one of everything: names, decisions, rules, guests with links, alerts and hidings."""
    ann.post(f"/s/{session.code}/photos/favourite/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/photos/share/", {"photo": ids(photos[0])})
    ann.post(f"/s/{session.code}/link/")
    ann.post(f"/s/{session.code}/alerts/", {"address": "a@example.org", "agreed": "on", "selfie": selfie(["ann"])})
    erasure.hide_guest(ann.guest)
    GuestRules.objects.create(session=session, watermark="party")
    SessionDay.objects.get_or_create(session=session, day=timezone.localdate(), defaults={"searches": 3})
    group = FaceCluster.objects.filter(size=2).first()
    naming.name_group(group, PersonFactory(studio=session.studio, real_name="Ann"), by=user)
    decisions.reject(FaceCluster.objects.exclude(pk=group.pk).first(), by=user)
    return ann


def rows():
    """Every row of every table that is no trash, as the database writes it."""
    own = ("trash", "erasures", "outbox", "chores", "django_", "kept_", "rate_")
    tables = [table for table in connection.introspection.table_names() if not table.startswith(own)]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def files(photos):
    return [name for photo in photos for name in media_files.storage_names(photo)]


def delete(session, user):
    (entry,) = entries.move_to_trash("event", [session], by=user)
    return entry


def test_deleted_nothing_of_it_is_left_in_any_table_and_another_event_is_untouched(busy, session, photos, user):
    other = PhotoFactory(gallery=GalleryFactory(studio=session.studio, session_id=SessionFactory().pk), people=["ann"])
    tasks.analyse_gallery(str(other.gallery_id))
    neighbour = {"gallery": Gallery.objects.get(pk=other.gallery_id), "faces": list(other.faces.values_list("pk"))}
    named = [str(pk) for pk in (session.pk, photos[0].gallery_id, *ids(*photos), busy.guest.pk)]
    delete(session, user)
    left = "\n".join(line for lines in rows().values() for line in lines)
    assert [pk for pk in named if pk in left] == []
    assert list(Gallery.objects.all()) == [neighbour["gallery"]]
    assert list(PhotoFace.objects.values_list("pk")) == neighbour["faces"]
    assert all(default_storage.exists(name) for name in files([other]))


def test_what_is_deleted_is_not_found_and_not_served(busy, session, photos, user):
    page = busy.get(f"/s/{session.code}/photos/")
    guest_address, signed = addresses(page, "preview")[0], media_files.signed_path(photos[0], "preview")
    assert busy.get(guest_address).status_code == Client().get(signed).status_code == 200
    delete(session, user)
    assert Client().get(f"/s/{session.code}/").status_code == 404
    assert busy.get(guest_address).status_code == Client().get(signed).status_code == 404
    assert Client().get(media_files.photo_path(photos[0], "original")).status_code == 404
    assert all(default_storage.exists(name) for name in files(photos) if "marked" not in name), "until it is purged"


def test_restored_every_row_is_as_it_was(busy, session, user):
    before = rows()
    entries.restore(delete(session, user).pk)
    after = rows()
    for table in ("galleries", "gallery_images"):  # asked to be looked at again
        assert len(after.pop(table)) == len(before.pop(table))
    assert {table: lines for table, lines in after.items() if lines != before[table]} == {}
    assert not TrashEntry.objects.exists()
    assert not TrashRow.objects.exists()


def test_a_restored_event_finds_its_guests_photos_and_every_decision_can_be_undone(busy, session, photos, user):
    entries.restore(delete(session, user).pk)
    page = busy.get(f"/s/{session.code}/photos/").content.decode()
    assert all(pk in page for pk in ids(photos[0], photos[2]))
    for decision in FaceDecision.objects.standing().order_by("-made_at"):
        decisions.undo(decision, by=user)
    assert not PhotoFace.objects.exclude(person=None).exists()


def test_after_its_days_it_is_gone_for_good_with_a_receipt(busy, session, photos, user):
    names = files(photos)
    entry = delete(session, user)
    purge.purge_due()
    assert TrashEntry.objects.exists()
    TrashEntry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    purge.purge_due()
    assert not TrashEntry.objects.exists()
    assert not TrashRow.objects.exists()
    assert not [name for name in names if default_storage.exists(name)]
    receipt = Erasure.objects.get()
    assert (receipt.kind, receipt.counts, receipt.deleted_by) == ("event", entry.counts, user)
    told = OutboxEvent.objects.get(type="erasure.completed").data
    assert told == {
        "receipt_id": str(receipt.pk), "kind": "event", "galleries": 1, "photos": 3, "faces": 4, "guests": 1,
    }  # fmt: skip
    with pytest.raises(FacePassError, match="no longer"):
        entries.restore(entry.pk)


def refuse(name):
    raise OSError("the bucket is away")


def test_a_purge_that_was_interrupted_goes_on_and_cannot_be_restored(busy, session, photos, user, monkeypatch):
    entry = delete(session, user)
    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "delete", refuse)
        with pytest.raises(OSError, match="away"):
            purge.purge(entry.pk)
    with pytest.raises(FacePassError) as refusal:
        entries.restore(entry.pk)
    assert refusal.value.code == "not_found"
    purge.purge_due()
    assert not TrashEntry.objects.exists()
    assert not [name for name in files(photos) if default_storage.exists(name)]


@pytest.mark.usefixtures("busy")
def test_without_days_in_the_trash_it_is_gone_with_the_commit(
    session, photos, user, settings, django_capture_on_commit_callbacks
):
    settings.TRASH_DAYS = 0
    with django_capture_on_commit_callbacks(execute=True):
        delete(session, user)
    assert not TrashEntry.objects.exists()
    assert Erasure.objects.get().erased_by == user
    assert not [name for name in files(photos) if default_storage.exists(name)]


def test_an_analysis_that_is_overtaken_by_the_deletion_writes_nothing_and_begins_anew_when_restored(session, user):
    photo = PhotoFactory(gallery=GalleryFactory(studio=session.studio, session_id=session.pk), people=["ann"])
    claimed = GalleryImage.objects.claim_next()
    entry = delete(session, user)
    analysis.analyse_photo(claimed)
    assert not PhotoFace.objects.exists()
    entries.restore(entry.pk)
    tasks.analyse_gallery(str(photo.gallery_id))
    assert photo.faces.count() == 1
    assert GalleryImage.objects.get().state == "processed"


@pytest.mark.parametrize("hide", [erasure.hide_guest, lambda guest: erasure.forget_guest(guest, hidden=True)])
def test_who_hides_while_a_photo_of_theirs_is_in_the_trash_is_not_found_on_it_afterwards(
    ann, session, photos, user, hide
):
    (entry,) = entries.move_to_trash("photo", [photos[0]], by=user)
    hide(ann.guest)
    entries.restore(entry.pk)
    other = device(session)
    search(other, session, ["ann"])
    assert shown(other, session) == []


def trashed():
    return "\n".join(TrashRow.objects.values_list("content", flat=True))


def test_what_the_trash_holds_of_a_guest_who_is_forgotten_goes_at_once(busy, photos, user):
    (entry,) = entries.move_to_trash("photo", [photos[0]], by=user)
    assert str(busy.guest.pk) in trashed()
    erasure.forget_guest(busy.guest, hidden=False)
    assert str(busy.guest.pk) not in trashed()
    entries.restore(entry.pk)
    assert GalleryImage.objects.count() == 3
    assert not FoundPhoto.objects.exists()


def withdraw_a_minute_ago(guest):
    withdrawal.withdraw_consent(guest)
    Guest.objects.update(withdrawn_at=timezone.now() - UNDO_LIFETIME)


def test_what_the_trash_holds_of_a_guest_who_withdrew_goes_with_the_minute(busy, photos, user):
    (entry,) = entries.move_to_trash("photo", [photos[0]], by=user)
    withdraw_a_minute_ago(busy.guest)
    withdrawal.delete_withdrawn()
    assert str(busy.guest.pk) not in trashed()
    entries.restore(entry.pk)
    assert GalleryImage.objects.count() == 3
    assert not FoundPhoto.objects.exists()


def test_a_guest_who_withdrew_and_whose_event_is_deleted_then_leaves_nothing_in_the_trash(busy, session, user):
    """Deleted within the minute: the chore finds what it has to delete in the trash."""
    withdrawal.withdraw_consent(busy.guest)
    (entry,) = entries.move_to_trash("event", [session], by=user)
    withdrawal.delete_withdrawn()
    withdrawal.delete_withdrawn()
    assert trashed().count(str(busy.guest.pk)) == 1, "the record of the consent alone"
    entries.restore(entry.pk)
    guest = Guest.objects.get(pk=busy.guest.pk)
    assert guest.withdrawn_at
    assert guest.emptied_at
    assert not guest.found.exists()


def test_of_an_event_in_pixora_the_galleries_and_guests_go_and_the_session_stays(busy, session, user):
    PhotoSession.objects.update(origin="pixora")
    before = rows()
    (entry,) = entries.move_to_trash("event_contents", [session], by=user)
    left = rows()
    assert left["photo_sessions"] == before["photo_sessions"]
    assert [table for table in ("guest_rules", "session_days") if not left[table]] == []
    assert [table for table in ("galleries", "photo_faces", "guests", "guest_hidings") if left[table]] == []
    entries.restore(entry.pk)
    assert rows()["photo_faces"] == before["photo_faces"]


# Columns with ids that are no foreign keys, and why the trash does not follow them.
NOT_FOLLOWED = {
    ("facepass.Studio", "main_app_id"): "an id of another program",
    ("facepass.Heartbeat", "token"): "names no row",
    ("galleries.Gallery", "location_id"): "an id of another program",
    ("galleries.GalleryImage", "burst"): "names no row: the shots of a burst share it",
    ("galleries.ErasedFace", "request_id"): "who takes the request back looks in the trash too",
    ("galleries.LeftOutPerson", "request_id"): "goes with its event, and with its request",
    ("galleries.Job", "claim"): "names no row",
    ("sessions_app.ConsentRecord", "session_id"): "a record of a consent outlives its event",
    ("sessions_app.PhotoSession", "photographer_id"): "an id of another program",
    ("sessions_app.PhotoSession", "service_package_id"): "an id of another program",
    ("sessions_app.WebhookDelivery", "claim"): "names no row",
}


def test_every_column_that_may_name_a_row_without_a_foreign_key_is_followed():
    from facepass.core.trash import registry

    followed = {(link.child, link.column) for link in registry._loose_links}
    ours = [m for m in apps.get_models() if m.__module__.startswith(("facepass", "galleries", "sessions", "training"))]
    named = {
        (model._meta.label, field.name)
        for model in ours
        if model._meta.managed
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and not field.primary_key
    }
    assert named - followed - NOT_FOLLOWED.keys() == set()


# What goes with each kind. A new table that belongs to one of them shows here; give it a title in `registry.TITLES`,
# where people would ask for it.
BELOW_PHOTO = {
    "galleries.EnrolmentConsent",
    "galleries.ErasedFace", "galleries.GalleryImage", "galleries.ImportedFile", "galleries.PhotoDescription",
    "galleries.PhotoFace", "galleries.SpareFace", "sessions_app.CameraFile", "sessions_app.FoundPhoto",
    "sessions_app.HiddenFace", "sessions_app.PossiblePhoto", "sessions_app.ShareLink_photos",
}  # fmt: skip
BELOW_GALLERY = BELOW_PHOTO | {
    "facepass.StaffNotice", "facepass.StaffNotice_told", "galleries.FaceCluster", "galleries.FaceDecision",
    "galleries.Gallery", "galleries.LeftOutRequest", "galleries.SuggestionCount",
}  # fmt: skip
TABLES = {
    "photo": BELOW_PHOTO,
    "gallery": BELOW_GALLERY,
    "person": BELOW_PHOTO | {"galleries.Person", "galleries.PersonLink", "galleries.PersonTemplate"},
    "event_contents": BELOW_GALLERY | {
        "sessions_app.Alert", "sessions_app.Guest", "sessions_app.GuestUpload", "sessions_app.Hiding",
        "sessions_app.PhotoSession", "sessions_app.ReadyNotice", "sessions_app.ReturnLink",
        "sessions_app.ShareLink", "sessions_app.Slideshow",
        "galleries.LeftOutPerson", "recognition.RecognitionConfigChange", "recognition.RecognitionOverride",
    },
}  # fmt: skip
TABLES["event"] = TABLES["event_contents"] | {
    "sessions_app.CameraAccount",
    "sessions_app.EventPrivacy",
    "sessions_app.GuestRules",
    "sessions_app.HubEntry",
    "sessions_app.RetentionPeriods",
    "sessions_app.RetentionStep",
    "sessions_app.SessionDay",
}


@pytest.mark.parametrize("kind", TABLES)
def test_each_kind_takes_along_the_tables_that_are_known_to_belong_to_it(kind):
    from facepass.core.trash import registry

    assert {model._meta.label for model in registry.list_tables(registry.KINDS[kind])} == TABLES[kind]
