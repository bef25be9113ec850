"""Every loop that goes over rows of many owners: three of them, of which the one in the middle is broken.

The first and the last are served, the log names the one that was not, and the job fails at its end.
"""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from facepass.core import notices
from facepass.core.trash import purge
from facepass.core.trash.entries import move_to_trash
from facepass.core.work import chores
from facepass.core.work.each_row import RowsFailed
from facepass.models import NoticeKind, OutboxEvent, StaffNotice, TrashEntry
from facepass.ops.supervisor.child import Child
from facepass.ops.supervisor.host_report import HostReport
from facepass.ops.supervisor.supervisor import Supervisor
from facepass.testing.factories import (
    GalleryFactory,
    MembershipFactory,
    ModelVersionFactory,
    PhotoFactory,
    SessionFactory,
    StudioFactory,
    descriptor,
)
from galleries import tasks
from galleries.faces import redescription
from galleries.models import GalleryImage, PhotoDescription
from galleries.photos import direct_uploads
from galleries.photos.bursts import measuring
from recognition.engines.fake import FakeEngine
from sessions_app import sealing
from sessions_app.guest.domain import alerts, readiness
from sessions_app.guest.domain.privacy import consent, erasure, withdrawal
from sessions_app.guest_data import consent_records
from sessions_app.models import (
    Alert,
    DeliveryState,
    FoundPhoto,
    Guest,
    PhotoSession,
    ReadyNotice,
    WebhookDelivery,
    WebhookEndpoint,
)
from sessions_app.models.guest import GUEST_LIFETIME
from sessions_app.pixora import sync
from sessions_app.retention import chore
from sessions_app.webhooks import courier, outbox, signing
from sessions_app.webhooks.courier import Courier
from sessions_app.webhooks.transport import Outcome

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Case:
    run: Callable[[], Any]
    served: Callable[[], list[bool]]
    """Of each of the three, whether it was done."""
    fails: bool = True
    """False for what runs for ever, and has no end at which to say so."""


def poison(change: str, *, where: str) -> None:
    """From now on the database refuses that change (`INSERT ON table`) of such rows."""
    body = "BEGIN RAISE division_by_zero; END"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION refuse() RETURNS trigger AS '{body}' LANGUAGE plpgsql")
        cursor.execute(f"CREATE TRIGGER poison BEFORE {change} FOR EACH ROW WHEN ({where}) EXECUTE FUNCTION refuse()")


@pytest.fixture
def cure():
    """Takes the poison away again."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS refuse() CASCADE")


def notices_by_mail(_fixture) -> Case:
    members = [MembershipFactory() for _ in range(3)]
    for member in members:
        about = {"studio_id": member.studio_id, "subject": uuid.uuid4()}
        notices.notify_staff(NoticeKind.WEBHOOK_DISABLED, **about, host="app.example.com")
    StaffNotice.objects.filter(studio=members[1].studio).update(data={})  # its sentence has a gap that nothing fills
    sent = lambda: [address for message in mail.outbox for address in message.to]  # noqa: E731
    return Case(notices.send_notice_mails, lambda: [member.user.email in sent() for member in members])


def alerts_of_guests(fixture) -> Case:
    """The one in the middle was sealed with another key."""
    settings = fixture("settings")
    version, now = ModelVersionFactory(), timezone.now()
    sessions = [SessionFactory() for _ in range(3)]
    for number, session in enumerate(sessions):
        gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
        PhotoFactory(gallery=gallery, people=["ann"])
        guest = Guest.objects.create(session=session, notice=consent.NOTICE, language="en")
        key = settings.TEMPLATE_KEY
        settings.TEMPLATE_KEY = bytes(32) if number == 1 else key
        Alert.objects.create(
            guest=guest,
            address=f"guest{number}@example.org",
            descriptor=sealing.pack_descriptor(descriptor(0)),
            model_version=version,
            confirmed_at=now,
            looked_at=now - timedelta(days=1),
            untold=2,
        )
        settings.TEMPLATE_KEY = key
        GalleryImage.objects.filter(gallery=gallery).update(state="processed", processed_at=now)
    sent = lambda: [address for message in mail.outbox for address in message.to]  # noqa: E731
    return Case(alerts.run_alerts, lambda: [f"guest{number}@example.org" in sent() for number in range(3)])


def ready_notices(fixture) -> Case:
    """Of three sessions; what goes wrong with the second one's is no trouble of the mail server."""
    sessions = [SessionFactory() for _ in range(3)]
    for session in sessions:
        gallery = GalleryFactory(studio=session.studio, session_id=session.pk)
        PhotoFactory(gallery=gallery, state="processed")
        readiness.put_down(session, f"{session.code}@example.org")
    ReadyNotice.objects.update(confirmed_at=timezone.now())
    send = readiness.mail.send

    def sending(address, **message):
        if address.startswith(sessions[1].code):
            raise ValueError(address)
        send(address, **message)

    fixture("monkeypatch").setattr(readiness.mail, "send", sending)
    left = lambda: set(ReadyNotice.objects.values_list("session", flat=True))  # noqa: E731
    return Case(readiness.send_ready_notices, lambda: [session.pk not in left() for session in sessions])


