"""Mirroring: what changed, what was switched, what is gone, what has drifted."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from facepass.core.errors import FacePassError
from facepass.core.work import chores
from facepass.models import StaffNotice
from facepass.testing.factories import GalleryFactory, SessionFactory, StudioFactory
from sessions_app.models import PhotoSession, PixoraLink
from sessions_app.pixora import demo, sync
from sessions_app.pixora.mirror import Changes

pytestmark = pytest.mark.django_db(transaction=True)


def test_sessions_are_mirrored_with_their_fields_and_attach_to_their_galleries(api, studio, pixora):
    pk = pixora.add(name="x" * 300)
    assert sync.mirror_changes() == Changes(created=1)
    session = PhotoSession.objects.get(pk=pk)
    assert (session.studio, len(session.name), session.facepass_enabled) == (studio, 200, True)
    gallery = GalleryFactory(studio=studio, session_id=pk)
    pixora.run("UPDATE photo_sessions SET name = 'Party', status = 'completed', updated_at = now()")
    assert sync.mirror_changes() == Changes(updated=1)
    session.refresh_from_db()
    assert (session.name, session.status) == ("Party", "completed")
    assert api.get(f"/api/v1/sessions/{pk}/facepass-status").json()["galleries"] == 1
    assert gallery.session_id == session.pk


def test_a_second_run_changes_nothing(pixora):
    pixora.add()
    sync.mirror_changes()
    assert sync.mirror_changes() == Changes()


def test_it_goes_page_by_page_and_on_from_the_last_whole_page(pixora, monkeypatch):
    for _number in range(7):
        pixora.add()
    pixora.run("UPDATE photo_sessions SET updated_at = '2026-01-01'")  # all at the same moment
    monkeypatch.setattr(sync, "PAGE", 3)
    told = []
    assert sync.mirror_changes(report=lambda looked, _changes: told.append(looked)).created == 7
    assert told == [3, 6, 7]


def test_a_row_that_was_committed_late_is_found_by_the_overlap(pixora):
    pixora.add()
    sync.mirror_changes()
    late = pixora.add()
    pixora.run("UPDATE photo_sessions SET updated_at = now() - interval '5 minutes' WHERE id = %s", late)
    assert sync.mirror_changes().created == 1
    mirrored = PixoraLink.load().mirrored_until
    assert mirrored == pixora.run("SELECT max(updated_at) FROM photo_sessions").fetchone()[0]


def test_what_is_older_than_the_overlap_is_found_by_looking_at_everything(pixora):
    pixora.add()
    sync.mirror_changes()
    old = pixora.add()
    pixora.run("UPDATE photo_sessions SET updated_at = now() - interval '1 day' WHERE id = %s", old)
    assert sync.mirror_changes().created == 0
    assert sync.mirror_changes(everything=True).created == 1


def test_a_switch_is_counted(pixora):
    pk = pixora.add()
    sync.mirror_changes()
    pixora.switch(pk, enabled=False)
    assert sync.mirror_changes() == Changes(updated=1, switched=1)
    assert not PhotoSession.objects.get(pk=pk).facepass_enabled


def test_deleted_sessions_are_found_at_the_sweep_and_their_rows_stay(pixora):
    kept, gone = pixora.add(), pixora.add()
    sync.mirror_changes()
    pixora.delete(gone)
    assert sync.mirror_changes() == Changes()
    PixoraLink.objects.update(swept_at=PixoraLink.load().swept_at - sync.SWEEP_EVERY - timedelta(seconds=1))
    assert sync.mirror_changes() == Changes(deleted=1)
    assert list(PhotoSession.objects.mirrored()) == [PhotoSession.objects.get(pk=kept)]
    assert not PhotoSession.objects.get(pk=gone).facepass_enabled


def test_a_session_of_our_own_with_the_same_id_is_left_alone(studio, pixora):
    own = SessionFactory(studio=studio, pk=pixora.add(), name="Ours")
    assert sync.mirror_changes() == Changes()
    own.refresh_from_db()
    assert own.name == "Ours"


def test_sessions_of_unknown_studios_are_counted_until_the_studio_is_known(pixora):
    there = uuid.uuid4()
    pixora.add(studio_id=there)
    assert sync.mirror_changes() == Changes(skipped=1)
    StudioFactory(main_app_id=there)
    assert sync.mirror_changes() == Changes(created=1)


def test_a_missing_column_is_a_named_error_and_no_crash_of_the_workers(pixora, caplog):
    pixora.add()
    pixora.run("ALTER TABLE photo_sessions DROP COLUMN updated_at")
    with pytest.raises(FacePassError) as refusal:
        sync.mirror_changes()
    assert (refusal.value.code, refusal.value.details) == ("pixora_schema", {"problem": "missing columns: updated_at"})
    sync.run_sync()
    assert "pixora_schema" in caplog.text
    assert PixoraLink.load().error == "pixora_schema"


def test_the_workers_are_called_once_a_minute(pixora, monkeypatch):
    called = []
    monkeypatch.setattr(chores, "_chores", {"sessions_app.pixora.sync.run_sync": 60})
    monkeypatch.setattr(chores, "async_task", lambda *task, **_options: called.append(task))
    chores.enqueue_due_chores()
    chores.enqueue_due_chores()
    assert called == [("facepass.core.work.chores.run_chore", "sessions_app.pixora.sync.run_sync")]


def test_the_command_tells_how_far_it_is(pixora, capsys):
    pixora.add()
    pixora.add(studio_id=uuid.uuid4())
    call_command("sync_sessions", all=True)
    said = capsys.readouterr()
    assert "2 sessions: 1 created, 0 updated, 0 switched, 0 deleted, 1 skipped" in said.out
    assert "set their id in Pixora" in said.err


def test_the_command_says_so_where_sessions_are_local():
    with pytest.raises(CommandError, match="MAIN_APP_DATABASE_URL"):
        call_command("sync_sessions")


def test_the_demo_makes_a_database_fills_it_once_and_tells_nobody_the_password(settings, monkeypatch, capsys):
    monkeypatch.setattr(demo, "DATABASE", "pixora_demo_test")
    for function in (demo.create_database, demo.add_sessions, demo.build_database_url, demo.connect):
        monkeypatch.setitem(function.__kwdefaults__, "name", "pixora_demo_test")
    call_command("pixora_demo", sessions=5)
    call_command("pixora_demo", sessions=5)
    said = capsys.readouterr().out
    assert "5 new sessions" in said
    assert "0 new sessions" in said
    path = settings.HOME / "pixora_demo.url"
    assert path.stat().st_mode & 0o777 == 0o600
    assert demo.database_settings(settings.HOME)["PASSWORD"] not in said
    with demo.connect(settings.HOME) as there:
        assert there.execute("SELECT count(*) FILTER (WHERE facepass_enabled) FROM photo_sessions").fetchone() == (4,)


def test_staff_hear_of_a_changed_table_at_once_and_of_silence_after_a_while(studio, pixora):
    pixora.add()
    sync.run_sync()
    with pixora.stopped():
        sync.run_sync()
        assert not StaffNotice.objects.exists()
        PixoraLink.objects.update(synced_at=timezone.now() - sync.SILENCE_BEFORE_NOTICE, open_until=None)
        sync.run_sync()
        sync.run_sync()
    notice = StaffNotice.objects.get()
    assert (notice.studio, notice.kind, notice.data) == (studio, "sync.failed", {"code": "pixora_unavailable"})
    pixora.cool_down()
    pixora.run("ALTER TABLE photo_sessions DROP COLUMN updated_at")
    sync.run_sync()
    notice.refresh_from_db()
    assert notice.data == {"code": "pixora_schema"}


def test_studios_without_sessions_in_pixora_hear_nothing_of_it(pixora):
    StudioFactory()
    pixora.run("ALTER TABLE photo_sessions DROP COLUMN updated_at")
    sync.run_sync()
    assert StaffNotice.objects.count() == 1


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0001-12-31 22:00:00+00 BC", "12026-05-01 12:00:00+00"])
@pytest.mark.parametrize("column", ["scheduled_at", "completed_at", "updated_at", "created_at"])
def test_a_row_of_pixora_s_that_cannot_be_read_stops_none_of_the_others(api, pixora, column, moment):
    before, poisoned = pixora.add(), pixora.add()
    pixora.run(f"UPDATE photo_sessions SET {column} = '{moment}' WHERE id = %s", poisoned)
    sync.mirror_changes()
    after = pixora.add()
    sync.mirror_changes()
    assert set(PhotoSession.objects.values_list("pk", flat=True)) >= {before, after}
    assert api.get(f"/api/v1/sessions/validate/{poisoned}/").json()["valid"] is True
    assert PhotoSession.objects.get(pk=poisoned).scheduled_at is None
    assert api.get("/api/v1/sessions/").status_code == 200


def test_a_change_that_pixora_dates_into_the_future_hides_no_later_one(pixora):
    pixora.add()
    pixora.run("UPDATE photo_sessions SET updated_at = '5000-01-01'")
    sync.mirror_changes()
    pixora.add()
    assert sync.mirror_changes().created == 1


def test_texts_and_settings_of_pixora_s_are_kept_as_far_as_there_is_room(pixora):
    pk = pixora.add()
    deep = '{"a":' * 200 + "1" + "}" * 200
    pixora.run("UPDATE photo_sessions SET description = repeat('x', 20000), settings = %s::jsonb", deep)
    sync.mirror_changes()
    session = PhotoSession.objects.get(pk=pk)
    assert (len(session.description), session.settings) == (10_000, {})
