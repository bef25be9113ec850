"""`manage.py up`: what it starts, what it survives, and what is left when it ends."""

import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from facepass.core.errors import FacePassError
from facepass.core.work import heartbeats
from facepass.ops.embedded.paths import socket_folder
from facepass.ops.supervisor import child as supervision
from facepass.ops.supervisor.child import Child
from facepass.ops.supervisor.host_report import HostReport
from facepass.ops.supervisor.listener import Listener, open_listener
from facepass.ops.supervisor.model_switch import ModelSwitchWatcher
from facepass.ops.supervisor.supervisor import Supervisor
from facepass.ops.supervisor.watchdog import EVERY_SECONDS, STALLED_SECONDS, Watchdog
from facepass.testing.engines.real import TESTPACK
from facepass.testing.factories import ModelVersionFactory
from facepass.testing.live import manage, processes_of, start
from facepass.testing.waiting import eventually
from recognition.engines import registry
from recognition.models import ModelVersion


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=300) as answer:
        return answer.status


def ask(url: str) -> tuple[int, str]:
    """The status and the body, of a refusal too."""
    try:
        with urllib.request.urlopen(url, timeout=300) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def beats(live) -> list[tuple]:
    return live.query("SELECT token FROM heartbeats")


def content(path: Path) -> bytes:
    """Empty where a process has ended meanwhile."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def beats_again(live, *, unlike: list[tuple]) -> bool:
    """False too while the database starts."""
    try:
        return beats(live) != unlike
    except psycopg.OperationalError:
        return False


def keeps_its_connections(live) -> bool:
    """Whether nobody connected to the database anew within three looks of a worker for work."""
    before = connections(live)
    time.sleep(3 * settings.Q_CLUSTER["poll"])
    return connections(live) == before


def connections(live) -> list[tuple]:
    return live.query(
        "SELECT pid, backend_start FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid"
    )


# --- the whole, as real processes


def test_a_day_in_the_life(live):
    """One start for all of these, because a start takes seconds."""
    assert get(f"{live.url}/health") == 200
    assert "Faces: " in live.output
    assert f"data in {live.home / 'pgdata'}" in live.output

    # a second one
    second = manage(live.home, "up")
    assert second.returncode == 1
    assert second.stderr.strip().splitlines() == [f"FacePass already runs with FACEPASS_HOME={live.home}: {live.url}"]

    # the queue is served
    first_beat = eventually(lambda: beats(live))
    eventually(lambda: keeps_its_connections(live))

    # an idle worker, killed where it holds the queue's lock
    (cluster,) = live.children("qcluster")
    sentinel = Path(f"/proc/{cluster}/task/{cluster}/children").read_text().split()[0]
    worker = Path(f"/proc/{sentinel}/task/{sentinel}/children").read_text().split()[0]
    os.kill(int(worker), signal.SIGKILL)
    live.wait_for("Worker 1 ended (exit code 70); starting it again.")

    # the web server: whoever asks meanwhile waits and is not refused
    os.kill(live.children("supervisor.web")[0], signal.SIGKILL)
    assert get(f"{live.url}/health") == 200
    live.wait_for("The web server ended (killed by SIGKILL); starting it again.")

    # the database
    os.kill(live.children("bin/postgres")[0], signal.SIGKILL)
    live.wait_for("The database ended (killed by SIGKILL); starting it again.")
    eventually(lambda: live.children("bin/postgres"))
    eventually(lambda: ask(f"{live.url}/health/ready")[0] == 200)  # the new web server loads its models first
    shutil.rmtree(socket_folder(live.home))
    live.wait_for("The database ended (its socket was removed); starting it again.")
    eventually(lambda: beats_again(live, unlike=first_beat))

    assert live.stop() == 0
    assert processes_of(live.home) == []


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(live):
    assert len(processes_of(live.home)) > 5
    live.stop(signal.SIGKILL)
    eventually(lambda: processes_of(live.home) == [])
    assert start(live.home).stop(signal.SIGINT) == 0
    assert processes_of(live.home) == []


def test_a_port_that_was_asked_for_and_is_taken_ends_it_with_one_line(live_home):
    with open_listener("127.0.0.1", port=0, exact=True).socket as taken:
        port = taken.getsockname()[1]
        refused = manage(live_home, "up", PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} is taken by another program. Free it, or choose another with PORT=…\n"
    assert processes_of(live_home) == []


def test_a_demo_that_fails_ends_everything_with_its_exit_code(live_home):
    """With photos that are none, `demo` fails for real."""
    (live_home / "empty").mkdir()
    done = manage(live_home, "up", "--demo", "--photos", str(live_home / "empty"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "The demo failed (exit code 1)." in done.stdout
    assert "Traceback" not in done.stderr
    assert processes_of(live_home) == []


# --- the address


def test_a_taken_port_that_nobody_asked_for_moves_on():
    with open_listener("127.0.0.1", port=0, exact=True).socket as taken:
        port = taken.getsockname()[1]
        moved = open_listener("127.0.0.1", port=port, exact=False)
        moved.socket.close()
    assert port < moved.port < port + 50


def test_an_address_of_another_machine_is_refused_in_one_line():
    with pytest.raises(FacePassError, match=r"Cannot listen on 192\.0\.2\.1, port 8000"):
        open_listener("192.0.2.1", port=8000, exact=False)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://localhost:80"),
        ("192.0.2.7", "http://192.0.2.7:80"),
        ("2001:db8::1", "http://[2001:db8::1]:80"),
    ],
)
def test_the_printed_address_is_one_that_opens(host, url):
    assert Listener(socket=socket.socket(), host=host, port=80).url == url


# --- the loop, with small children

LAST_WORDS = (
    "import signal, sys, time; signal.signal(15, lambda *_: (print('{0}', file=open(sys.argv[1], 'a')), sys.exit()));"
)


def script(name: str, code: str, *arguments: str, grace: float = 120.0) -> Child:
    return Child(name=name, command=[sys.executable, "-c", code, *arguments], environment={}, grace=grace)


def supervise(web: Child, *workers: Child, **more) -> tuple[Supervisor, list[str]]:
    said: list[str] = []
    quiet = Watchdog(enqueue=lambda: None, next_look=float("inf"))
    defaults = {"healthy": lambda: True, "report": said.append, "ready": "ready", "watchdog": quiet}
    defaults["switch"] = ModelSwitchWatcher(next_look=float("inf"))
    defaults["host"] = HostReport(write=lambda down: None, delete=lambda: None)
    return Supervisor(webs=[web], workers=workers, **{**defaults, **more}), said


def test_what_dies_too_often_ends_everything(monkeypatch):
    monkeypatch.setattr(supervision, "LONGEST_PAUSE", 0.0)
    sleeper = script("Worker 1", "import time; time.sleep(600)")
    supervisor, said = supervise(replace(script("The web server", "raise SystemExit(3)"), is_vital=True), sleeper)
    assert supervisor.run() == 1
    assert said.count("The web server ended (exit code 3); starting it again.") == 4
    assert said[-1] == "The web server ended again (exit code 3), too often to go on."
    assert not sleeper.is_running


def test_the_web_server_stops_before_the_workers(tmp_path):
    order = tmp_path / "order"
    wait = LAST_WORDS + "print('up', file=open(sys.argv[1] + '{0}', 'w')); time.sleep(600)"
    web, worker = (script(name, wait.format(name), str(order)) for name in ("web", "worker"))
    supervisor, _ = supervise(web, worker, healthy=lambda: all(Path(f"{order}{n}").exists() for n in ("web", "worker")))
    supervisor.report = lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready" else None
    supervisor.close_listener = lambda: order.write_text("listener\n")
    assert supervisor.run() == 0
    assert order.read_text().split() == ["listener", "web", "worker"]


def test_what_does_not_stop_is_killed_with_all_it_started(tmp_path):
    up = tmp_path / "up"
    stubborn = "import os, signal, sys, time; signal.signal(15, signal.SIG_IGN); os.fork(); open(sys.argv[1], 'a')"
    child = script("Worker 1", f"{stubborn}; time.sleep(600)", str(up), grace=0.3)
    supervisor, said = supervise(script("web", "import time; time.sleep(600)"), child, healthy=up.exists)
    supervisor.report = lambda line: os.kill(os.getpid(), signal.SIGINT) if line == "ready" else said.append(line)
    assert supervisor.run() == 0
    assert "Worker 1 did not end in 0.3 seconds and was killed." in said
    eventually(lambda: not [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(up).encode() in content(path)])


def test_a_switch_of_the_model_starts_web_server_and_workers_again(tmp_path):
    ran = tmp_path / "ran"
    note = "import sys, time; print(sys.argv[2], file=open(sys.argv[1], 'a'), flush=True); time.sleep(600)"
    web, worker = (script(name, note, str(ran), name) for name in ("web", "worker"))

    asked = []

    def switched() -> bool:
        asked.append(len(ran.read_text().split()) == 2)
        return asked.count(True) == 1 and asked[-1]

    switch = ModelSwitchWatcher(is_switched=switched, clock=iter(range(0, 10**9, 10)).__next__)
    supervisor, said = supervise(web, worker, switch=switch, healthy=lambda: len(ran.read_text().split()) == 4)
    supervisor.report = lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready" else said.append(line)
    ran.touch()
    assert supervisor.run() == 0
    assert sorted(ran.read_text().split()) == ["web", "web", "worker", "worker"]
    assert said.count("Another model describes the faces now; starting web server and workers again.") == 1


@pytest.mark.django_db(transaction=True)
def test_a_switch_is_noticed_once_and_the_first_model_is_none(monkeypatch, settings, tmp_path):
    settings.HOME = tmp_path
    monkeypatch.setattr(registry, "_process", registry._Process())
    assert registry.engine_in_use().model == "opencv_zoo"  # as `up` says at its start
    switch = ModelSwitchWatcher(clock=iter(range(0, 10**9, 10)).__next__)
    assert not switch.has_switched()
    own = ModelVersionFactory(contract_id=registry.engine_in_use().contract_id)
    ModelVersion.objects.activate(own)
    assert not switch.has_switched()
    ModelVersion.objects.activate(ModelVersionFactory(contract_id="another"))
    assert [switch.has_switched(), switch.has_switched()] == [True, False]


def test_the_running_program_follows_a_switch(live_home):
    """The default first; then a pack is installed, which changes nothing until the descriptors are made anew."""
    if not TESTPACK.is_dir():
        pytest.skip("no model pack to test with")
    live = start(live_home)
    try:
        folder = live_home / "models" / "insightface" / "models"
        folder.mkdir(parents=True)
        shutil.copytree(TESTPACK, folder / "testpack")
        done = manage(live_home, "generate_descriptors", "--pack", "testpack")
        assert done.returncode == 0, done.stderr
        assert "In use: onnx testpack" in done.stdout
        live.wait_for("Another model describes the faces now")

        eventually(lambda: '"testpack"' in ask(f"{live.url}/health/ready")[1])
        assert live.stop() == 0
    finally:
        if live.process.poll() is None:
            live.stop()


def test_a_demo_runs_once_and_its_failure_is_the_result():
    sleep = "import time; time.sleep(600)"
    supervisor, said = supervise(script("web", sleep), demo=script("The demo", "raise SystemExit(7)"))
    assert supervisor.run() == 7
    assert said == ["ready", "The demo failed (exit code 7)."]


# --- the watchdog


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved, and a heart that beats when told to."""

    class Clock:
        now, sent, beat = 1000.0, 0, "none yet"

        def __call__(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(heartbeats, "last_beat_token", lambda: clock.beat)
    monkeypatch.setattr("facepass.ops.supervisor.watchdog.close_old_connections", lambda: None)
    return clock


def looks(watchdog: Watchdog, clock, *, seconds: float) -> list[bool]:
    """What it says, asked every five seconds for so long."""
    answers = []
    for _step in range(int(seconds / 5)):
        clock.now += 5
        answers.append(watchdog.is_stalled())
    return answers


def watchdog_of(clock, *, busy: bool = False) -> Watchdog:
    def enqueue() -> None:
        clock.sent += 1

    return Watchdog(enqueue=enqueue, is_busy=lambda: busy, clock=clock)


def test_one_call_at_a_time_waits_in_the_queue(clock):
    looks(watchdog_of(clock), clock, seconds=STALLED_SECONDS - EVERY_SECONDS)
    assert clock.sent == 1


def test_a_beat_is_followed_by_the_next_call(clock):
    watchdog = watchdog_of(clock)
    for beat in "abc":
        clock.beat = beat
        assert not any(looks(watchdog, clock, seconds=EVERY_SECONDS))
    assert clock.sent == 3


def test_no_beat_while_nobody_works_is_a_stall_said_once(clock):
    assert looks(watchdog_of(clock), clock, seconds=STALLED_SECONDS + 2 * EVERY_SECONDS).count(True) == 1
    assert clock.sent == 2


def test_no_beat_while_photos_are_in_work_is_patience(clock):
    assert not any(looks(watchdog_of(clock, busy=True), clock, seconds=3 * STALLED_SECONDS))


def test_a_call_that_died_with_its_worker_is_made_again_at_the_next_look(clock):
    watchdog = watchdog_of(clock)
    looks(watchdog, clock, seconds=EVERY_SECONDS)
    watchdog.forget_sent_beat()
    looks(watchdog, clock, seconds=EVERY_SECONDS)
    assert clock.sent == 2


def test_the_death_of_a_worker_has_the_watchdog_call_again(tmp_path):
    watchdog = Watchdog(enqueue=lambda: None, next_look=float("inf"), sent_at=1.0)
    died = tmp_path / "died"
    once = "import os, sys, time; os.path.exists(sys.argv[1]) or (open(sys.argv[1], 'a'), os.kill(os.getpid(), 9))"
    worker = script("Worker 1", f"{once}; time.sleep(600)", str(died))
    supervisor, said = supervise(script("web", "import time; time.sleep(600)"), worker, watchdog=watchdog)
    supervisor.healthy = lambda: any("Worker 1 ended" in line for line in said)
    supervisor.report = lambda line: os.kill(os.getpid(), signal.SIGTERM) if line == "ready" else said.append(line)
    assert supervisor.run() == 0
    assert watchdog.sent_at is None


def test_a_stall_restarts_the_workers():
    answers = iter([False, True])
    watchdog = Watchdog()
    watchdog.is_stalled = lambda: next(answers, False)  # type: ignore[method-assign]
    worker = script("Worker 1", "import time; time.sleep(600)")
    supervisor, said = supervise(script("web", "import time; time.sleep(600)"), worker, watchdog=watchdog)
    pids: list[int] = []

    def report(line: str) -> None:
        said.append(line)
        pids.append(worker.process.pid)

    def healthy() -> bool:
        if len(pids) > 0 and worker.process.pid != pids[0]:
            os.kill(os.getpid(), signal.SIGTERM)
        return False

    supervisor.report, supervisor.healthy = report, healthy
    assert supervisor.run() == 0
    assert said == ["The workers do not take work from the queue; starting them again.", "Stopping…"]