def ready_notices_of_one_session(fixture) -> Case:
    session = SessionFactory()
    PhotoFactory(gallery=GalleryFactory(studio=session.studio, session_id=session.pk), state="processed")
    names = [f"guest{number}@example.org" for number in range(3)]
    for name in names:
        readiness.put_down(session, name)
    ReadyNotice.objects.update(confirmed_at=timezone.now())
    send = readiness.mail.send

    def sending(address, **message):
        if address == names[1]:
            raise ValueError(address)
        send(address, **message)

    fixture("monkeypatch").setattr(readiness.mail, "send", sending)
    left = lambda: set(ReadyNotice.objects.values_list("address_digest", flat=True))  # noqa: E731
    return Case(readiness.send_ready_notices, lambda: [sealing.digest(name) not in left() for name in names])


def guests_who_are_gone(_fixture) -> Case:
    """Retention; the second one's row can not be deleted."""
    long_ago = timezone.now() - GUEST_LIFETIME - timedelta(days=1)
    guests = [Guest.objects.create(session=SessionFactory(), language="en", last_seen_at=long_ago) for _ in range(3)]
    poison("DELETE ON guests", where=f"OLD.id = '{guests[1].pk}'")
    return Case(
        erasure.forget_absent_guests, lambda: [not Guest.objects.filter(pk=guest.pk).exists() for guest in guests]
    )


def guests_who_withdrew(_fixture) -> Case:
    """What was kept for them is deleted; the second one's row can not be changed."""
    long_ago = timezone.now() - timedelta(minutes=2)
    guests = [Guest.objects.create(session=SessionFactory(), language="en", withdrawn_at=long_ago) for _ in range(3)]
    poison("UPDATE ON guests", where=f"OLD.id = '{guests[1].pk}'")
    return Case(
        withdrawal.delete_withdrawn, lambda: [bool(Guest.objects.get(pk=guest.pk).emptied_at) for guest in guests]
    )


def events_whose_deadline_is_near(_fixture) -> Case:
    """The studios are told; of the second one nothing can be noted."""
    sessions = [SessionFactory(scheduled_at=timezone.now() - timedelta(days=364)) for _ in range(3)]
    PhotoSession.objects.update(created_at=timezone.now() - timedelta(days=364))  # periods count from the later day
    for session in sessions:
        Guest.objects.create(session=session, language="en")
    poison("INSERT ON retention_steps", where=f"NEW.session_id = '{sessions[1].pk}'")
    told = lambda session: StaffNotice.objects.filter(studio=session.studio).exists()  # noqa: E731
    return Case(chore.keep_deadlines, lambda: [told(session) for session in sessions])


def guests_without_a_record(_fixture) -> Case:
    """Each gets the record of the consent; the second one's row can not be changed."""
    made = [Guest.objects.create(session=SessionFactory(), notice=consent.NOTICE, language="en") for _ in range(3)]
    poison("UPDATE ON guests", where=f"OLD.id = '{made[1].pk}'")
    kept = lambda: set(Guest.objects.exclude(consent_record=None).values_list("pk", flat=True))  # noqa: E731
    return Case(consent_records.keep_records, lambda: [guest.pk in kept() for guest in made])


class Stored:
    last_modified = timezone.now() - timedelta(days=2)

    def __init__(self, key):
        self.key = key


