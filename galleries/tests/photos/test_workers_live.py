"""Real processes: what is lost when a worker or the database dies in the middle of a photo. Nothing."""

import os
import signal
import uuid

import psycopg
import pytest

from facepass.testing.engines.slow_engine import POISON_WIDTH
from facepass.testing.live import Live, manage, start
from facepass.testing.pictures.fake import picture_of
from facepass.testing.waiting import eventually

PHOTOS = 5
SLOW = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.slow_engine", "ANALYSIS_LEASE_SECONDS": "3"}


@pytest.fixture
def live_slow(live_home, tmp_path):
    """FacePass with a slow engine and five photos of two people each, all waiting."""
    yield from with_photos(live_home, tmp_path, [picture_of(["ann", "bob"], seed=number) for number in range(PHOTOS)])


@pytest.fixture
def live_poisoned(live_home, tmp_path):
    """The same, but the second of the photos kills its worker."""
    data = [picture_of(["ann", "bob"], seed=number) for number in range(PHOTOS)]
    data[1] = picture_of(["ann"], size=(POISON_WIDTH, 500))
    yield from with_photos(live_home, tmp_path, data)


def with_photos(live_home, tmp_path, photos):
    (live_home / "hold").touch()
    running = start(live_home, **SLOW)
    running.query(
        "INSERT INTO studios (id, name, slug, created_at) VALUES (gen_random_uuid(), 'S', 's', now()) RETURNING id"
    )
    for number, data in enumerate(photos):
        (tmp_path / f"{number}.jpg").write_bytes(data)
    done = manage(live_home, "import_photos", str(tmp_path), "--title", "party", "--no-wait", **SLOW)
    assert f"{PHOTOS} new" in done.stdout, done.stderr
    yield running
    if running.process.poll() is None:
        running.stop()


def at_work(live: Live) -> int:
    """The process that analyses a photo right now."""
    said = live.home / "worker.pid"
    return int(eventually(lambda: said.exists() and said.read_text()))


def all_processed(live: Live) -> bool:
    try:
        return live.query("SELECT count(*) FROM gallery_images WHERE state = 'processed'") == [(PHOTOS,)]
    except psycopg.Error:  # the database is being restarted
        return False


def assert_nothing_lost_or_doubled(live: Live) -> None:
    faces = live.query("SELECT photo_id, count(*) FROM photo_faces GROUP BY photo_id")
    assert sorted(count for _photo, count in faces) == [2] * PHOTOS
    boxes = live.query("SELECT count(DISTINCT (photo_id, insightface_bbox)) FROM photo_faces")
    assert boxes == [(2 * PHOTOS,)]
    assert all(isinstance(photo, uuid.UUID) for photo, _count in faces)


def let_go(live: Live) -> None:
    (live.home / "hold").unlink()


def test_a_worker_killed_in_the_middle_of_a_photo_loses_and_doubles_nothing(live_slow):
    os.kill(at_work(live_slow), signal.SIGKILL)
    let_go(live_slow)
    eventually(lambda: all_processed(live_slow))
    assert_nothing_lost_or_doubled(live_slow)
    assert live_slow.query("SELECT max(attempts) FROM gallery_images") == [(2,)]


def test_a_database_killed_while_photos_are_processed_costs_only_time(live_slow):
    at_work(live_slow)
    [database] = live_slow.children("postgres")
    os.kill(database, signal.SIGKILL)
    live_slow.wait_for("The database ended")
    let_go(live_slow)
    eventually(lambda: all_processed(live_slow))
    assert_nothing_lost_or_doubled(live_slow)


def test_a_photo_that_kills_its_worker_is_given_up_and_takes_no_other_with_it(live_poisoned):
    let_go(live_poisoned)
    counted = "SELECT state, count(*) FROM gallery_images GROUP BY state ORDER BY state"
    eventually(lambda: live_poisoned.query(counted) == [("processed", PHOTOS - 1), ("quarantined", 1)])
    assert live_poisoned.query("SELECT max(attempts) FROM gallery_images WHERE state = 'processed'") <= [(2,)]
