"""Drills with a deployment of their own: back-up and erasure, full disks, few connections, half-open sockets."""

import errno
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from measuring import FAULT_SECONDS, Finding, under_traffic
from part_drills import expect_files_only
from stack import Stack

from facepass.ops.embedded.binaries import find_installed_binaries

HALF_OPEN = 1000
HALF = b"GET / HTTP/1.1\r\nHost: loc"
AT_ONCE = 40


def restore_backup(template: Path, token: str) -> Finding:
    """A back-up under load; then a photo is erased, photos come in; then everything is restored."""
    finding = Finding("back-up, erasure, restoration", "manage.py backup under traffic, one photo erased, restored")
    with Stack(template, token) as stack:
        key = stack.folder / "backup-key.txt"
        path = {"PATH": f"{find_installed_binaries()}/bin:/usr/bin:/bin"}
        made = stack.manage("backup", "--new-key", str(key), **path)
        recipient = made.stdout.split("BACKUP_RECIPIENT=")[1].split()[0]
        place = {"BACKUP_TO": str(stack.folder / "backups"), "BACKUP_RECIPIENT": recipient, "BACKUP_IDENTITY": str(key)}
        with under_traffic(stack, finding):
            photos = _list_photos(stack)
            begun = time.monotonic()
            backup = stack.manage("backup", **place, **path)
            took = time.monotonic() - begun
        finding.expect(backup.returncode == 0, f"backup: {backup.stdout[-300:]}{backup.stderr[-300:]}")
        finding.expect(not finding.failed and not finding.told, "something failed")
        _erase(stack, photos[0])
        for host in stack.hosts:
            host.stop()
        begun = time.monotonic()
        restored = stack.manage("restore", "latest", **place, **path)
        finding.conditions += (
            f"; backup {took:.0f} s, restore {time.monotonic() - begun:.0f} s, {len(photos)} photos before"
        )
        finding.expect(restored.returncode == 0, f"restore: {restored.stdout[-300:]}{restored.stderr[-300:]}")
        for host in stack.hosts:
            host.start("--no-migrate")
        there = _list_photos(stack)
        finding.expect(photos[0] not in there, "the erased photo is back")
        finding.lost = len(set(photos[1:]) - set(there))
        finding.expect(finding.lost == 0, "photos of before the back-up are gone")
        problems = stack.check_files()
        finding.expect(not problems, f"check_files: {problems[:3]}")
    return finding


def _list_photos(stack: Stack) -> list[str]:
    """Return the ids of all photos, oldest first."""
    with stack.connect() as connection:
        rows = connection.execute("SELECT id FROM gallery_images ORDER BY created_at").fetchall()
    return [str(key) for (key,) in rows]


def _erase(stack: Stack, photo: str) -> None:
    """Delete the photo, and empty the trash."""
    with requests.Session() as client:
        client.trust_env, client.verify = False, str(stack.certificate)
        client.headers["Authorization"] = f"Bearer {stack.token}"
        client.delete(f"{stack.url}/api/v1/images/{photo}/", timeout=60).raise_for_status()
        for entry in client.get(f"{stack.url}/api/v1/trash/", timeout=60).json()["results"]:
            client.delete(f"{stack.url}/api/v1/trash/{entry['id']}/", timeout=60).raise_for_status()


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Fill what is left, to the last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    try:
        yield
    finally:
        ballast.unlink()


def fill_files_disk(template: Path, token: str) -> Finding:
    finding = Finding("disk of the photos full", f"for {FAULT_SECONDS:g} s; one host, files in a folder")
    with Stack(template, token, hosts_count=1, bucket=False, disks={"host1/media": "64m"}) as stack:
        with under_traffic(stack, finding) as measured:
            with full_disk(stack.hosts[0].home / "media"):
                time.sleep(FAULT_SECONDS)
            measured.end = time.monotonic()
        expect_files_only(finding)
        finding.expect(finding.told.total() > 0, "nobody noticed: the drill shows nothing")
        problems = stack.check_files()
        finding.expect(not problems, f"check_files: {problems[:3]}")
    return finding