def uploads_that_nobody_asked_about(fixture) -> Case:
    rows, deleted = [Stored(f"incoming/{number}") for number in range(3)], set()

    def delete(key):
        if key == "incoming/1":
            raise OSError(key)
        deleted.add(key)

    fixture("monkeypatch").setattr(direct_uploads.default_storage, "delete", delete)
    bucket = type("Bucket", (), {"objects": type("Objects", (), {"filter": staticmethod(lambda **_: rows)})})
    fixture("monkeypatch").setattr(direct_uploads, "is_available", lambda: True)
    fixture("monkeypatch").setattr(direct_uploads, "_storage", lambda: type("Storage", (), {"bucket": bucket}))
    return Case(direct_uploads.sweep, lambda: [row.key in deleted for row in rows])


def photos_without_a_measure(fixture) -> Case:
    photos = [PhotoFactory(state="processed", stored=False) for _ in range(3)]
    poison("UPDATE ON gallery_images", where=f"NEW.id = '{photos[1].pk}'")
    measured = GalleryImage.objects.exclude(sharpness=None)
    return Case(measuring.measure_old_photos, lambda: [measured.filter(pk=photo.pk).exists() for photo in photos])


def sessions_in_pixora(fixture) -> Case:
    """What Pixora says of the second one can not be taken over."""
    pixora = fixture("pixora")
    pks = [pixora.add() for _ in range(3)]
    poison("INSERT ON photo_sessions", where=f"NEW.id = '{pks[1]}'")
    return Case(sync.run_sync, lambda: [PhotoSession.objects.filter(pk=pk).exists() for pk in pks])


def sessions_deleted_in_pixora(fixture) -> Case:
    pixora = fixture("pixora")
    pks = [pixora.add() for _ in range(3)]
    sync.mirror_changes()
    for pk in pks:
        pixora.delete(pk)
    poison("UPDATE ON photo_sessions", where=f"OLD.id = '{pks[1]}'")
    gone = lambda pk: PhotoSession.objects.get(pk=pk).gone_at is not None  # noqa: E731
    return Case(lambda: sync.mirror_changes(everything=True), lambda: [gone(pk) for pk in pks])


def studios_that_hear_of_the_sync(fixture) -> Case:
    studios = [StudioFactory(main_app_id=uuid.uuid4()) for _ in range(3)]
    tell = notices.notify_staff

    def telling(kind, *, studio_id, **about):
        if studio_id == studios[1].pk:
            raise ValueError
        tell(kind, studio_id=studio_id, **about)

    fixture("monkeypatch").setattr(notices, "notify_staff", telling)
    told = lambda studio: StaffNotice.objects.filter(studio=studio).exists()  # noqa: E731
    return Case(lambda: sync._notify_staff(sync.DRIFTED), lambda: [told(studio) for studio in studios])


def _events() -> list[OutboxEvent]:
    studios = [StudioFactory() for _ in range(3)]
    for studio in studios:
        WebhookEndpoint.objects.create(studio=studio, url="https://app.example.com/", events=["face.enrolled"])
    return [OutboxEvent.objects.create(studio=studio, type="face.enrolled") for studio in studios]


def what_the_trash_has_kept_long_enough(_fixture) -> Case:
    found = [move_to_trash("gallery", [GalleryFactory()], by=None)[0] for _number in range(3)]
    TrashEntry.objects.update(due_at=timezone.now() - timedelta(days=1))
    poison("DELETE ON trash_entries", where=f"OLD.id = '{found[1].pk}'")
    left = lambda entry: TrashEntry.objects.filter(pk=entry.pk).exists()  # noqa: E731
    return Case(purge.purge_due, lambda: [not left(entry) for entry in found])


def events_to_deliveries(_fixture) -> Case:
    events = _events()
    poison("INSERT ON webhook_deliveries", where=f"NEW.event_id = '{events[1].pk}'")
    spread = lambda event: WebhookDelivery.objects.filter(event=event).exists()  # noqa: E731
    return Case(outbox.create_deliveries, lambda: [spread(event) for event in events], fails=False)


def _delivered(events: list[OutboxEvent]) -> list[bool]:
    states = dict(WebhookDelivery.objects.values_list("event", "state"))
    return [states[event.pk] == DeliveryState.DELIVERED for event in events]


def _round() -> None:
    delivering = Courier()
    delivering.run_once(5)
    delivering.finish()


