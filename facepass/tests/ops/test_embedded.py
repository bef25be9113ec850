"""The embedded PostgreSQL, as it is really started, killed and moved around."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from facepass.core import machine
from facepass.ops.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries, database_settings, stale_processes
from facepass.ops.embedded.command_database import needs_database
from facepass.ops.embedded.paths import SHARED, socket_folder
from facepass.testing.live import connect, environment, manage, processes_of, remove
from facepass.testing.waiting import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# A process that owns a server and waits.
OWNER = """
import sys, time
from pathlib import Path
from facepass.ops.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.pid, server.data, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def running(new_home) -> Iterator[EmbeddedPostgres]:
    home = new_home()
    with EmbeddedPostgres(home) as server:
        yield server


def one(home: Path, sql: str) -> object:
    with connect(home) as connection:
        row = connection.execute(sql.encode()).fetchone()
    return row and row[0]


def test_it_has_pgvector_with_halfvec_and_sorts_alike_everywhere(running):
    assert one(running.home, "SELECT '[1,2]'::halfvec <=> '[1,2]'::halfvec") == 0
    assert one(running.home, "SELECT lower('ПРИВЕТ')") == "привет"
    assert one(running.home, "SELECT current_setting('data_checksums')") == "on"
    assert str(one(running.home, "SELECT version()")).startswith("PostgreSQL 18")


@pytest.mark.parametrize(
    ("size", "expected"), [((1, 1), ("128MB", "0", "0")), ((8, 2), ("512MB", "1", "1")), ((64, 16), ("1GB", "15", "2"))]
)
def test_buffers_and_processes_of_a_query_are_those_of_the_machine(monkeypatch, empty_home, size, expected):
    gigabytes, cores = size
    monkeypatch.setattr(machine, "available_memory_bytes", lambda: gigabytes << 30)
    monkeypatch.setattr(machine, "available_cores", lambda: cores)
    with EmbeddedPostgres(empty_home):
        names = ("shared_buffers", "max_parallel_workers", "max_parallel_workers_per_gather")
        assert tuple(one(empty_home, f"SELECT current_setting('{name}')") for name in names) == expected


def test_nobody_logs_in_as_superuser_and_nobody_over_tcp(running):
    assert one(running.home, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert one(running.home, "SELECT current_setting('listen_addresses')") == ""
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        connect(running.home, user="postgres")


def test_a_wrong_password_is_refused(running):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(running.home, password="wrong")


def test_the_socket_lies_where_nobody_else_can_look(running):
    folder = socket_folder(running.home)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(str(folder / ".s.PGSQL.5432")) < 100


def test_settings_are_known_before_the_server_is_there(empty_home):
    assert database_settings(empty_home) == database_settings(empty_home)
    assert database_settings(empty_home)["PASSWORD"] != database_settings(empty_home / "other")["PASSWORD"]


def test_a_second_owner_is_refused_in_one_line(running):
    with pytest.raises(EmbeddedPostgresError, match=r"in use by FacePass$"):
        EmbeddedPostgres(running.home).start()


def test_two_homes_run_side_by_side(running, empty_home):
    with EmbeddedPostgres(empty_home) as other:
        assert one(empty_home, "SELECT 1") == one(running.home, "SELECT 1") == 1
        assert other.pid != running.pid
    assert not socket_folder(empty_home).exists()


def test_a_socket_folder_that_others_can_open_is_refused(live_home):
    folder = socket_folder(live_home)
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(EmbeddedPostgresError, match="nobody else can open"):
        EmbeddedPostgres(live_home).start()


def test_what_was_committed_survives_kill_9(live_home):
    server = EmbeddedPostgres(live_home)
    server.start()
    with connect(live_home) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server.pid, signal.SIGKILL)
    eventually(lambda: not server.is_running())
    server.start()
    assert one(live_home, "SELECT answer FROM kept") == 42
    server.stop()


def test_it_ends_with_a_killed_owner_and_starts_again_at_once(live_home):
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(live_home)],
        stdout=subprocess.PIPE,
        env=environment(live_home),
        cwd=os.getcwd(),
    ) as owner:
        pid = int(owner.stdout.readline().split()[0])
        owner.kill()
    with EmbeddedPostgres(live_home) as server:
        assert server.pid != pid
        assert one(live_home, "SELECT 1") == 1
    eventually(lambda: not processes_of(live_home))


def test_a_stale_pid_file_that_names_a_stranger_does_no_harm(live_home):
    pid_file = live_home / "pgdata" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{live_home / 'pgdata'}\n")
    with EmbeddedPostgres(live_home):
        assert one(live_home, "SELECT 1") == 1


