"""A real worker that is killed in the middle of a training: what is in use stays, and another worker does the run."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from facepass.testing.live import connect, manage, processes_of, start
from facepass.testing.waiting import eventually

FAKE = {"DJANGO_SETTINGS_MODULE": "facepass.testing.engines.fake_settings", "ANALYSIS_LEASE_SECONDS": "3"}
TRAIN = """
from facepass.models import Studio
from facepass.testing.factories import PersonFactory
from training import run
from facepass.testing.trainings import person_with
studio, _made = Studio.objects.get_or_create(name="S", slug="s")
PersonFactory.reset_sequence({0})
for seed in range({0}, {1}):
    person_with(studio, 6, seed=seed)
run.start_training(studio, by="test")
"""


def train(home, first, beyond):
    """With people of those numbers, and all there were before."""
    said = manage(home, "shell", "-c", TRAIN.format(first, beyond), **FAKE)
    assert said.returncode == 0, said.stderr


def kill_workers(home):
    workers = [pid for pid in processes_of(home) if b"qcluster" in command_line(pid)]
    assert workers
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def command_line(pid):
    """Nothing for a process that ended meanwhile, such as one of PostgreSQL for a query."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def test_a_killed_run_leaves_the_version_in_use_and_is_done_by_another_worker(live_home):
    live = start(live_home, **FAKE)

    def in_use():
        return live.query("SELECT number FROM template_sets WHERE active")

    def at_the_lock():
        return live.query("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'template_sets'::regclass")

    try:
        train(live_home, 1, 13)
        eventually(lambda: in_use() == [(1,)])
        with connect(live_home) as other:
            other.autocommit = False
            other.execute("LOCK TABLE template_sets IN EXCLUSIVE MODE")
            train(live_home, 70, 71)
            eventually(at_the_lock)
            kill_workers(live_home)
            assert in_use() == [(1,)]
        eventually(lambda: in_use() == [(2,)])
        assert live.query("SELECT status, count(*) FROM face_training_sessions GROUP BY status") == [("completed", 2)]
        assert live.query("SELECT count(*) FROM template_sets") == [(2,)]
    finally:
        live.stop()