def deliveries_that_can_not_be_begun(fixture) -> Case:
    events, body_of = _events(), signing.build_body

    def body(event):
        if event.pk == events[1].pk:
            raise TypeError("not JSON")
        return body_of(event)

    fixture("monkeypatch").setattr(signing, "build_body", body)
    fixture("monkeypatch").setattr(courier.transport, "post", lambda *_, **__: Outcome(200, "", "", 1.0))
    return Case(_round, lambda: _delivered(events), fails=False)


def deliveries_that_fail_by_a_defect(fixture) -> Case:
    events = _events()

    def post(_url, *, body, headers):
        if str(events[1].pk).encode() in body:
            raise RuntimeError("a defect")
        return Outcome(200, "", "", 1.0)

    fixture("monkeypatch").setattr(courier.transport, "post", post)
    return Case(_round, lambda: _delivered(events), fails=False)


def deliveries_whose_endpoint_is_deleted_meanwhile(fixture) -> Case:
    events = _events()

    def post(_url, *, body, headers):
        return Outcome(200, "", "", 1.0)

    settle = courier.record_attempt

    def settling(sent, outcome):
        if sent.delivery.event_id == events[1].pk:
            sent.delivery.endpoint.delete()
        settle(sent, outcome)

    fixture("monkeypatch").setattr(courier.transport, "post", post)
    fixture("monkeypatch").setattr(courier, "record_attempt", settling)

    def served():
        states = dict(WebhookDelivery.objects.values_list("event", "state"))
        return [states.get(event.pk) == DeliveryState.DELIVERED for event in events]

    return Case(_round, served, fails=False)


def steps_of_the_reconciler(fixture) -> Case:
    done: list[int] = []

    def step(number):
        def run():
            if number == 1:
                raise ValueError
            done.append(number)

        return run

    fixture("monkeypatch").setattr(tasks, "RECONCILING", [step(number) for number in range(3)])
    return Case(tasks.reconcile, lambda: [number in done for number in range(3)])


def what_is_tidied(fixture) -> Case:
    done: list[int] = []

    def forget(number):
        def run():
            if number == 1:
                raise ValueError
            done.append(number)

        return run

    fixture("monkeypatch").setattr(chores, "CLEANUPS", [forget(number) for number in range(3)])
    return Case(chores.enqueue_due_chores, lambda: [number in done for number in range(3)])


def photos_described_by_another_model(_fixture) -> Case:
    photos = [PhotoFactory(people=["ann"], state="processed", processed_at=timezone.now()) for _ in range(3)]
    poison("INSERT ON spare_faces", where=f"NEW.photo_id = '{photos[1].pk}'")
    version = ModelVersionFactory(contract_id="another")

    class Watch:
        def has_time(self):
            return True

        def report(self, *, done, total):
            return None

    def errors():
        return dict(PhotoDescription.objects.filter(model_version=version).values_list("photo", "error"))

    def run():
        redescription.describe_waiting_photos(FakeEngine(), version, watch=Watch())

    return Case(run, lambda: [errors()[photo.pk] == "" for photo in photos], fails=False)


class Stubborn(Child):
    ended = False

    def terminate(self):
        if self.name == "child 1":
            raise OSError("no such process")
        self.ended = True

    def wait(self):
        return True


def children_of_the_supervisor(_fixture) -> Case:
    children = [Stubborn(name=f"child {number}", command=[], environment={}, grace=0.1) for number in range(3)]
    web, *workers = children
    quiet = HostReport(write=lambda down: None, delete=lambda: None)
    supervisor = Supervisor(webs=[web], workers=workers, healthy=lambda: True, report=print, ready="ready", host=quiet)
    return Case(supervisor._stop, lambda: [child.ended for child in children], fails=False)