def test_data_of_another_version_are_refused_in_one_line(live_home):
    (live_home / "pgdata" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 17, this is 18") as refusal:
        EmbeddedPostgres(live_home).start()
    assert "\n" not in str(refusal.value)


def test_a_first_start_that_was_killed_leaves_nothing_in_the_way(empty_home):
    (empty_home / "pgdata.new").mkdir()
    (empty_home / "pgdata.new" / "half").touch()
    with EmbeddedPostgres(empty_home):
        assert one(empty_home, "SELECT 1") == 1


def test_a_folder_that_is_not_postgresql_is_left_alone(empty_home):
    (empty_home / "pgdata").mkdir()
    (empty_home / "pgdata" / "letter.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="not a PostgreSQL data folder"):
        EmbeddedPostgres(empty_home).start()
    assert (empty_home / "pgdata" / "letter.txt").read_text() == "mine"


@as_root
def test_data_go_elsewhere_when_only_the_owner_may_enter_the_home(empty_home):
    private = empty_home / "private"
    private.mkdir(mode=0o700)
    home = private / "home"
    try:
        for _start in range(2):
            with EmbeddedPostgres(home) as server:
                assert server.data.is_relative_to(SHARED)
                assert (home / "pgdata.location").read_text().strip() == str(server.data)
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        remove(home)


@as_root
def test_a_home_that_was_deleted_starts_afresh_also_where_its_data_lay_elsewhere(empty_home):
    private = empty_home / "private"
    private.mkdir(mode=0o700)
    home, data = private / "home", set()
    try:
        for _life in range(2):
            with EmbeddedPostgres(home) as server:
                assert one(home, "SELECT 1") == 1
                data.add(server.data)
            shutil.rmtree(home)
        assert len(data) == 2
    finally:
        remove(home)


@as_root
def test_the_binaries_are_copied_when_only_the_owner_may_enter_the_environment(empty_home, monkeypatch):
    private, package = empty_home / "venv", binaries.find_installed_binaries().parent
    private.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (private / name).symlink_to(package.with_name(name))
    monkeypatch.setattr(
        binaries, "find_installed_binaries", lambda: private / package.name / f"pginstall{binaries.POSTGRESQL_MAJOR}"
    )
    monkeypatch.setattr(binaries, "SHARED", empty_home / "shared")
    monkeypatch.setattr(binaries, "make_shared_folder", lambda folder: folder.mkdir(exist_ok=True))
    for _start in range(2):
        with EmbeddedPostgres(empty_home) as server:
            program = Path(f"/proc/{server.pid}/exe").resolve()
            assert program.is_relative_to(empty_home / "shared")
    assert len(list((empty_home / "shared").iterdir())) == 1


@as_root
def test_an_ordinary_user_runs_it_under_their_own_name(empty_home):
    os.chown(empty_home, 65534, 65534)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable]
    if subprocess.run([*command, "-c", "import psycopg"], capture_output=True, check=False).returncode:
        pytest.skip("this Python is closed to ordinary users")
    with subprocess.Popen(
        [*command, "-c", OWNER, str(empty_home)], stdout=subprocess.PIPE, env=environment(empty_home)
    ) as owner:
        pid, data = owner.stdout.readline().split()
        assert Path(f"/proc/{int(pid)}").stat().st_uid == 65534
        assert data.decode() == str(empty_home / "pgdata")
        owner.kill()
    eventually(lambda: not stale_processes.list_server_processes(empty_home / "pgdata", title="-"))


@pytest.mark.parametrize("line", ["migrate", "shell", "import_photos a b", "check --database default", "qcluster"])
def test_commands_that_get_a_database(line):
    assert needs_database(line.split())


@pytest.mark.parametrize("line", ["", "help", "up --demo", "migrate --help", "check", "collectstatic", "--version"])
def test_commands_that_do_without(line):
    assert not needs_database(line.split())


def test_a_command_starts_the_server_for_itself_and_stops_it(live_home):
    done = manage(live_home, "shell", "-v0", "-c", "from facepass.models import Studio; print(Studio.objects.count())")
    assert done.stdout.strip() == "0", done.stderr
    assert processes_of(live_home) == []


def test_a_command_joins_the_server_that_runs(live_home):
    with EmbeddedPostgres(live_home) as server:
        # What was imported is left alone by the collection of garbage, which goes on.
        look = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
        done = manage(live_home, "shell", "-v0", "-c", look)
        assert done.stdout.strip() == "True True", done.stderr
        assert server.is_running()