def fill_database_disk(template: Path, token: str) -> Finding:
    """PostgreSQL ends where it cannot write its log; here it is started again once there is room."""
    finding = Finding("disk of the database full", f"for {FAULT_SECONDS:g} s")
    with Stack(template, token, disks={"database": "600m"}) as stack:
        with under_traffic(stack, finding) as measured:
            with full_disk(stack.database.home):
                time.sleep(FAULT_SECONDS)
            if not stack.database.is_running():
                stack.database.end()
                stack.database.start(owner="drill")
            measured.end = time.monotonic()
        finding.expect(not finding.failed, "something else than 503 with Retry-After")
    return finding


def use_up_connections(template: Path, token: str) -> Finding:
    """Two hosts with pools that fit, since doctor says that those by default do not, and many guests at once."""
    finding = Finding("max_connections=20", f"two hosts with pools of 2; {AT_ONCE} more guests at once for 15 s")
    few, pools = {"max_connections": "20"}, {"DATABASE_POOL_SIZE": "2"}
    with Stack(template, token, postgres=few, variables=pools) as stack:
        doctor = stack.manage("doctor", DATABASE_POOL_SIZE="20")
        finding.expect("raise max_connections" in doctor.stdout, "doctor does not say so")
        with under_traffic(stack, finding) as measured:
            with ThreadPoolExecutor(AT_ONCE) as guests:
                statuses = guests.map(lambda _guest: _read_pages(stack, seconds=15), range(AT_ONCE))
                others = [status for of_guest in statuses for status in of_guest]
            measured.end = time.monotonic()
        finding.conditions += f", who got {others.count(200)} pages, {others.count(503)} times 503"
        finding.expect(not finding.failed, "something else than 503 with Retry-After")
        finding.expect(set(others) <= {200, 429, 503}, f"guests got {sorted(set(others))}")
    return finding


def _read_pages(stack: Stack, *, seconds: float) -> list[int]:
    over = time.monotonic() + seconds
    found = []
    with requests.Session() as client:
        client.trust_env, client.verify = False, str(stack.certificate)
        while time.monotonic() < over:
            found.append(client.get(f"{stack.url}/s/{stack.site.code}/", timeout=60).status_code)
    return found


def open_half_sockets(template: Path, token: str) -> Finding:
    """A thousand heads that never end, sent to a host itself; they are opened anew as it closes them."""
    finding = Finding("1,000 half-open sockets", "at one host")
    with Stack(template, token, hosts_count=1) as stack:
        before = _time_pages(stack)
        address = ("127.0.0.1", int(stack.hosts[0].variables["PORT"]))
        with ExitStack() as opened:
            for _number in range(HALF_OPEN):
                opened.enter_context(socket.create_connection(address)).sendall(HALF)
            during = _time_pages(stack)
        finding.asked = 2 * len(before)
        p95, p95_during = _p95(before), _p95(during)
        finding.conditions += (
            f"; p95 of a guest's page {1000 * p95:.0f} ms before, {1000 * p95_during:.0f} ms meanwhile"
        )
        finding.slowest_good = max(during)
        finding.expect(p95_during < 2 * p95, "p95 is more than twice as long")
    return finding


def _time_pages(stack: Stack, count: int = 200) -> list[float]:
    times = []
    with requests.Session() as client:
        client.trust_env, client.verify = False, str(stack.certificate)
        for _number in range(count):
            begun = time.perf_counter()
            client.get(f"{stack.url}/s/{stack.site.code}/", timeout=60).raise_for_status()
            times.append(time.perf_counter() - begun)
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


DRILLS = {
    "backup-restored": restore_backup,
    "files-disk-full": fill_files_disk,
    "database-disk-full": fill_database_disk,
    "few-connections": use_up_connections,
    "half-open-sockets": open_half_sockets,
}