CASES = [
    notices_by_mail,
    alerts_of_guests,
    ready_notices,
    ready_notices_of_one_session,
    guests_who_are_gone,
    guests_who_withdrew,
    events_whose_deadline_is_near,
    guests_without_a_record,
    uploads_that_nobody_asked_about,
    photos_without_a_measure,
    sessions_in_pixora,
    sessions_deleted_in_pixora,
    studios_that_hear_of_the_sync,
    what_the_trash_has_kept_long_enough,
    events_to_deliveries,
    deliveries_that_can_not_be_begun,
    deliveries_that_fail_by_a_defect,
    deliveries_whose_endpoint_is_deleted_meanwhile,
    steps_of_the_reconciler,
    what_is_tidied,
    photos_described_by_another_model,
    children_of_the_supervisor,
]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("fake_engine", "english", "cure")
def test_one_broken_row_stops_none_of_the_others(case, request, caplog):
    broken: Case = case(request.getfixturevalue)
    with caplog.at_level(logging.WARNING):
        if broken.fails:
            with pytest.raises(RowsFailed):
                broken.run()
        else:
            broken.run()
    assert broken.served() == [True, False, True]
    if case is not deliveries_whose_endpoint_is_deleted_meanwhile:  # nobody waits for that one any more
        assert any(record.levelname == "ERROR" for record in caplog.records)
    assert "@example.org" not in caplog.text
    assert "app.example.com" not in caplog.text


# --- every chore is among them


# One statement for all rows, one chain of them, or another package's.
BY_ONE_STATEMENT = {
    "facepass.core.audit.chain.note_head",
    "facepass.core.audit.chain.seal_entries",
    "facepass.core.notices.delete_old_notices",
    "galleries.models.suggestion.delete_orphaned_counts",
    "oauth2_provider.models.clear_expired",
    "sessions_app.webhooks.outbox.delete_old_events",
    "training.tasks.settle",
}
# Of the installation: the chain of its audit, its files, its release, and its tables, of which one that is in use holds
# up no other.
OF_NOBODY = {
    "facepass.core.audit.chain.note_head",
    "facepass.core.audit.chain.seal_entries",
    "facepass.ops.file_check.nightly.check_at_night",
    "facepass.ops.newer_release.ask",
    "facepass.ops.remains.rewrite_due",
}
WALKED = {
    "facepass.core.notices.send_notice_mails",
    "facepass.core.trash.purge.purge_due",
    "galleries.photos.bursts.measuring.measure_old_photos",
    "galleries.photos.direct_uploads.sweep",
    "sessions_app.guest.domain.alerts.run_alerts",
    "sessions_app.guest.domain.privacy.erasure.forget_absent_guests",
    "sessions_app.guest_data.consent_records.keep_records",
    "sessions_app.guest.domain.privacy.withdrawal.delete_withdrawn",
    "sessions_app.guest.domain.readiness.send_ready_notices",
    "sessions_app.pixora.sync.run_sync",
    "sessions_app.retention.chore.keep_deadlines",
}


def registered() -> Iterator[str]:
    for path in Path(settings.BASE_DIR).glob("*/**/apps.py"):
        if ".venv" not in path.parts:
            yield from re.findall(r'chores\.register_chore\("([^"]+)"', path.read_text())


def test_every_chore_is_walked_or_is_one_statement():
    assert set(registered()) == WALKED | BY_ONE_STATEMENT | OF_NOBODY


def test_a_delivery_that_fails_by_a_defect_is_tried_again_later_and_not_at_once(monkeypatch):
    events = _events()

    def post(*_arguments, **_options):
        raise RuntimeError("a defect")

    monkeypatch.setattr(courier.transport, "post", post)
    _round()
    for delivery in WebhookDelivery.objects.filter(event__in=events):
        assert delivery.state == DeliveryState.PENDING
        assert delivery.due_at > timezone.now() + timedelta(seconds=5)
        assert delivery.log.get().error == "internal_error"


def test_a_poisoned_event_is_given_up_and_not_tried_at_every_round(cure):
    events = _events()
    poison("INSERT ON webhook_deliveries", where=f"NEW.event_id = '{events[1].pk}'")
    outbox.create_deliveries()
    assert outbox.create_deliveries() == 0


def test_a_guest_who_comes_back_while_guests_are_forgotten_stays(monkeypatch):
    long_ago = timezone.now() - GUEST_LIFETIME - timedelta(days=1)
    guest = Guest.objects.create(session=SessionFactory(), language="en", last_seen_at=long_ago)
    forget = erasure._forget_if_absent

    def forgetting(pk):
        guest.record_visit()
        forget(pk)

    monkeypatch.setattr(erasure, "_forget_if_absent", forgetting)
    with suppress(RowsFailed):
        erasure.forget_absent_guests()
    assert Guest.objects.filter(pk=guest.pk).exists()
    assert not FoundPhoto.objects.exists()
